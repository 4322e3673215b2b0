use anchor_lang::prelude::*;

use crate::{
    errors::RegistryError,
    state::{User, UserType},
};

/// What a caller learns about a user that takes part.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct VerifiedUser {
    pub number: u32,
    pub user_type: UserType,
}

/// Succeeds for an active user only, and returns its number and type.
///
/// *Authority*: anyone, other programs included.
#[derive(Accounts)]
pub struct VerifyUser<'info> {
    /// CHECK: read with `User::load`, which names an absent user.
    pub user: UncheckedAccount<'info>,
}

pub(crate) fn verify_user<'info>(ctx: Context<'info, VerifyUser<'info>>) -> Result<VerifiedUser> {
    let user = User::load(&ctx.accounts.user)?;
    require!(user.is_active(), RegistryError::UserNotActive);
    Ok(VerifiedUser { number: user.number, user_type: user.user_type })
}
