use anchor_lang::prelude::*;

use crate::{
    constants::*,
    errors::RegistryError,
    events::UserFrozen,
    state::{KeyChangeReason, Recovery, User},
};

/// Freezes a user's key for seven days: what it signs moves nothing. After a freeze has ended,
/// none begins for as long, so that no guardian shuts a user out for good.
///
/// *Authority*: the user, or one guardian in force.
#[derive(Accounts)]
pub struct FreezeUser<'info> {
    pub authority: Signer<'info>,
    #[account(mut)]
    pub user: Box<Account<'info, User>>,
    /// CHECK: read with `Recovery::load`, which names an absent one.
    #[account(mut)]
    pub recovery: UncheckedAccount<'info>,
}

pub(crate) fn freeze_user<'info>(
    ctx: Context<'info, FreezeUser<'info>>,
    reason: KeyChangeReason,
) -> Result<()> {
    let FreezeUser { authority, user, recovery } = ctx.accounts;
    let now = Clock::get()?.unix_timestamp;
    let mut recovery = Recovery::load(recovery, &user.key())?;
    recovery.promote(now);
    if authority.key() == user.key {
        // Somebody must be able to lift it.
        require!(recovery.guardians.count > 0, RegistryError::NoGuardians);
    } else {
        recovery.guardian(authority.key)?;
    }
    require!(!user.is_frozen(now), RegistryError::UserFrozen);
    require!(now >= user.frozen_until.saturating_add(FREEZE_S), RegistryError::FreezeTooSoon);

    user.frozen_until = now.saturating_add(FREEZE_S);
    recovery.frozen_by = authority.key();
    recovery.exit(&crate::ID)?;

    emit!(UserFrozen { user: user.key(), by: authority.key(), until: user.frozen_until, reason });
    Ok(())
}
