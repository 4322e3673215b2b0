use anchor_lang::prelude::*;

use crate::{constants::*, events::ProposalApproved, Governance, Proposal};

/// Counts a member's approval of what was read, wherever and however long ago it was signed.
/// The one that reaches the threshold starts the timelock.
///
/// *Authority*: a member.
#[derive(Accounts)]
pub struct Approve<'info> {
    pub member: Signer<'info>,
    #[account(seeds = [GOVERNANCE_SEED], bump = governance.bump)]
    pub governance: Box<Account<'info, Governance>>,
    #[account(mut, seeds = [PROPOSAL_SEED, &proposal.number.to_le_bytes()], bump = proposal.bump)]
    pub proposal: Box<Account<'info, Proposal>>,
}

pub(crate) fn approve(ctx: Context<Approve>, digest: [u8; 32]) -> Result<()> {
    let now = Clock::get()?.unix_timestamp;
    let member = ctx.accounts.member.key();
    let proposal = &mut ctx.accounts.proposal;
    proposal.approve(&ctx.accounts.governance, &member, &digest, now)?;

    emit!(ProposalApproved { number: proposal.number, member, approvals: proposal.approval_count() });
    Ok(())
}
