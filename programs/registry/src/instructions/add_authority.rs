use anchor_lang::prelude::*;

use crate::{constants::*, errors::RegistryError, events::AuthorityAdded, state::Registry};

/// Makes a key a registry authority.
///
/// *Authority*: the registry's admin.
#[derive(Accounts)]
#[instruction(key: Pubkey)]
pub struct AddAuthority<'info> {
    #[account(address = registry.admin @ RegistryError::NotRecRegulator)]
    pub admin: Signer<'info>,
    #[account(mut, seeds = [REGISTRY_SEED], bump = registry.bump)]
    pub registry: Box<Account<'info, Registry>>,
    /// CHECK: the address where a user with this key would be found; it must be empty.
    #[account(
        seeds = [USER_KEY_SEED, key.as_ref()],
        bump,
        constraint = user_key.data_is_empty() @ RegistryError::AuthorityCannotTrade
    )]
    pub user_key: UncheckedAccount<'info>,
}

pub(crate) fn add_authority(ctx: Context<AddAuthority>, key: Pubkey) -> Result<()> {
    ctx.accounts.registry.add_authority(key)?;

    emit!(AuthorityAdded { authority: key });
    Ok(())
}
