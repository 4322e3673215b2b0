use anchor_lang::prelude::*;

use crate::{constants::*, errors::GovernanceError, events::PolicyRepealed, Governance, Policy};

/// Ends a policy; its record stays.
///
/// *Authority*: governance.
#[derive(Accounts)]
pub struct RepealPolicy<'info> {
    #[account(
        constraint = governance.authorizes(authority.key) @ GovernanceError::UnauthorizedAuthority
    )]
    pub authority: Signer<'info>,
    #[account(seeds = [GOVERNANCE_SEED], bump = governance.bump)]
    pub governance: Box<Account<'info, Governance>>,
    #[account(mut, seeds = [POLICY_SEED, &policy.number.to_le_bytes()], bump = policy.bump)]
    pub policy: Box<Account<'info, Policy>>,
}

pub(crate) fn repeal_policy(ctx: Context<RepealPolicy>) -> Result<()> {
    let policy = &mut ctx.accounts.policy;
    require!(policy.repealed_at == 0, GovernanceError::PolicyAlreadyRepealed);
    policy.repealed_at = Clock::get()?.unix_timestamp;

    emit!(PolicyRepealed { number: policy.number });
    Ok(())
}
