//! Who takes part: users, their meters, and the authorities that admit them.
//!
//! The other programs read [`User`] and [`Meter`] as accounts. Users and meters are
//! numbered from 0, so both lists can be walked without an index.

use anchor_lang::prelude::*;

pub mod constants;
pub mod errors;
pub mod events;
pub mod instructions;
pub mod state;

pub use constants::*;
pub use errors::*;
pub use events::*;
pub use instructions::*;
pub use state::*;

declare_id!("regtmQe5xibWbUhW3kruonXdFdHCcM669Q31NtdjZgj");

#[program]
pub mod registry {
    use super::*;

    /// Creates the registry with one authority.
    ///
    /// Authority: the program's upgrade authority.
    ///
    /// Errors: `NotDeployer`, `InvalidKey`.
    pub fn initialize(ctx: Context<Initialize>, authority: Pubkey, admin: Pubkey) -> Result<()> {
        instructions::initialize(ctx, authority, admin)
    }

    /// Registers the user that signs with `key`, under the number `registry.user_count`.
    ///
    /// Authority: a registry authority.
    ///
    /// Errors: `NotRecRegulator`, `RegistrationPaused`, `UserAlreadyExists`, `InvalidKey`,
    /// `AuthorityCannotTrade`.
    pub fn register_user(
        ctx: Context<RegisterUser>,
        key: Pubkey,
        user_type: UserType,
        location: [u8; 16],
    ) -> Result<()> {
        instructions::register_user(ctx, key, user_type, location)
    }

    /// Links the meter called `id` and a user. `number` is `registry.meter_count` for a new
    /// meter, else the meter's own; `meter_key` may be zero if the meter cannot sign.
    ///
    /// Authority: a registry authority.
    ///
    /// Errors: `NotRecRegulator`, `RegistrationPaused`, `UserNotActive`,
    /// `MeterAlreadyAssigned`, `InvalidMeterId`, `InvalidRatedPower`, `WrongMeterNumber`,
    /// `MeterLimitReached`.
    pub fn assign_meter(
        ctx: Context<AssignMeter>,
        id: [u8; 32],
        number: u32,
        meter_key: Pubkey,
        rated_power_w: u32,
    ) -> Result<()> {
        instructions::assign_meter(ctx, id, number, meter_key, rated_power_w)
    }

    /// Parts a meter and its user.
    ///
    /// Authority: a registry authority.
    ///
    /// Errors: `NotRecRegulator`, `MeterNotAssigned`.
    pub fn unassign_meter(ctx: Context<UnassignMeter>) -> Result<()> {
        instructions::unassign_meter(ctx)
    }

