//! Covers metered import with GRID: burns it from the user's seat in a market and counts it
//! against what the meter imported. A pause does not stop it; it only ever gives up GRID.
//!
//! *Authority*: the user the meter reports for; trading demands that the seat is theirs too.
//! *Errors*: `NotMeterOwner`, `MeterNotFound`, `ZeroAmount`, `RetirementExceedsImport`,
//! `WrongMarket`; trading's own, such as its `InsufficientBalance`.

use anchor_lang::prelude::*;
use anchor_spl::token::Token;
use energy_token::program::EnergyToken;
use registry::User;
use trading::{program::Trading, Market};

use crate::{
    constants::{ORACLE, ORACLE_SEED},
    errors::OracleError,
    events::EnergyRetired,
    state::{MeterShard, Oracle},
};

// What only passes through to trading is checked there, against the market.
#[derive(Accounts)]
pub struct RetireEnergy<'info> {
    #[account(address = user.key @ OracleError::NotMeterOwner)]
    pub owner: Signer<'info>,
    /// The user the slot reports for; the handler compares.
    pub user: Box<Account<'info, User>>,
    #[account(address = ORACLE)]
    pub oracle: Box<Account<'info, Oracle>>,
    #[account(mut)]
    pub shard: AccountLoader<'info, MeterShard>,
    #[account(constraint = market.oracle == oracle.key() @ OracleError::WrongMarket)]
    pub market: Box<Account<'info, Market>>,
    /// CHECK: the market's ledger.
    #[account(mut)]
    pub ledger: UncheckedAccount<'info>,
    /// CHECK: the market's vault.
    #[account(mut)]
    pub energy_vault: UncheckedAccount<'info>,
    /// CHECK: trading's signing address.
    pub trading_authority: UncheckedAccount<'info>,
    /// CHECK: energy_token's configuration.
    #[account(mut)]
    pub token_config: UncheckedAccount<'info>,
    /// CHECK: energy_token's mint.
    #[account(mut)]
    pub energy_mint: UncheckedAccount<'info>,
    pub trading_program: Program<'info, Trading>,
    pub energy_token_program: Program<'info, EnergyToken>,
    pub token_program: Program<'info, Token>,
}

pub fn handler(ctx: Context<RetireEnergy>, slot: u16, seat: u16, energy_wh: u64) -> Result<()> {
    let accounts = ctx.accounts;
    let user = accounts.user.key();
    let meter = {
        let mut shard = accounts.shard.load_mut()?;
        let slot = shard.slot_mut(slot)?;
        require_keys_eq!(slot.user, user, OracleError::NotMeterOwner);
        slot.retire(energy_wh)?;
        slot.meter
    };

    let call = trading::cpi::accounts::RetireEnergy {
        owner: accounts.owner.to_account_info(),
        oracle: accounts.oracle.to_account_info(),
        market: accounts.market.to_account_info(),
        ledger: accounts.ledger.to_account_info(),
        energy_vault: accounts.energy_vault.to_account_info(),
        authority: accounts.trading_authority.to_account_info(),
        token_config: accounts.token_config.to_account_info(),
        energy_mint: accounts.energy_mint.to_account_info(),
        energy_token_program: accounts.energy_token_program.to_account_info(),
        token_program: accounts.token_program.to_account_info(),
    };
    let signer: &[&[u8]] = &[ORACLE_SEED, &[accounts.oracle.bump]];
    trading::cpi::retire_energy(CpiContext::new_with_signer(trading::ID, call, &[signer]), seat, energy_wh)?;
    emit!(EnergyRetired { meter, user, energy_wh });
    Ok(())
}
