//! Takes back a request that nobody answered in time; its fee is free again.
//!
//! *Authority*: the user who made it.
//! *Errors*: `UnauthorizedUser`, `RequestNotFound`, `RequestAlreadyFulfilled`,
//! `RequestAlreadyCancelled`, `RequestNotTimedOut`, `WrongRequestBalance`.

use anchor_lang::prelude::*;
use registry::User;

use crate::{
    errors::OracleError,
    events::RequestCancelled,
    state::{Request, RequestBalance, RequestState},
};

#[derive(Accounts)]
pub struct CancelRequest<'info> {
    #[account(address = user.key @ OracleError::UnauthorizedUser)]
    pub owner: Signer<'info>,
    /// The user who made the request; the handler compares.
    pub user: Box<Account<'info, User>>,
    /// CHECK: read with `Request::load`, which names an absent request.
    #[account(mut)]
    pub request: UncheckedAccount<'info>,
    /// CHECK: read with `RequestBalance::load`, which demands the request's user's.
    #[account(mut)]
    pub balance: UncheckedAccount<'info>,
}

pub fn handler<'info>(ctx: Context<'info, CancelRequest<'info>>, number: u64) -> Result<()> {
    let CancelRequest { user, request, balance, .. } = ctx.accounts;
    let mut request = Request::load(request, number)?;
    require_keys_eq!(request.user, user.key(), OracleError::UnauthorizedUser);
    request.require_pending()?;
    require!(request.is_timed_out(Clock::get()?.unix_timestamp), OracleError::RequestNotTimedOut);

    let mut balance = RequestBalance::load(balance, &request.user)?;
    balance.release(request.fee)?;
    balance.exit(&crate::ID)?;
    request.state = RequestState::Cancelled;
    request.exit(&crate::ID)?;
    emit!(RequestCancelled { number });
    Ok(())
}
