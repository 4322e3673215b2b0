use anchor_lang::prelude::*;

use crate::{constants::*, errors::RegistryError, events::AdminChanged, state::Registry};

/// Hands the registry over. Both sign, so that it cannot go to a key nobody holds.
///
/// *Authority*: the registry's admin and the new one.
#[derive(Accounts)]
pub struct SetAdmin<'info> {
    #[account(address = registry.admin @ RegistryError::NotRecRegulator)]
    pub admin: Signer<'info>,
    pub new_admin: Signer<'info>,
    #[account(mut, seeds = [REGISTRY_SEED], bump = registry.bump)]
    pub registry: Box<Account<'info, Registry>>,
}

pub(crate) fn set_admin(ctx: Context<SetAdmin>) -> Result<()> {
    let from = ctx.accounts.admin.key();
    let to = ctx.accounts.new_admin.key();
    ctx.accounts.registry.admin = to;

    emit!(AdminChanged { from, to });
    Ok(())
}
