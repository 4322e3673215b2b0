use anchor_lang::prelude::*;

use crate::{constants::*, errors::GovernanceError, events::GuardianChanged, Governance};

/// Lets another key pause alone; the zero key means nobody.
///
/// *Authority*: governance.
#[derive(Accounts)]
pub struct SetGuardian<'info> {
    #[account(
        constraint = governance.authorizes(authority.key) @ GovernanceError::UnauthorizedAuthority
    )]
    pub authority: Signer<'info>,
    #[account(mut, seeds = [GOVERNANCE_SEED], bump = governance.bump)]
    pub governance: Box<Account<'info, Governance>>,
}

pub(crate) fn set_guardian(ctx: Context<SetGuardian>, guardian: Pubkey) -> Result<()> {
    let governance = &mut ctx.accounts.governance;
    governance.guardian = guardian;

    emit!(GuardianChanged { guardian });
    Ok(())
}