    /// Succeeds for an active user only, and returns its number and type.
    ///
    /// Authority: anyone.
    ///
    /// Errors: `UserNotFound`, `UserNotActive`.
    pub fn verify_user<'info>(ctx: Context<'info, VerifyUser<'info>>) -> Result<VerifiedUser> {
        instructions::verify_user(ctx)
    }

    /// Moves a user to `status`.
    ///
    /// Authority: a registry authority.
    ///
    /// Errors: `NotRecRegulator`, `UserNotFound`.
    pub fn update_user_status<'info>(
        ctx: Context<'info, UpdateUserStatus<'info>>,
        status: UserStatus,
    ) -> Result<()> {
        instructions::update_user_status(ctx, status)
    }

    /// Makes `key` a registry authority.
    ///
    /// Authority: the registry's admin.
    ///
    /// Errors: `NotRecRegulator`, `AuthorityCannotTrade`, `InvalidKey`,
    /// `RecRegulatorAlreadyExists`, `AuthoritiesFull`.
    pub fn add_authority(ctx: Context<AddAuthority>, key: Pubkey) -> Result<()> {
        instructions::add_authority(ctx, key)
    }

    /// Takes the powers of the authority `key` away.
    ///
    /// Authority: the registry's admin.
    ///
    /// Errors: `NotRecRegulator`, `RecRegulatorNotFound`, `CannotRemoveLastRecRegulator`.
    pub fn remove_authority(ctx: Context<RemoveAuthority>, key: Pubkey) -> Result<()> {
        instructions::remove_authority(ctx, key)
    }

    /// Names the next admin, who takes over with `accept_admin`; the zero key withdraws it.
    ///
    /// Authority: the registry's admin.
    ///
    /// Errors: `NotRecRegulator`.
    pub fn nominate_admin(ctx: Context<NominateAdmin>, new_admin: Pubkey) -> Result<()> {
        instructions::nominate_admin(ctx, new_admin)
    }

    /// Takes the registry over.
    ///
    /// Authority: the key that the admin nominated.
    ///
    /// Errors: `NotNominated`.
    pub fn accept_admin(ctx: Context<AcceptAdmin>) -> Result<()> {
        instructions::accept_admin(ctx)
    }

    /// Gives a user another key.
    ///
    /// Authority: the user's present key and the new one.
    ///
    /// Errors: `NotUserKey`, `UserNotActive`, `UserFrozen`, `UserAlreadyExists` for a new key
    /// that belongs to a user, `AuthorityCannotTrade` for a registry authority's.
    pub fn rotate_key(ctx: Context<RotateKey>, reason: KeyChangeReason) -> Result<()> {
        instructions::rotate_key(ctx, reason)
    }

    /// Names the keys that may freeze and recover a user: the first set at once, every later one
    /// after the delay of the set before. No guardians end the arrangement.
    ///
    /// Authority: the user.
    ///
    /// Errors: `NotUserKey`, `UserNotActive`, `UserFrozen`, `RecoveryOpen`, `InvalidGuardians`,
    /// `InvalidRecoveryThreshold`, `InvalidRecoveryDelay`, `NoGuardians`.
    pub fn set_guardians(
        ctx: Context<SetGuardians>,
        guardians: Vec<Pubkey>,
        threshold: u8,
        delay_s: u32,
    ) -> Result<()> {
        instructions::set_guardians(ctx, guardians, threshold, delay_s)
    }

    /// Freezes a user's key for seven days.
    ///
    /// Authority: the user, or one guardian in force.
    ///
    /// Errors: `NoGuardians`, `WrongRecovery`, `NotGuardian`, `UserFrozen`, `FreezeTooSoon`.
    pub fn freeze_user<'info>(ctx: Context<'info, FreezeUser<'info>>, reason: KeyChangeReason) -> Result<()> {
        instructions::freeze_user(ctx, reason)
    }

    /// Lifts a freeze.
    ///
    /// Authority: the guardian who froze the key; any guardian in force if the user did, or one
    /// who is a guardian no more.
    ///
    /// Errors: `NoGuardians`, `WrongRecovery`, `NotGuardian`, `UserNotFrozen`, `NotFreezer`.
    pub fn unfreeze_user<'info>(
        ctx: Context<'info, UnfreezeUser<'info>>,
        reason: KeyChangeReason,
    ) -> Result<()> {
        instructions::unfreeze_user(ctx, reason)
    }

    /// Approves that a user be given `new_key`; the first approval opens the recovery.
    ///
    /// Authority: a guardian in force.
    ///
    /// Errors: `NoGuardians`, `WrongRecovery`, `NotGuardian`, `InvalidKey`, `UserAlreadyExists`,
    /// `RecoveryOfAnotherKey`, `RecoveryAlreadyApproved`.
    pub fn approve_recovery<'info>(
        ctx: Context<'info, ApproveRecovery<'info>>,
        new_key: Pubkey,
        reason: KeyChangeReason,
    ) -> Result<()> {
        instructions::approve_recovery(ctx, new_key, reason)
    }

    /// Ends the open recovery.
    ///
    /// Authority: the user, while active; a freeze does not matter.
    ///
    /// Errors: `NotUserKey`, `UserNotActive`, `NoGuardians`, `WrongRecovery`, `RecoveryNotOpen`.
    pub fn veto_recovery<'info>(ctx: Context<'info, VetoRecovery<'info>>) -> Result<()> {
        instructions::veto_recovery(ctx)
    }

    /// Gives a user the key that the guardians approved, and lifts a freeze.
    ///
    /// Authority: the new key, once the guardians' delay is over.
    ///
    /// Errors: `NoGuardians`, `WrongRecovery`, `RecoveryNotOpen`, `RecoveryOfAnotherKey`,
    /// `RecoveryExpired`, `RecoveryNotApproved`, `RecoveryNotDue`, `UserAlreadyExists`,
    /// `AuthorityCannotTrade`.
    pub fn finish_recovery<'info>(ctx: Context<'info, FinishRecovery<'info>>) -> Result<()> {
        instructions::finish_recovery(ctx)
    }
}
