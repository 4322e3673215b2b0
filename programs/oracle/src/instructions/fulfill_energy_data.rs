//! Answers a request and receives its fee. The totals and the hash are the operator's word, kept
//! for the user to hold the delivered readings against.
//!
//! *Authority*: an operator of any role.
//! *Errors*: `UnauthorizedOperator`, `RequestNotFound`, `RequestAlreadyFulfilled`,
//! `RequestAlreadyCancelled`, `WrongRequestBalance`.

use anchor_lang::prelude::*;

use crate::{
    constants::{ROLE_AMI, ROLE_OPERATOR},
    errors::OracleError,
    events::EnergyDataFulfilled,
    state::{Operator, Request, RequestBalance, RequestState},
};

#[derive(Accounts)]
pub struct FulfillEnergyData<'info> {
    #[account(mut)]
    pub authority: Signer<'info>,
    /// CHECK: `grants` reads it.
    #[account(constraint = Operator::grants(&operator, authority.key, ROLE_AMI | ROLE_OPERATOR) @ OracleError::UnauthorizedOperator)]
    pub operator: UncheckedAccount<'info>,
    /// CHECK: read with `Request::load`, which names an absent request.
    #[account(mut)]
    pub request: UncheckedAccount<'info>,
    /// CHECK: read with `RequestBalance::load`, which demands the request's user's.
    #[account(mut)]
    pub balance: UncheckedAccount<'info>,
}

pub fn handler<'info>(
    ctx: Context<'info, FulfillEnergyData<'info>>,
    number: u64,
    export_wh: u64,
    import_wh: u64,
    data_hash: [u8; 32],
) -> Result<()> {
    let FulfillEnergyData { authority, request, balance, .. } = ctx.accounts;
    let mut request = Request::load(request, number)?;
    request.require_pending()?;
    let mut balance = RequestBalance::load(balance, &request.user)?;

    balance.spend(request.fee)?;
    balance.sub_lamports(request.fee)?;
    authority.add_lamports(request.fee)?;
    balance.exit(&crate::ID)?;

    request.state = RequestState::Fulfilled;
    request.fulfilled_at = Clock::get()?.unix_timestamp;
    request.operator = authority.key();
    request.export_wh = export_wh;
    request.import_wh = import_wh;
    request.data_hash = data_hash;
    request.exit(&crate::ID)?;
    emit!(EnergyDataFulfilled { number, operator: authority.key(), export_wh, import_wh, data_hash });
    Ok(())
}
