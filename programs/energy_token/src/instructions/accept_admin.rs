use anchor_lang::prelude::*;

use crate::{constants::*, errors::EnergyTokenError, events::AdminChanged, state::TokenConfig};

/// Takes the office over. The new admin signs, so that it cannot go to a key nobody holds.
///
/// *Authority*: the key that the admin nominated.
#[derive(Accounts)]
pub struct AcceptAdmin<'info> {
    #[account(address = config.pending_admin @ EnergyTokenError::NotNominated)]
    pub new_admin: Signer<'info>,
    #[account(mut, seeds = [TOKEN_CONFIG_SEED], bump = config.bump)]
    pub config: Box<Account<'info, TokenConfig>>,
}

pub(crate) fn accept_admin(ctx: Context<AcceptAdmin>) -> Result<()> {
    let config = &mut ctx.accounts.config;
    let from = config.admin;
    config.admin = std::mem::take(&mut config.pending_admin);

    emit!(AdminChanged { from, to: config.admin });
    Ok(())
}
