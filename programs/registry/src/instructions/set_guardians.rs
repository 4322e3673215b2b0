use anchor_lang::prelude::*;

use crate::{
    constants::*,
    errors::RegistryError,
    events::GuardiansNamed,
    state::{Guardians, Recovery, User},
};

/// Names the keys that may freeze and recover a user. The first set is in force at once, every
/// later one after the delay of the set before: whoever steals the user's key cannot get rid of
/// the guardians in time. No guardians end the arrangement, after the delay too.
///
/// *Authority*: the user.
#[derive(Accounts)]
pub struct SetGuardians<'info> {
    #[account(mut)]
    pub payer: Signer<'info>,
    #[account(address = user.key @ RegistryError::NotUserKey)]
    pub key: Signer<'info>,
    #[account(constraint = user.is_active() @ RegistryError::UserNotActive)]
    pub user: Box<Account<'info, User>>,
    #[account(
        init_if_needed,
        payer = payer,
        space = 8 + Recovery::INIT_SPACE,
        seeds = [RECOVERY_SEED, user.key().as_ref()],
        bump
    )]
    pub recovery: Box<Account<'info, Recovery>>,
    pub system_program: Program<'info, System>,
}

pub(crate) fn set_guardians(
    ctx: Context<SetGuardians>,
    guardians: Vec<Pubkey>,
    threshold: u8,
    delay_s: u32,
) -> Result<()> {
    let bump = ctx.bumps.recovery;
    let SetGuardians { user, recovery, .. } = ctx.accounts;
    let now = Clock::get()?.unix_timestamp;
    require!(!user.is_frozen(now), RegistryError::UserFrozen);

    recovery.version = ACCOUNT_VERSION;
    recovery.bump = bump;
    recovery.user = user.key();
    let in_force_from = recovery.name(Guardians::new(&guardians, threshold, delay_s, &user.key)?, now)?;

    emit!(GuardiansNamed { user: user.key(), guardians, threshold, delay_s, in_force_from });
    Ok(())
}
