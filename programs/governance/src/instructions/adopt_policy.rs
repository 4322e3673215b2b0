use anchor_lang::prelude::*;

use crate::{constants::*, errors::GovernanceError, events::PolicyAdopted, Governance, Policy, Text};

/// Records that a text is in force.
///
/// *Authority*: governance; `payer` pays the account.
#[derive(Accounts)]
pub struct AdoptPolicy<'info> {
    #[account(
        constraint = governance.authorizes(authority.key) @ GovernanceError::UnauthorizedAuthority
    )]
    pub authority: Signer<'info>,
    #[account(mut)]
    pub payer: Signer<'info>,
    #[account(mut, seeds = [GOVERNANCE_SEED], bump = governance.bump)]
    pub governance: Box<Account<'info, Governance>>,
    #[account(
        init,
        payer = payer,
        space = 8 + Policy::INIT_SPACE,
        seeds = [POLICY_SEED, &governance.policies.to_le_bytes()],
        bump
    )]
    pub policy: Box<Account<'info, Policy>>,
    pub system_program: Program<'info, System>,
}

pub(crate) fn adopt_policy(ctx: Context<AdoptPolicy>, hash: [u8; 32], uri: Text) -> Result<()> {
    let fits = (1..=usize::from(MAX_URI_BYTES)).contains(&uri.len());
    require!(fits, GovernanceError::InvalidPolicyUri);
    let governance = &mut ctx.accounts.governance;
    let number = governance.policies;
    governance.policies += 1;
    ctx.accounts.policy.set_inner(Policy {
        version: ACCOUNT_VERSION,
        bump: ctx.bumps.policy,
        number,
        hash,
        adopted_at: Clock::get()?.unix_timestamp,
        repealed_at: 0,
        reserved: [0; 32],
        uri: uri.clone(),
    });

    emit!(PolicyAdopted { number, hash, uri: uri.0 });
    Ok(())
}
