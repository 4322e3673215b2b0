//! Who governs the market, its parameters, and its brake.
//!
//! The other programs read [`Parameters`] and [`Pause`] as accounts; this one calls and
//! knows none of them.

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

declare_id!("gov9GFUK2CdLJNJz5w7T1SMwXmDQmAH4jttBAuTasXb");

#[program]
pub mod governance {
    use super::*;

    /// Creates governance with one member, the default parameters, and no pause. The zero
    /// key as `guardian` means that there is none.
    ///
    /// Authority: the program's upgrade authority.
    ///
    /// Errors: `NotDeployer`, `InvalidKey`.
    pub fn initialize(ctx: Context<Initialize>, authority: Pubkey, guardian: Pubkey) -> Result<()> {
        instructions::initialize(ctx, authority, guardian)
    }

    /// Changes the parameters named in `changes`, all or none.
    ///
    /// Authority: governance.
    ///
    /// Errors: `UnauthorizedAuthority`, `NothingToChange`, `EpochLengthOutOfRange`,
    /// `OfferLockZero`, `FeeCapTooHigh`, `FeeAboveCap`, `OrderLimitsInverted`,
    /// `OrdersPerSeatZero`, `ReadingAgeOutOfRange`, `ReadingFutureOutOfRange`,
    /// `VoidDelayTooShort`, `PriceLimitsInverted`.
    pub fn update_parameters(ctx: Context<UpdateParameters>, changes: ParameterChanges) -> Result<()> {
        instructions::update_parameters(ctx, changes)
    }

    /// Pauses `areas`, a sum of the `AREA_` constants, at once.
    ///
    /// Authority: governance or the guardian.
    ///
    /// Errors: `UnauthorizedAuthority`, `UnknownPauseArea`.
    pub fn emergency_pause(ctx: Context<EmergencyPause>, areas: u8) -> Result<()> {
        instructions::emergency_pause(ctx, areas)
    }

    /// Lets `areas`, a sum of the `AREA_` constants, run again.
    ///
    /// Authority: governance.
    ///
    /// Errors: `UnauthorizedAuthority`, `UnknownPauseArea`.
    pub fn resume(ctx: Context<Resume>, areas: u8) -> Result<()> {
        instructions::resume(ctx, areas)
    }
}
