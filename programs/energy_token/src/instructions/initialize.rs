use anchor_lang::prelude::*;
use anchor_spl::token::{Mint, Token};

use crate::{
    constants::*, errors::EnergyTokenError, events::EnergyTokenInitialized, program, state::TokenConfig,
};

/// Creates the GRID mint, without freeze authority, and its configuration.
///
/// *Authority*: the upgrade authority of this program, so that nobody gets ahead of it.
#[derive(Accounts)]
pub struct Initialize<'info> {
    #[account(mut)]
    pub deployer: Signer<'info>,
    #[account(
        constraint = program.programdata_address()? == Some(program_data.key())
            @ EnergyTokenError::NotDeployer
    )]
    pub program: Program<'info, program::EnergyToken>,
    #[account(
        constraint = program_data.upgrade_authority_address == Some(deployer.key())
            @ EnergyTokenError::NotDeployer
    )]
    pub program_data: Account<'info, ProgramData>,
    #[account(
        init,
        payer = deployer,
        space = 8 + TokenConfig::INIT_SPACE,
        seeds = [TOKEN_CONFIG_SEED],
        bump
    )]
    pub config: Box<Account<'info, TokenConfig>>,
    #[account(
        init,
        payer = deployer,
        seeds = [GRID_MINT_SEED],
        bump,
        mint::decimals = GRID_DECIMALS,
        mint::authority = config
    )]
    pub mint: Box<Account<'info, Mint>>,
    pub token_program: Program<'info, Token>,
    pub system_program: Program<'info, System>,
}

pub(crate) fn initialize(
    ctx: Context<Initialize>,
    admin: Pubkey,
    minter: Pubkey,
    burner: Pubkey,
) -> Result<()> {
    require_keys_neq!(admin, Pubkey::default(), EnergyTokenError::InvalidKey);
    let mint = ctx.accounts.mint.key();
    ctx.accounts.config.set_inner(TokenConfig {
        version: ACCOUNT_VERSION,
        bump: ctx.bumps.config,
        mint_bump: ctx.bumps.mint,
        mint,
        admin,
        minter,
        burner,
        minted: 0,
        burned: 0,
        pending_admin: Pubkey::default(),
        reserved: [0; 32],
    });

    emit!(EnergyTokenInitialized { mint, admin, minter, burner });
    Ok(())
}
