use anchor_lang::prelude::*;

use crate::{constants::*, errors::GovernanceError, events::Resumed, Governance, Pause};

/// Lets areas of the market run again. Resuming what runs is harmless.
///
/// *Authority*: governance; the guardian can stop the market but not start it.
#[derive(Accounts)]
pub struct Resume<'info> {
    #[account(
        constraint = governance.authorizes(authority.key) @ GovernanceError::UnauthorizedAuthority
    )]
    pub authority: Signer<'info>,
    #[account(seeds = [GOVERNANCE_SEED], bump = governance.bump)]
    pub governance: Box<Account<'info, Governance>>,
    #[account(mut, seeds = [PAUSE_SEED], bump = pause.bump)]
    pub pause: Box<Account<'info, Pause>>,
}

pub(crate) fn resume(ctx: Context<Resume>, areas: u8) -> Result<()> {
    ctx.accounts.pause.resume(areas)?;

    emit!(Resumed { areas, by: ctx.accounts.authority.key() });
    Ok(())
}
