use anchor_lang::{prelude::*, solana_program::program::invoke_signed};

use crate::{
    constants::*,
    errors::GovernanceError,
    events::{ProgramUpgraded, ProposalExecuted},
    Governance, Proposal, ProposedInstruction,
};

/// Runs an approved proposal's instructions, byte for byte and once. The governance address
/// and the treasury sign them; whoever else signs one must sign the transaction.
///
/// Remaining accounts: for each instruction its program, then its accounts in order.
///
/// *Authority*: anybody.
#[derive(Accounts)]
pub struct Execute<'info> {
    pub executor: Signer<'info>,
    // Not written here, so that what the instructions write to it stays.
    #[account(seeds = [GOVERNANCE_SEED], bump = governance.bump)]
    pub governance: Box<Account<'info, Governance>>,
    #[account(mut, seeds = [PROPOSAL_SEED, &proposal.number.to_le_bytes()], bump = proposal.bump)]
    pub proposal: Box<Account<'info, Proposal>>,
}

pub(crate) fn execute<'info>(ctx: Context<'info, Execute<'info>>) -> Result<()> {
    let now = Clock::get()?.unix_timestamp;
    let governance = &ctx.accounts.governance;
    let proposal = &mut ctx.accounts.proposal;
    proposal.execute(governance, now)?;
    // Written before the calls: a call back finds the proposal executed.
    proposal.exit(&crate::ID)?;

    let (governance_bump, treasury_bump) = ([governance.bump], [governance.treasury_bump]);
    let treasury_seeds: &[&[u8]] = &[TREASURY_SEED, &treasury_bump];
    let governance_seeds: &[&[u8]] = &[GOVERNANCE_SEED, &governance_bump];
    let treasury = Pubkey::create_program_address(treasury_seeds, &crate::ID)
        .map_err(|_| GovernanceError::WrongInstructionAccounts)?;
    let own = [governance.key(), treasury];

    let mut rest = ctx.remaining_accounts;
    let needed: usize = proposal.instructions.iter().map(ProposedInstruction::account_count).sum();
    require!(rest.len() == needed, GovernanceError::WrongInstructionAccounts);
    for instruction in &proposal.instructions {
        let (infos, others) = rest.split_at(instruction.account_count());
        check(instruction, infos, &own)?;
        invoke_signed(&instruction.to_instruction(), infos, &[governance_seeds, treasury_seeds])?;
        if let Some(program) = instruction.upgraded_program() {
            emit!(ProgramUpgraded { program, proposal: proposal.number });
        }
        rest = others;
    }
    emit!(ProposalExecuted { number: proposal.number, by: ctx.accounts.executor.key() });
    Ok(())
}

/// Whether `infos` are the instruction's program and accounts, with the rights it needs.
fn check(instruction: &ProposedInstruction, infos: &[AccountInfo], own: &[Pubkey; 2]) -> Result<()> {
    require_keys_eq!(*infos[0].key, instruction.program_id, GovernanceError::WrongInstructionAccounts);
    for (account, info) in instruction.accounts.iter().zip(&infos[1..]) {
        require!(
            account.pubkey == *info.key && (info.is_writable || !account.is_writable),
            GovernanceError::WrongInstructionAccounts
        );
        require!(
            !account.is_signer || info.is_signer || own.contains(info.key),
            GovernanceError::MissingInstructionSigner
        );
    }
    Ok(())
}
