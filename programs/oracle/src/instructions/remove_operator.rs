//! Takes all roles from a key and closes its account; the rent goes to `recipient`.
//!
//! *Authority*: the oracle's admin.
//! *Errors*: `UnauthorizedAdmin`, `OperatorNotFound`, `CannotRemoveLastOperator`.

use anchor_lang::{prelude::*, AccountsClose};

use crate::{
    constants::{OPERATOR_SEED, ORACLE_SEED},
    errors::OracleError,
    events::OperatorRemoved,
    state::{Operator, Oracle},
};

#[derive(Accounts)]
#[instruction(operator_key: Pubkey)]
pub struct RemoveOperator<'info> {
    #[account(address = oracle.admin @ OracleError::UnauthorizedAdmin)]
    pub admin: Signer<'info>,
    #[account(mut)]
    pub recipient: SystemAccount<'info>,
    #[account(mut, seeds = [ORACLE_SEED], bump = oracle.bump)]
    pub oracle: Box<Account<'info, Oracle>>,
    /// CHECK: read as an `Operator` once the oracle's list says that it is one, so that a key
    /// without a role is `OperatorNotFound`.
    #[account(mut, seeds = [OPERATOR_SEED, operator_key.as_ref()], bump)]
    pub operator: UncheckedAccount<'info>,
}

pub fn handler<'info>(ctx: Context<'info, RemoveOperator<'info>>, operator_key: Pubkey) -> Result<()> {
    ctx.accounts.oracle.remove_operator(&operator_key)?;
    let operator = Account::<Operator>::try_from(&ctx.accounts.operator)?;
    operator.close(ctx.accounts.recipient.to_account_info())?;
    emit!(OperatorRemoved { key: operator_key });
    Ok(())
}
