//! Sets what a data request costs its user from now on; requests that are made keep their fee.
//!
//! *Authority*: the oracle's admin.
//! *Errors*: `UnauthorizedAdmin`.

use anchor_lang::prelude::*;

use crate::{constants::ORACLE_SEED, errors::OracleError, events::RequestFeeSet, state::Oracle};

#[derive(Accounts)]
pub struct SetRequestFee<'info> {
    #[account(address = oracle.admin @ OracleError::UnauthorizedAdmin)]
    pub admin: Signer<'info>,
    #[account(mut, seeds = [ORACLE_SEED], bump = oracle.bump)]
    pub oracle: Box<Account<'info, Oracle>>,
}

pub fn handler(ctx: Context<SetRequestFee>, lamports: u64) -> Result<()> {
    ctx.accounts.oracle.request_fee = lamports;
    emit!(RequestFeeSet { lamports });
    Ok(())
}
