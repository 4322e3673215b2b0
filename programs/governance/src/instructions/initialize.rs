use anchor_lang::prelude::*;

use crate::{
    constants::*, errors::GovernanceError, events::GovernanceInitialized, program, Governance, Parameters,
    Pause,
};

/// Creates the three accounts of governance: one member, default parameters, no pause.
///
/// *Authority*: the upgrade authority of this program, so that nobody gets ahead of it.
#[derive(Accounts)]
pub struct Initialize<'info> {
    #[account(mut)]
    pub deployer: Signer<'info>,
    #[account(
        constraint = program.programdata_address()? == Some(program_data.key())
            @ GovernanceError::NotDeployer
    )]
    pub program: Program<'info, program::Governance>,
    #[account(
        constraint = program_data.upgrade_authority_address == Some(deployer.key())
            @ GovernanceError::NotDeployer
    )]
    pub program_data: Account<'info, ProgramData>,
    #[account(
        init,
        payer = deployer,
        space = 8 + Governance::INIT_SPACE,
        seeds = [GOVERNANCE_SEED],
        bump
    )]
    pub governance: Box<Account<'info, Governance>>,
    #[account(
        init,
        payer = deployer,
        space = 8 + Parameters::INIT_SPACE,
        seeds = [PARAMETERS_SEED],
        bump
    )]
    pub parameters: Box<Account<'info, Parameters>>,
    #[account(
        init,
        payer = deployer,
        space = 8 + Pause::INIT_SPACE,
        seeds = [PAUSE_SEED],
        bump
    )]
    pub pause: Box<Account<'info, Pause>>,
    /// The wallet that pays where governance creates accounts.
    #[account(seeds = [TREASURY_SEED], bump)]
    pub treasury: SystemAccount<'info>,
    pub system_program: Program<'info, System>,
}

pub(crate) fn initialize(ctx: Context<Initialize>, authority: Pubkey, guardian: Pubkey) -> Result<()> {
    require_keys_neq!(authority, Pubkey::default(), GovernanceError::InvalidKey);
    let bumps = &ctx.bumps;
    let accounts = ctx.accounts;
    accounts.governance.set_inner(Governance::with_sole_member(
        bumps.governance,
        bumps.treasury,
        authority,
        guardian,
    ));
    accounts.parameters.set_inner(Parameters::with_defaults(bumps.parameters));
    accounts.pause.set_inner(Pause::running(bumps.pause));

    emit!(GovernanceInitialized { authority, guardian });
    Ok(())
}
