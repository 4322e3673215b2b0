//! Names the next admin, who takes over by accepting. The zero key withdraws a nomination.
//!
//! *Authority*: the oracle's admin.
//! *Errors*: `UnauthorizedAdmin`.

use anchor_lang::prelude::*;

use crate::{constants::ORACLE_SEED, errors::OracleError, events::AdminNominated, state::Oracle};

#[derive(Accounts)]
pub struct NominateAdmin<'info> {
    #[account(address = oracle.admin @ OracleError::UnauthorizedAdmin)]
    pub admin: Signer<'info>,
    #[account(mut, seeds = [ORACLE_SEED], bump = oracle.bump)]
    pub oracle: Box<Account<'info, Oracle>>,
}

pub fn handler(ctx: Context<NominateAdmin>, new_admin: Pubkey) -> Result<()> {
    ctx.accounts.oracle.pending_admin = new_admin;
    emit!(AdminNominated { new_admin });
    Ok(())
}
