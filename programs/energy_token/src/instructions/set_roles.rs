use anchor_lang::prelude::*;

use crate::{constants::*, errors::EnergyTokenError, events::RolesChanged, state::TokenConfig};

/// Names who mints and who burns; the zero key means nobody.
///
/// *Authority*: the token's admin.
#[derive(Accounts)]
pub struct SetRoles<'info> {
    #[account(address = config.admin @ EnergyTokenError::UnauthorizedAdmin)]
    pub admin: Signer<'info>,
    #[account(mut, seeds = [TOKEN_CONFIG_SEED], bump = config.bump)]
    pub config: Box<Account<'info, TokenConfig>>,
}

pub(crate) fn set_roles(ctx: Context<SetRoles>, minter: Pubkey, burner: Pubkey) -> Result<()> {
    let config = &mut ctx.accounts.config;
    config.minter = minter;
    config.burner = burner;

    emit!(RolesChanged { minter, burner });
    Ok(())
}
