//! Creates the oracle and its first operator, once.
//!
//! *Authority*: the program's upgrade authority.
//! *Errors*: `NotDeployer`, `InvalidKey`, `InvalidRoles`, `OperatorCannotTrade`.

use anchor_lang::prelude::*;
use registry::USER_KEY_SEED;

use crate::{
    constants::{ACCOUNT_VERSION, OPERATOR_SEED, ORACLE_SEED},
    errors::OracleError,
    events::{OperatorAdded, OracleInitialized},
    instructions::add_operator,
    state::{Operator, Oracle},
};

#[derive(Accounts)]
#[instruction(admin: Pubkey, operator_key: Pubkey)]
pub struct Initialize<'info> {
    #[account(mut)]
    pub deployer: Signer<'info>,
    #[account(constraint = program.programdata_address()? == Some(program_data.key()) @ OracleError::NotDeployer)]
    pub program: Program<'info, crate::program::Oracle>,
    #[account(constraint = program_data.upgrade_authority_address == Some(deployer.key()) @ OracleError::NotDeployer)]
    pub program_data: Account<'info, ProgramData>,
    #[account(init, payer = deployer, space = 8 + Oracle::INIT_SPACE, seeds = [ORACLE_SEED], bump)]
    pub oracle: Box<Account<'info, Oracle>>,
    #[account(init, payer = deployer, space = 8 + Operator::INIT_SPACE, seeds = [OPERATOR_SEED, operator_key.as_ref()], bump)]
    pub operator: Account<'info, Operator>,
    /// CHECK: only that it does not exist: the key belongs to no user.
    #[account(seeds = [USER_KEY_SEED, operator_key.as_ref()], bump, seeds::program = registry::ID,
        constraint = user_key.owner == &System::id() @ OracleError::OperatorCannotTrade)]
    pub user_key: UncheckedAccount<'info>,
    pub system_program: Program<'info, System>,
}

pub fn handler(ctx: Context<Initialize>, admin: Pubkey, operator_key: Pubkey, roles: u8) -> Result<()> {
    require_keys_neq!(admin, Pubkey::default(), OracleError::InvalidKey);
    let oracle = &mut ctx.accounts.oracle;
    oracle.version = ACCOUNT_VERSION;
    oracle.bump = ctx.bumps.oracle;
    oracle.admin = admin;
    add_operator::appoint(oracle, &mut ctx.accounts.operator, ctx.bumps.operator, operator_key, roles)?;
    emit!(OracleInitialized { admin });
    emit!(OperatorAdded { key: operator_key, roles });
    Ok(())
}
