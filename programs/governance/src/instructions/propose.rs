use anchor_lang::prelude::*;

use crate::{
    constants::*, errors::GovernanceError, events::ProposalCreated, Governance, Proposal, ProposalState,
    ProposedInstruction, Text,
};

/// Puts a decision to the members. Proposing is not approving: each approval is a signature
/// of its own.
///
/// *Authority*: a member; `payer` pays the account and gets the rent back when it is closed.
#[derive(Accounts)]
#[instruction(title: Text, instructions: Vec<ProposedInstruction>)]
pub struct Propose<'info> {
    #[account(
        constraint = governance.member_index(proposer.key).is_some() @ GovernanceError::NotMember
    )]
    pub proposer: Signer<'info>,
    #[account(mut)]
    pub payer: Signer<'info>,
    #[account(mut, seeds = [GOVERNANCE_SEED], bump = governance.bump)]
    pub governance: Box<Account<'info, Governance>>,
    #[account(
        init,
        payer = payer,
        space = Proposal::space(&title, &instructions),
        seeds = [PROPOSAL_SEED, &governance.proposals.to_le_bytes()],
        bump
    )]
    pub proposal: Box<Account<'info, Proposal>>,
    pub system_program: Program<'info, System>,
}

pub(crate) fn propose(
    ctx: Context<Propose>,
    title: Text,
    instructions: Vec<ProposedInstruction>,
) -> Result<()> {
    Proposal::validate(&title, &instructions)?;
    let now = Clock::get()?.unix_timestamp;
    let governance = &mut ctx.accounts.governance;
    let number = governance.proposals;
    governance.proposals += 1;

    let proposer = ctx.accounts.proposer.key();
    let expires_at = now + i64::from(governance.proposal_expiry_s);
    ctx.accounts.proposal.set_inner(Proposal {
        version: ACCOUNT_VERSION,
        bump: ctx.bumps.proposal,
        number,
        proposer,
        payer: ctx.accounts.payer.key(),
        membership: governance.membership,
        approvals: 0,
        state: ProposalState::Open,
        created_at: now,
        approved_at: 0,
        expires_at,
        reserved: [0; 32],
        title,
        instructions,
    });

    emit!(ProposalCreated { number, proposer, expires_at });
    Ok(())
}
