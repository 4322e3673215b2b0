use anchor_lang::prelude::*;
use anchor_spl::{
    associated_token::AssociatedToken,
    token::{self, Mint, MintTo, Token, TokenAccount},
};
use registry::User;

use crate::{
    constants::*,
    errors::EnergyTokenError,
    events::EnergyMinted,
    state::{units_of, TokenConfig},
};

/// Mints GRID for an active user's generation into the user's associated token account,
/// which is created if it does not exist.
///
/// *Authority*: the minter, which is the oracle.
#[derive(Accounts)]
pub struct MintEnergyTokens<'info> {
    #[account(mut)]
    pub payer: Signer<'info>,
    #[account(address = config.minter @ EnergyTokenError::UnauthorizedMinter)]
    pub minter: Signer<'info>,
    #[account(mut, address = TOKEN_CONFIG)]
    pub config: Box<Account<'info, TokenConfig>>,
    #[account(mut, address = config.mint @ EnergyTokenError::WrongMint)]
    pub mint: Box<Account<'info, Mint>>,
    #[account(constraint = user.is_active() @ EnergyTokenError::UserNotActive)]
    pub user: Box<Account<'info, User>>,
    /// CHECK: only the owner of the token account; it is the user's key.
    #[account(address = user.key @ EnergyTokenError::WrongHolder)]
    pub holder: UncheckedAccount<'info>,
    #[account(
        init_if_needed,
        payer = payer,
        associated_token::mint = mint,
        associated_token::authority = holder
    )]
    pub recipient: Box<Account<'info, TokenAccount>>,
    pub token_program: Program<'info, Token>,
    pub associated_token_program: Program<'info, AssociatedToken>,
    pub system_program: Program<'info, System>,
}

pub(crate) fn mint_energy_tokens(ctx: Context<MintEnergyTokens>, energy_wh: u64) -> Result<()> {
    let accounts = ctx.accounts;
    let units = units_of(energy_wh)?;
    require!(accounts.mint.supply.checked_add(units).is_some(), EnergyTokenError::AmountTooLarge);

    accounts.config.record_mint(units);
    token::mint_to(
        CpiContext::new_with_signer(
            accounts.token_program.key(),
            MintTo {
                mint: accounts.mint.to_account_info(),
                to: accounts.recipient.to_account_info(),
                authority: accounts.config.to_account_info(),
            },
            &[&[TOKEN_CONFIG_SEED, &[accounts.config.bump]]],
        ),
        units,
    )?;

    emit!(EnergyMinted { user: accounts.user.key(), energy_wh, minted_total: accounts.config.minted });
    Ok(())
}
