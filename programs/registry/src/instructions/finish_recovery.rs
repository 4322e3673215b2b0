use anchor_lang::prelude::*;

use crate::{
    constants::*,
    errors::RegistryError,
    events::UserRecovered,
    state::{Recovery, Registry, User, UserKey},
};

/// Gives a user the key that the guardians approved, and lifts a freeze. Status and guardians stay;
/// guardians that wait are dropped, since the key that named them is not trusted any more.
///
/// *Authority*: the new key, once the guardians' delay is over.
#[derive(Accounts)]
pub struct FinishRecovery<'info> {
    /// Pays for the new key's record, and receives the rent of the old one's.
    #[account(mut)]
    pub payer: Signer<'info>,
    #[account(
        constraint = !registry.is_authority(new_key.key) @ RegistryError::AuthorityCannotTrade
    )]
    pub new_key: Signer<'info>,
    #[account(seeds = [REGISTRY_SEED], bump = registry.bump)]
    pub registry: Box<Account<'info, Registry>>,
    #[account(mut)]
    pub user: Box<Account<'info, User>>,
    /// CHECK: read with `Recovery::load`, which names an absent one.
    #[account(mut)]
    pub recovery: UncheckedAccount<'info>,
    #[account(
        mut,
        close = payer,
        seeds = [USER_KEY_SEED, user.key.as_ref()],
        bump = user_key.bump
    )]
    pub user_key: Box<Account<'info, UserKey>>,
    // `init_if_needed` rather than `init`: a key that is taken deserves a named error.
    #[account(
        init_if_needed,
        payer = payer,
        space = 8 + UserKey::INIT_SPACE,
        seeds = [USER_KEY_SEED, new_key.key.as_ref()],
        bump,
        constraint = new_user_key.user == Pubkey::default() @ RegistryError::UserAlreadyExists
    )]
    pub new_user_key: Box<Account<'info, UserKey>>,
    pub system_program: Program<'info, System>,
}

pub(crate) fn finish_recovery<'info>(ctx: Context<'info, FinishRecovery<'info>>) -> Result<()> {
    let bump = ctx.bumps.new_user_key;
    let accounts = ctx.accounts;
    let user = &mut accounts.user;
    let mut recovery = Recovery::load(&accounts.recovery, &user.key())?;
    recovery.require_due(accounts.new_key.key, Clock::get()?.unix_timestamp)?;

    let (number, from, to) = (user.number, user.key, accounts.new_key.key());
    accounts.new_user_key.set_inner(UserKey { version: ACCOUNT_VERSION, bump, number, user: user.key() });
    user.key = to;
    user.frozen_until = 0;
    let (approvals, approved_at) = (recovery.approvals, recovery.approved_at);
    recovery.forget();
    recovery.drop_next();
    recovery.frozen_by = Pubkey::default();
    recovery.exit(&crate::ID)?;

    emit!(UserRecovered { number, user: user.key(), from, to, approvals, approved_at });
    Ok(())
}
