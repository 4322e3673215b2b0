use anchor_lang::prelude::*;

use crate::{constants::*, errors::RegistryError, events::AuthorityRemoved, state::Registry};

/// Takes a registry authority's powers away. The last one stays.
///
/// *Authority*: the registry's admin.
#[derive(Accounts)]
pub struct RemoveAuthority<'info> {
    #[account(address = registry.admin @ RegistryError::NotRecRegulator)]
    pub admin: Signer<'info>,
    #[account(mut, seeds = [REGISTRY_SEED], bump = registry.bump)]
    pub registry: Box<Account<'info, Registry>>,
}

pub(crate) fn remove_authority(ctx: Context<RemoveAuthority>, key: Pubkey) -> Result<()> {
    ctx.accounts.registry.remove_authority(&key)?;

    emit!(AuthorityRemoved { authority: key });
    Ok(())
}
