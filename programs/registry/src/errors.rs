use anchor_lang::prelude::*;

#[error_code]
#[derive(PartialEq, Eq)]
pub enum RegistryError {
    #[msg("Only the upgrade authority of this program may initialise it: sign with the deployer's key")]
    NotDeployer,
    #[msg(
        "This needs a registry authority (REC regulator), or the registry's admin where authorities change"
    )]
    NotRecRegulator,
    #[msg("No such user: pass the account of a registered user")]
    UserNotFound,
    #[msg("This key belongs to a registered user already: choose another key")]
    UserAlreadyExists,
    #[msg("The user must be Active: have a registry authority change the status first")]
    UserNotActive,
    #[msg("This meter is assigned to a user already: unassign it first")]
    MeterAlreadyAssigned,
    #[msg("This meter is not assigned to the user given")]
    MeterNotAssigned,
    #[msg("The user holds eight meters already: unassign one first")]
    MeterLimitReached,
    #[msg("A new meter takes the number registry.meter_count, a known one keeps its number")]
    WrongMeterNumber,
    #[msg("A meter identifier is 1 to 32 bytes of UTF-8 text, padded with zero bytes")]
    InvalidMeterId,
    #[msg("rated_power_w must be between 1 and 100,000,000 W")]
    InvalidRatedPower,
    #[msg("The zero key can never sign: name a real key")]
    InvalidKey,
    #[msg("A registry authority cannot be a user: choose another key")]
    AuthorityCannotTrade,
    #[msg("This key is a registry authority already")]
    RecRegulatorAlreadyExists,
    #[msg("No registry authority has this key")]
    RecRegulatorNotFound,
    #[msg("The last registry authority stays: add another one first")]
    CannotRemoveLastRecRegulator,
    #[msg("There is room for sixteen registry authorities: remove one first")]
    AuthoritiesFull,
    #[msg("Registration is paused: wait until governance resumes it")]
    RegistrationPaused,
    #[msg("The admin has not nominated this key: ask for nominate_admin first")]
    NotNominated,
    #[msg("Only the user's own key may do this: sign with the key the user is registered with")]
    NotUserKey,
    #[msg("The user's key is frozen: wait until the freeze ends or a guardian lifts it")]
    UserFrozen,
    #[msg("The user has named no guardians: name some with set_guardians first")]
    NoGuardians,
    #[msg("Only a guardian that is in force may do this: look at the user's recovery account")]
    NotGuardian,
    #[msg("Expected the recovery account of this user")]
    WrongRecovery,
    #[msg("Name up to seven different keys as guardians, neither the zero key nor the user's own")]
    InvalidGuardians,
    #[msg("The threshold must be between 1 and the number of guardians")]
    InvalidRecoveryThreshold,
    #[msg("delay_s must be between 3,600 and 432,000 seconds, an hour and five days")]
    InvalidRecoveryDelay,
    #[msg("The user's key is not frozen: there is nothing to lift")]
    UserNotFrozen,
    #[msg("A freeze ended less than seven days ago: another one may begin seven days after its end")]
    FreezeTooSoon,
    #[msg(
        "Only the guardian who froze the key may lift the freeze: ask that guardian, or wait until it ends"
    )]
    NotFreezer,
    #[msg("A recovery is open: guardians change after it is finished, vetoed or expired")]
    RecoveryOpen,
    #[msg("No recovery of this user is open: a guardian opens one with approve_recovery")]
    RecoveryNotOpen,
    #[msg("The open recovery is to another key: name that one, or wait until it expires or is vetoed")]
    RecoveryOfAnotherKey,
    #[msg("This guardian has approved the recovery already: another guardian must")]
    RecoveryAlreadyApproved,
    #[msg("Too few guardians have approved the recovery: wait for the others")]
    RecoveryNotApproved,
    #[msg("The user may still veto the recovery: finish it when the guardians' delay is over")]
    RecoveryNotDue,
    #[msg("The recovery has expired: have the guardians approve another one")]
    RecoveryExpired,
}
