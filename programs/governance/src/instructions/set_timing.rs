use anchor_lang::prelude::*;

use crate::{constants::*, errors::GovernanceError, events::TimingChanged, Governance};

/// Sets how long decisions wait and live. Open proposals become stale.
///
/// *Authority*: governance.
#[derive(Accounts)]
pub struct SetTiming<'info> {
    #[account(
        constraint = governance.authorizes(authority.key) @ GovernanceError::UnauthorizedAuthority
    )]
    pub authority: Signer<'info>,
    #[account(mut, seeds = [GOVERNANCE_SEED], bump = governance.bump)]
    pub governance: Box<Account<'info, Governance>>,
}

pub(crate) fn set_timing(ctx: Context<SetTiming>, timelock_s: u32, proposal_expiry_s: u32) -> Result<()> {
    let governance = &mut ctx.accounts.governance;
    governance.set_timing(timelock_s, proposal_expiry_s)?;

    emit!(TimingChanged { timelock_s, proposal_expiry_s, membership: governance.membership });
    Ok(())
}
