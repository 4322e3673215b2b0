use anchor_lang::prelude::*;

use crate::{constants::*, errors::GovernanceError, events::ProposalClosed, Governance, Proposal};

/// Removes a proposal from which nothing can follow any more, and returns its rent.
///
/// *Authority*: anybody.
#[derive(Accounts)]
pub struct CloseProposal<'info> {
    #[account(seeds = [GOVERNANCE_SEED], bump = governance.bump)]
    pub governance: Box<Account<'info, Governance>>,
    #[account(
        mut,
        close = payer,
        seeds = [PROPOSAL_SEED, &proposal.number.to_le_bytes()],
        bump = proposal.bump
    )]
    pub proposal: Box<Account<'info, Proposal>>,
    /// CHECK: the key that paid the rent; it need not sign.
    #[account(mut, address = proposal.payer @ GovernanceError::WrongRecipient)]
    pub payer: UncheckedAccount<'info>,
}

pub(crate) fn close_proposal(ctx: Context<CloseProposal>) -> Result<()> {
    let now = Clock::get()?.unix_timestamp;
    let proposal = &ctx.accounts.proposal;
    require!(proposal.is_over(&ctx.accounts.governance, now), GovernanceError::ProposalStillOpen);

    emit!(ProposalClosed { number: proposal.number });
    Ok(())
}
