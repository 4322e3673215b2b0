use anchor_lang::prelude::*;

use crate::{constants::*, errors::GovernanceError, events::MembersChanged, Governance};

/// Lets others govern. Open proposals become stale.
///
/// *Authority*: governance.
#[derive(Accounts)]
pub struct SetMembers<'info> {
    #[account(
        constraint = governance.authorizes(authority.key) @ GovernanceError::UnauthorizedAuthority
    )]
    pub authority: Signer<'info>,
    #[account(mut, seeds = [GOVERNANCE_SEED], bump = governance.bump)]
    pub governance: Box<Account<'info, Governance>>,
}

pub(crate) fn set_members(ctx: Context<SetMembers>, members: Vec<Pubkey>, threshold: u8) -> Result<()> {
    let governance = &mut ctx.accounts.governance;
    governance.set_members(&members, threshold)?;

    emit!(MembersChanged { members, threshold, membership: governance.membership });
    Ok(())
}
