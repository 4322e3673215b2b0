use anchor_lang::prelude::*;

use crate::{constants::*, errors::GovernanceError, events::Paused, Governance, Pause};

/// Stops areas of the market at once. Pausing again is harmless and keeps the first time.
///
/// *Authority*: governance or the guardian.
#[derive(Accounts)]
pub struct EmergencyPause<'info> {
    #[account(
        constraint = governance.may_pause(authority.key) @ GovernanceError::UnauthorizedAuthority
    )]
    pub authority: Signer<'info>,
    #[account(seeds = [GOVERNANCE_SEED], bump = governance.bump)]
    pub governance: Box<Account<'info, Governance>>,
    #[account(mut, seeds = [PAUSE_SEED], bump = pause.bump)]
    pub pause: Box<Account<'info, Pause>>,
}

pub(crate) fn emergency_pause(ctx: Context<EmergencyPause>, areas: u8) -> Result<()> {
    let now = Clock::get()?.unix_timestamp;
    ctx.accounts.pause.pause(areas, now)?;

    emit!(Paused { areas, by: ctx.accounts.authority.key() });
    Ok(())
}
