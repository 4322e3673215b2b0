//! Takes the oracle over. The new admin signs, so that it cannot go to a key nobody holds.
//!
//! *Authority*: the key that the admin nominated.
//! *Errors*: `NotNominated`.

use anchor_lang::prelude::*;

use crate::{constants::ORACLE_SEED, errors::OracleError, events::AdminChanged, state::Oracle};

#[derive(Accounts)]
pub struct AcceptAdmin<'info> {
    #[account(address = oracle.pending_admin @ OracleError::NotNominated)]
    pub new_admin: Signer<'info>,
    #[account(mut, seeds = [ORACLE_SEED], bump = oracle.bump)]
    pub oracle: Box<Account<'info, Oracle>>,
}

pub fn handler(ctx: Context<AcceptAdmin>) -> Result<()> {
    let oracle = &mut ctx.accounts.oracle;
    let from = oracle.admin;
    oracle.admin = std::mem::take(&mut oracle.pending_admin);
    emit!(AdminChanged { from, to: oracle.admin });
    Ok(())
}
