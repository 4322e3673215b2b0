use anchor_lang::prelude::*;

use crate::{
    errors::RegistryError,
    events::UserUnfrozen,
    state::{KeyChangeReason, Recovery, User},
};

/// Lifts a freeze.
///
/// *Authority*: the guardian who froze the key; any guardian in force if the user did, or one who
/// is a guardian no more. Never the user's key, which may be in wrong hands.
#[derive(Accounts)]
pub struct UnfreezeUser<'info> {
    pub guardian: Signer<'info>,
    #[account(mut)]
    pub user: Box<Account<'info, User>>,
    /// CHECK: read with `Recovery::load`, which names an absent one.
    #[account(mut)]
    pub recovery: UncheckedAccount<'info>,
}

pub(crate) fn unfreeze_user<'info>(
    ctx: Context<'info, UnfreezeUser<'info>>,
    reason: KeyChangeReason,
) -> Result<()> {
    let UnfreezeUser { guardian, user, recovery } = ctx.accounts;
    let now = Clock::get()?.unix_timestamp;
    let mut recovery = Recovery::load(recovery, &user.key())?;
    recovery.promote(now);
    recovery.guardian(guardian.key)?;
    require!(user.is_frozen(now), RegistryError::UserNotFrozen);
    require!(recovery.may_unfreeze(guardian.key), RegistryError::NotFreezer);

    user.frozen_until = now;
    recovery.exit(&crate::ID)?;

    emit!(UserUnfrozen { user: user.key(), by: guardian.key(), reason });
    Ok(())
}
