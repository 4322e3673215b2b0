use anchor_lang::prelude::*;

use crate::{constants::*, errors::EnergyTokenError, events::AdminNominated, state::TokenConfig};

/// Names the next admin, who takes over by accepting. The zero key withdraws a nomination.
///
/// *Authority*: the token's admin.
#[derive(Accounts)]
pub struct NominateAdmin<'info> {
    #[account(address = config.admin @ EnergyTokenError::UnauthorizedAdmin)]
    pub admin: Signer<'info>,
    #[account(mut, seeds = [TOKEN_CONFIG_SEED], bump = config.bump)]
    pub config: Box<Account<'info, TokenConfig>>,
}

pub(crate) fn nominate_admin(ctx: Context<NominateAdmin>, new_admin: Pubkey) -> Result<()> {
    ctx.accounts.config.pending_admin = new_admin;

    emit!(AdminNominated { new_admin });
    Ok(())
}
