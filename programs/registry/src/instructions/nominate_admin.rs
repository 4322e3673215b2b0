use anchor_lang::prelude::*;

use crate::{constants::*, errors::RegistryError, events::AdminNominated, state::Registry};

/// Names the next admin, who takes over by accepting. The zero key withdraws a nomination.
///
/// *Authority*: the registry's admin.
#[derive(Accounts)]
pub struct NominateAdmin<'info> {
    #[account(address = registry.admin @ RegistryError::NotRecRegulator)]
    pub admin: Signer<'info>,
    #[account(mut, seeds = [REGISTRY_SEED], bump = registry.bump)]
    pub registry: Box<Account<'info, Registry>>,
}

pub(crate) fn nominate_admin(ctx: Context<NominateAdmin>, new_admin: Pubkey) -> Result<()> {
    ctx.accounts.registry.pending_admin = new_admin;

    emit!(AdminNominated { new_admin });
    Ok(())
}
