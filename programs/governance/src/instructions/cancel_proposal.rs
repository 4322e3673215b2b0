use anchor_lang::prelude::*;

use crate::{constants::*, errors::GovernanceError, events::ProposalCancelled, Governance, Proposal};

/// Ends an open proposal for good, also one that is expired or stale.
///
/// *Authority*: whoever proposed it, or governance.
#[derive(Accounts)]
pub struct CancelProposal<'info> {
    #[account(
        constraint = proposal.proposer == authority.key() || governance.authorizes(authority.key)
            @ GovernanceError::NotProposer
    )]
    pub authority: Signer<'info>,
    #[account(seeds = [GOVERNANCE_SEED], bump = governance.bump)]
    pub governance: Box<Account<'info, Governance>>,
    #[account(mut, seeds = [PROPOSAL_SEED, &proposal.number.to_le_bytes()], bump = proposal.bump)]
    pub proposal: Box<Account<'info, Proposal>>,
}

pub(crate) fn cancel_proposal(ctx: Context<CancelProposal>) -> Result<()> {
    let proposal = &mut ctx.accounts.proposal;
    proposal.cancel()?;

    emit!(ProposalCancelled { number: proposal.number, by: ctx.accounts.authority.key() });
    Ok(())
}
