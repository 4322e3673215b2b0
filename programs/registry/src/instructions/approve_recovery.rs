use anchor_lang::prelude::*;

use crate::{
    constants::*,
    errors::RegistryError,
    events::RecoveryApproved,
    state::{KeyChangeReason, Recovery, User},
};

/// Approves that a user be given `new_key`. The first guardian opens the recovery, the one who
/// reaches the threshold starts the delay in which the user may veto it. A recovery expires seven
/// days after it was opened, or after its delay was over.
///
/// *Authority*: a guardian in force.
#[derive(Accounts)]
#[instruction(new_key: Pubkey)]
pub struct ApproveRecovery<'info> {
    pub guardian: Signer<'info>,
    pub user: Box<Account<'info, User>>,
    /// CHECK: read with `Recovery::load`, which names an absent one.
    #[account(mut)]
    pub recovery: UncheckedAccount<'info>,
    /// CHECK: the address where a user with the new key would be found; it must be empty.
    #[account(
        seeds = [USER_KEY_SEED, new_key.as_ref()],
        bump,
        constraint = new_user_key.data_is_empty() @ RegistryError::UserAlreadyExists
    )]
    pub new_user_key: UncheckedAccount<'info>,
}

pub(crate) fn approve_recovery<'info>(
    ctx: Context<'info, ApproveRecovery<'info>>,
    new_key: Pubkey,
    reason: KeyChangeReason,
) -> Result<()> {
    let ApproveRecovery { guardian, user, recovery, .. } = ctx.accounts;
    require_keys_neq!(new_key, Pubkey::default(), RegistryError::InvalidKey);
    let now = Clock::get()?.unix_timestamp;
    let mut recovery = Recovery::load(recovery, &user.key())?;
    recovery.promote(now);
    recovery.approve(guardian.key, new_key, now)?;
    recovery.exit(&crate::ID)?;

    emit!(RecoveryApproved {
        user: user.key(),
        by: guardian.key(),
        new_key,
        approvals: recovery.approvals,
        approved_at: recovery.approved_at,
        reason,
    });
    Ok(())
}
