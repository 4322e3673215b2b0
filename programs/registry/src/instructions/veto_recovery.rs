use anchor_lang::prelude::*;

use crate::{
    errors::RegistryError,
    events::RecoveryVetoed,
    state::{Recovery, User},
};

/// Ends the open recovery. Guardians may open another one.
///
/// *Authority*: the user's key, frozen or not, while the user is active. A registry authority that
/// suspends a user whose key is stolen ends the thief's veto: guardians and authority together
/// recover a user against the holder of the key, neither of them alone.
#[derive(Accounts)]
pub struct VetoRecovery<'info> {
    #[account(address = user.key @ RegistryError::NotUserKey)]
    pub key: Signer<'info>,
    #[account(constraint = user.is_active() @ RegistryError::UserNotActive)]
    pub user: Box<Account<'info, User>>,
    /// CHECK: read with `Recovery::load`, which names an absent one.
    #[account(mut)]
    pub recovery: UncheckedAccount<'info>,
}

pub(crate) fn veto_recovery<'info>(ctx: Context<'info, VetoRecovery<'info>>) -> Result<()> {
    let VetoRecovery { key, user, recovery } = ctx.accounts;
    let now = Clock::get()?.unix_timestamp;
    let mut recovery = Recovery::load(recovery, &user.key())?;
    require!(recovery.is_open(now), RegistryError::RecoveryNotOpen);

    let (new_key, approvals) = (recovery.new_key, recovery.approvals);
    recovery.forget();
    recovery.promote(now);
    recovery.exit(&crate::ID)?;

    emit!(RecoveryVetoed { user: user.key(), by: key.key(), new_key, approvals });
    Ok(())
}
