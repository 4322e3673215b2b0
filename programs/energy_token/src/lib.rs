//! GRID, the token of one verified kilowatt-hour.
//!
//! 9 decimals, so one Wh is 1,000,000 base units. GRID comes into being only through the
//! minter and is an ordinary SPL token from then on: nobody can freeze it.

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

declare_id!("enebPbuKrxdshP5ufkUKP4TnRKPwdT6KSzyzhzkQ1RW");

#[program]
pub mod energy_token {
    use super::*;

    /// Creates the GRID mint and names who may mint and burn.
    ///
    /// Authority: the program's upgrade authority.
    ///
    /// Errors: `NotDeployer`, `InvalidKey`.
    pub fn initialize(ctx: Context<Initialize>, admin: Pubkey, minter: Pubkey, burner: Pubkey) -> Result<()> {
        instructions::initialize(ctx, admin, minter, burner)
    }

    /// Mints GRID for `energy_wh` of an active user's generation.
    ///
    /// Authority: the minter.
    ///
    /// Errors: `UnauthorizedMinter`, `WrongMint`, `UserNotActive`, `WrongHolder`,
    /// `ZeroAmount`, `AmountTooLarge`.
    pub fn mint_energy_tokens(ctx: Context<MintEnergyTokens>, energy_wh: u64) -> Result<()> {
        instructions::mint_energy_tokens(ctx, energy_wh)
    }

    /// Burns GRID for `energy_wh` of consumption from an account of the burner.
    ///
    /// Authority: the burner.
    ///
    /// Errors: `UnauthorizedBurner`, `WrongMint`, `WrongSource`, `ZeroAmount`,
    /// `AmountTooLarge`, `InsufficientBalance`.
    pub fn burn(ctx: Context<Burn>, energy_wh: u64) -> Result<()> {
        instructions::burn(ctx, energy_wh)
    }

    /// Names who mints and who burns.
    ///
    /// Authority: the token's admin.
    ///
    /// Errors: `UnauthorizedAdmin`.
    pub fn set_roles(ctx: Context<SetRoles>, minter: Pubkey, burner: Pubkey) -> Result<()> {
        instructions::set_roles(ctx, minter, burner)
    }

    /// Names the next admin, who takes over with `accept_admin`; the zero key withdraws it.
    ///
    /// Authority: the token's admin.
    ///
    /// Errors: `UnauthorizedAdmin`.
    pub fn nominate_admin(ctx: Context<NominateAdmin>, new_admin: Pubkey) -> Result<()> {
        instructions::nominate_admin(ctx, new_admin)
    }

    /// Takes the administration of the token over.
    ///
    /// Authority: the key that the admin nominated.
    ///
    /// Errors: `NotNominated`.
    pub fn accept_admin(ctx: Context<AcceptAdmin>) -> Result<()> {
        instructions::accept_admin(ctx)
    }
}
