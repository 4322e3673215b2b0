use anchor_lang::prelude::*;

use crate::{
    constants::*,
    errors::RegistryError,
    events::KeyRotated,
    state::{KeyChangeReason, Registry, User, UserKey},
};

/// Gives a user another key. Everything that refers to the user stays as it is; seats name the
/// new key once they are refreshed.
///
/// *Authority*: the user's present key and the new one, which both sign.
#[derive(Accounts)]
pub struct RotateKey<'info> {
    /// Pays for the new key's record, and receives the rent of the old one's.
    #[account(mut)]
    pub payer: Signer<'info>,
    #[account(address = user.key @ RegistryError::NotUserKey)]
    pub key: Signer<'info>,
    #[account(
        constraint = !registry.is_authority(new_key.key) @ RegistryError::AuthorityCannotTrade
    )]
    pub new_key: Signer<'info>,
    #[account(seeds = [REGISTRY_SEED], bump = registry.bump)]
    pub registry: Box<Account<'info, Registry>>,
    #[account(mut, constraint = user.is_active() @ RegistryError::UserNotActive)]
    pub user: Box<Account<'info, User>>,
    #[account(
        mut,
        close = payer,
        seeds = [USER_KEY_SEED, key.key.as_ref()],
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

pub(crate) fn rotate_key(ctx: Context<RotateKey>, reason: KeyChangeReason) -> Result<()> {
    let bump = ctx.bumps.new_user_key;
    let accounts = ctx.accounts;
    let user = &mut accounts.user;
    require!(!user.is_frozen(Clock::get()?.unix_timestamp), RegistryError::UserFrozen);

    let (number, from, to) = (user.number, user.key, accounts.new_key.key());
    accounts.new_user_key.set_inner(UserKey { version: ACCOUNT_VERSION, bump, number, user: user.key() });
    user.key = to;

    emit!(KeyRotated { number, user: user.key(), from, to, reason });
    Ok(())
}
