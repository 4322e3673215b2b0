use anchor_lang::prelude::*;

use crate::{constants::*, errors::RegistryError, events::RegistryInitialized, program, state::Registry};

/// Creates the registry with one authority.
///
/// *Authority*: the upgrade authority of this program, so that nobody gets ahead of it.
#[derive(Accounts)]
pub struct Initialize<'info> {
    #[account(mut)]
    pub deployer: Signer<'info>,
    #[account(
        constraint = program.programdata_address()? == Some(program_data.key())
            @ RegistryError::NotDeployer
    )]
    pub program: Program<'info, program::Registry>,
    #[account(
        constraint = program_data.upgrade_authority_address == Some(deployer.key())
            @ RegistryError::NotDeployer
    )]
    pub program_data: Account<'info, ProgramData>,
    #[account(
        init,
        payer = deployer,
        space = 8 + Registry::INIT_SPACE,
        seeds = [REGISTRY_SEED],
        bump
    )]
    pub registry: Box<Account<'info, Registry>>,
    pub system_program: Program<'info, System>,
}

pub(crate) fn initialize(ctx: Context<Initialize>, authority: Pubkey, admin: Pubkey) -> Result<()> {
    require_keys_neq!(authority, Pubkey::default(), RegistryError::InvalidKey);
    require_keys_neq!(admin, Pubkey::default(), RegistryError::InvalidKey);
    let registry = &mut ctx.accounts.registry;
    registry.set_inner(Registry::new(ctx.bumps.registry, authority, admin));

    emit!(RegistryInitialized { authority, admin });
    Ok(())
}
