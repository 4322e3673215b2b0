//! Creates the next shard: room for 64 more meters.
//!
//! *Authority*: an operator of any role, who pays the account.
//! *Errors*: `UnauthorizedOperator`, `ShardsFull`.

use anchor_lang::prelude::*;

use crate::{
    constants::{ACCOUNT_VERSION, ORACLE_SEED, ROLE_AMI, ROLE_OPERATOR, SHARD_SEED},
    errors::OracleError,
    events::ShardOpened,
    state::{MeterShard, Operator, Oracle},
};

#[derive(Accounts)]
pub struct OpenShard<'info> {
    #[account(mut)]
    pub authority: Signer<'info>,
    /// CHECK: `grants` reads it.
    #[account(constraint = Operator::grants(&operator, authority.key, ROLE_AMI | ROLE_OPERATOR) @ OracleError::UnauthorizedOperator)]
    pub operator: UncheckedAccount<'info>,
    #[account(mut, seeds = [ORACLE_SEED], bump = oracle.bump)]
    pub oracle: Box<Account<'info, Oracle>>,
    #[account(init, payer = authority, space = MeterShard::SPACE, seeds = [SHARD_SEED, &oracle.shard_count.to_le_bytes()], bump)]
    pub shard: AccountLoader<'info, MeterShard>,
    pub system_program: Program<'info, System>,
}

pub fn handler(ctx: Context<OpenShard>) -> Result<()> {
    let oracle = &mut ctx.accounts.oracle;
    let index = oracle.shard_count;
    oracle.shard_count = index.checked_add(1).ok_or(OracleError::ShardsFull)?;

    let mut shard = ctx.accounts.shard.load_init()?;
    shard.version = ACCOUNT_VERSION;
    shard.bump = ctx.bumps.shard;
    shard.index = index;
    emit!(ShardOpened { shard: index });
    Ok(())
}
