//! Gives a key operator roles.
//!
//! *Authority*: the oracle's admin; `payer` pays the account.
//! *Errors*: `UnauthorizedAdmin`, `OperatorAlreadyExists`, `OperatorsFull`, `InvalidKey`,
//! `InvalidRoles`, `OperatorCannotTrade` when a user is registered with the key: who reports
//! energy and closes epochs must not have an interest in them.

use anchor_lang::prelude::*;
use registry::USER_KEY_SEED;

use crate::{
    constants::{ACCOUNT_VERSION, OPERATOR_SEED, ORACLE_SEED},
    errors::OracleError,
    events::OperatorAdded,
    state::{Operator, Oracle},
};

#[derive(Accounts)]
#[instruction(operator_key: Pubkey)]
pub struct AddOperator<'info> {
    #[account(address = oracle.admin @ OracleError::UnauthorizedAdmin)]
    pub admin: Signer<'info>,
    #[account(mut)]
    pub payer: Signer<'info>,
    #[account(mut, seeds = [ORACLE_SEED], bump = oracle.bump)]
    pub oracle: Box<Account<'info, Oracle>>,
    #[account(init_if_needed, payer = payer, space = 8 + Operator::INIT_SPACE, seeds = [OPERATOR_SEED, operator_key.as_ref()], bump,
        constraint = operator.version == 0 @ OracleError::OperatorAlreadyExists)]
    pub operator: Account<'info, Operator>,
    /// CHECK: only that it does not exist: the key belongs to no user.
    #[account(seeds = [USER_KEY_SEED, operator_key.as_ref()], bump, seeds::program = registry::ID,
        constraint = user_key.owner == &System::id() @ OracleError::OperatorCannotTrade)]
    pub user_key: UncheckedAccount<'info>,
    pub system_program: Program<'info, System>,
}

pub fn handler(ctx: Context<AddOperator>, operator_key: Pubkey, roles: u8) -> Result<()> {
    appoint(&mut ctx.accounts.oracle, &mut ctx.accounts.operator, ctx.bumps.operator, operator_key, roles)?;
    emit!(OperatorAdded { key: operator_key, roles });
    Ok(())
}

/// Enters `key` in the oracle's list and fills its new account.
pub fn appoint(oracle: &mut Oracle, operator: &mut Operator, bump: u8, key: Pubkey, roles: u8) -> Result<()> {
    require_keys_neq!(key, Pubkey::default(), OracleError::InvalidKey);
    require!(Operator::roles_are_valid(roles), OracleError::InvalidRoles);
    oracle.add_operator(key)?;
    operator.version = ACCOUNT_VERSION;
    operator.bump = bump;
    operator.key = key;
    operator.roles = roles;
    Ok(())
}
