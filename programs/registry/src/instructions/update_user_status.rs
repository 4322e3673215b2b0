use anchor_lang::prelude::*;

use crate::{
    constants::*,
    errors::RegistryError,
    events::UserStatusChanged,
    state::{Registry, User, UserStatus},
};

/// Moves a user to any of the three statuses; repeating the present one changes nothing.
/// The oracle and the markets follow when the user's meters and seats are refreshed.
///
/// *Authority*: a registry authority.
#[derive(Accounts)]
pub struct UpdateUserStatus<'info> {
    #[account(constraint = registry.is_authority(authority.key) @ RegistryError::NotRecRegulator)]
    pub authority: Signer<'info>,
    #[account(seeds = [REGISTRY_SEED], bump = registry.bump)]
    pub registry: Box<Account<'info, Registry>>,
    /// CHECK: read with `User::load`, which names an absent user.
    #[account(mut)]
    pub user: UncheckedAccount<'info>,
}

pub(crate) fn update_user_status<'info>(
    ctx: Context<'info, UpdateUserStatus<'info>>,
    status: UserStatus,
) -> Result<()> {
    let mut user = User::load(&ctx.accounts.user)?;
    let from = user.status;
    if from != status {
        user.status = status;
        user.exit(&crate::ID)?;
        emit!(UserStatusChanged { user: user.key(), from, to: status });
    }
    Ok(())
}
