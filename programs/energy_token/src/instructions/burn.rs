use anchor_lang::prelude::*;
use anchor_spl::token::{self, Burn as BurnTokens, Mint, Token, TokenAccount};

use crate::{
    constants::*,
    errors::EnergyTokenError,
    events::EnergyBurned,
    state::{units_of, TokenConfig},
};

/// Burns GRID from an account of the burner, for energy that was consumed.
///
/// *Authority*: the burner, which is the trading program's custody address.
#[derive(Accounts)]
pub struct Burn<'info> {
    #[account(address = config.burner @ EnergyTokenError::UnauthorizedBurner)]
    pub burner: Signer<'info>,
    #[account(mut, address = TOKEN_CONFIG)]
    pub config: Box<Account<'info, TokenConfig>>,
    #[account(mut, address = config.mint @ EnergyTokenError::WrongMint)]
    pub mint: Box<Account<'info, Mint>>,
    #[account(
        mut,
        constraint = source.mint == config.mint @ EnergyTokenError::WrongMint,
        constraint = source.owner == burner.key() @ EnergyTokenError::WrongSource
    )]
    pub source: Box<Account<'info, TokenAccount>>,
    pub token_program: Program<'info, Token>,
}

pub(crate) fn burn(ctx: Context<Burn>, energy_wh: u64) -> Result<()> {
    let accounts = ctx.accounts;
    let units = units_of(energy_wh)?;
    require_gte!(accounts.source.amount, units, EnergyTokenError::InsufficientBalance);

    accounts.config.record_burn(units);
    token::burn(
        CpiContext::new(
            accounts.token_program.key(),
            BurnTokens {
                mint: accounts.mint.to_account_info(),
                from: accounts.source.to_account_info(),
                authority: accounts.burner.to_account_info(),
            },
        ),
        units,
    )?;

    emit!(EnergyBurned { energy_wh, burned_total: accounts.config.burned });
    Ok(())
}
