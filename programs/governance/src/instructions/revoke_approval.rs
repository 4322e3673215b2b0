use anchor_lang::prelude::*;

use crate::{constants::*, events::ApprovalRevoked, Governance, Proposal};

/// Takes a member's approval back.
///
/// *Authority*: a member.
#[derive(Accounts)]
pub struct RevokeApproval<'info> {
    pub member: Signer<'info>,
    #[account(seeds = [GOVERNANCE_SEED], bump = governance.bump)]
    pub governance: Box<Account<'info, Governance>>,
    #[account(mut, seeds = [PROPOSAL_SEED, &proposal.number.to_le_bytes()], bump = proposal.bump)]
    pub proposal: Box<Account<'info, Proposal>>,
}

pub(crate) fn revoke_approval(ctx: Context<RevokeApproval>) -> Result<()> {
    let now = Clock::get()?.unix_timestamp;
    let member = ctx.accounts.member.key();
    let proposal = &mut ctx.accounts.proposal;
    proposal.revoke(&ctx.accounts.governance, &member, now)?;

    emit!(ApprovalRevoked { number: proposal.number, member, approvals: proposal.approval_count() });
    Ok(())
}
