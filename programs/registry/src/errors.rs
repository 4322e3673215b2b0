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
}
