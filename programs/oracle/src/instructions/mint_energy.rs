//! Mints GRID for everything a meter exported that is not minted yet, to its user's token
//! account, which the signer pays for when it is missing.
//!
//! *Authority*: an operator of any role.
//! *Errors*: `UnauthorizedOperator`, `MeteringPaused`, `MeterNotFound`, `NotMeterOwner`,
//! `NothingToMint`; energy_token's own, such as its `UserNotActive`.

use anchor_lang::prelude::*;
use anchor_spl::{associated_token::AssociatedToken, token::Token};
use energy_token::{cpi::accounts::MintEnergyTokens, program::EnergyToken};
use governance::{Pause, AREA_METERING};
use registry::User;

use crate::{
    constants::{ORACLE, ORACLE_SEED, ROLE_AMI, ROLE_OPERATOR},
    errors::OracleError,
    events::GenerationMinted,
    state::{MeterShard, Operator, Oracle},
};

// What only passes through to energy_token is checked there, against its own roots.
#[derive(Accounts)]
pub struct MintEnergy<'info> {
    #[account(mut)]
    pub authority: Signer<'info>,
    /// CHECK: `grants` reads it.
    #[account(constraint = Operator::grants(&operator, authority.key, ROLE_AMI | ROLE_OPERATOR) @ OracleError::UnauthorizedOperator)]
    pub operator: UncheckedAccount<'info>,
    #[account(constraint = !pause.is_paused(AREA_METERING) @ OracleError::MeteringPaused)]
    pub pause: Box<Account<'info, Pause>>,
    #[account(address = ORACLE)]
    pub oracle: Box<Account<'info, Oracle>>,
    #[account(mut)]
    pub shard: AccountLoader<'info, MeterShard>,
    /// The user the slot reports for; the handler compares.
    pub user: Box<Account<'info, User>>,
    /// CHECK: energy_token compares it with the user's key.
    pub holder: UncheckedAccount<'info>,
    /// CHECK: energy_token demands the holder's associated token account.
    #[account(mut)]
    pub recipient: UncheckedAccount<'info>,
    /// CHECK: energy_token's configuration.
    #[account(mut)]
    pub token_config: UncheckedAccount<'info>,
    /// CHECK: energy_token's mint.
    #[account(mut)]
    pub energy_mint: UncheckedAccount<'info>,
    pub energy_token_program: Program<'info, EnergyToken>,
    pub token_program: Program<'info, Token>,
    pub associated_token_program: Program<'info, AssociatedToken>,
    pub system_program: Program<'info, System>,
}

pub fn handler(ctx: Context<MintEnergy>, slot: u16) -> Result<()> {
    let accounts = ctx.accounts;
    let user = accounts.user.key();
    let (meter, energy_wh) = {
        let mut shard = accounts.shard.load_mut()?;
        let slot = shard.slot_mut(slot)?;
        require_keys_eq!(slot.user, user, OracleError::NotMeterOwner);
        (slot.meter, slot.mint()?)
    };

    let call = MintEnergyTokens {
        payer: accounts.authority.to_account_info(),
        minter: accounts.oracle.to_account_info(),
        config: accounts.token_config.to_account_info(),
        mint: accounts.energy_mint.to_account_info(),
        user: accounts.user.to_account_info(),
        holder: accounts.holder.to_account_info(),
        recipient: accounts.recipient.to_account_info(),
        token_program: accounts.token_program.to_account_info(),
        associated_token_program: accounts.associated_token_program.to_account_info(),
        system_program: accounts.system_program.to_account_info(),
    };
    let signer: &[&[u8]] = &[ORACLE_SEED, &[accounts.oracle.bump]];
    energy_token::cpi::mint_energy_tokens(
        CpiContext::new_with_signer(energy_token::ID, call, &[signer]),
        energy_wh,
    )?;
    emit!(GenerationMinted { meter, user, energy_wh });
    Ok(())
}
