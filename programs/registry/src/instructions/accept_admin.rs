use anchor_lang::prelude::*;

use crate::{constants::*, errors::RegistryError, events::AdminChanged, state::Registry};

/// Takes the registry over. The new admin signs, so that it cannot go to a key nobody holds.
///
/// *Authority*: the key that the admin nominated.
#[derive(Accounts)]
pub struct AcceptAdmin<'info> {
    #[account(address = registry.pending_admin @ RegistryError::NotNominated)]
    pub new_admin: Signer<'info>,
    #[account(mut, seeds = [REGISTRY_SEED], bump = registry.bump)]
    pub registry: Box<Account<'info, Registry>>,
}

pub(crate) fn accept_admin(ctx: Context<AcceptAdmin>) -> Result<()> {
    let registry = &mut ctx.accounts.registry;
    let from = registry.admin;
    registry.admin = std::mem::take(&mut registry.pending_admin);

    emit!(AdminChanged { from, to: registry.admin });
    Ok(())
}
