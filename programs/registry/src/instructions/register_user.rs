use anchor_lang::prelude::*;
use governance::{Pause, AREA_REGISTRATION, PAUSE_SEED};

use crate::{
    constants::*,
    errors::RegistryError,
    events::UserRegistered,
    state::{Registry, User, UserKey, UserType},
};

/// Registers a user under the next number, active and without meters.
///
/// *Authority*: a registry authority.
#[derive(Accounts)]
#[instruction(key: Pubkey)]
pub struct RegisterUser<'info> {
    #[account(
        mut,
        constraint = registry.is_authority(authority.key) @ RegistryError::NotRecRegulator
    )]
    pub authority: Signer<'info>,
    #[account(mut, seeds = [REGISTRY_SEED], bump = registry.bump)]
    pub registry: Box<Account<'info, Registry>>,
    #[account(
        seeds = [PAUSE_SEED],
        bump = pause.bump,
        seeds::program = governance::ID,
        constraint = !pause.is_paused(AREA_REGISTRATION) @ RegistryError::RegistrationPaused
    )]
    pub pause: Box<Account<'info, Pause>>,
    // `init_if_needed` rather than `init`: a key that is taken deserves a named error.
    #[account(
        init_if_needed,
        payer = authority,
        space = 8 + UserKey::INIT_SPACE,
        seeds = [USER_KEY_SEED, key.as_ref()],
        bump,
        constraint = user_key.user == Pubkey::default() @ RegistryError::UserAlreadyExists
    )]
    pub user_key: Box<Account<'info, UserKey>>,
    #[account(
        init,
        payer = authority,
        space = 8 + User::INIT_SPACE,
        seeds = [USER_SEED, &registry.user_count.to_le_bytes()],
        bump
    )]
    pub user: Box<Account<'info, User>>,
    pub system_program: Program<'info, System>,
}

pub(crate) fn register_user(
    ctx: Context<RegisterUser>,
    key: Pubkey,
    user_type: UserType,
    location: [u8; 16],
) -> Result<()> {
    let bumps = &ctx.bumps;
    let accounts = ctx.accounts;
    let registry = &mut accounts.registry;
    require_keys_neq!(key, Pubkey::default(), RegistryError::InvalidKey);
    require!(!registry.is_authority(&key), RegistryError::AuthorityCannotTrade);

    let number = registry.user_count;
    let user = accounts.user.key();
    let now = Clock::get()?.unix_timestamp;
    accounts.user.set_inner(User::new(bumps.user, number, key, user_type, location, now));
    accounts.user_key.set_inner(UserKey { version: ACCOUNT_VERSION, bump: bumps.user_key, number, user });
    registry.user_count += 1;

    emit!(UserRegistered { number, user, key, user_type });
    Ok(())
}
