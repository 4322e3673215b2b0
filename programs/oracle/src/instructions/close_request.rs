//! Closes a request that is answered or cancelled; its rent goes back to the user.
//!
//! *Authority*: the user who made it.
//! *Errors*: `UnauthorizedUser`, `RequestNotFound`, `RequestStillPending`.

use anchor_lang::{prelude::*, AccountsClose};
use registry::User;

use crate::{
    errors::OracleError,
    events::RequestClosed,
    state::{Request, RequestState},
};

#[derive(Accounts)]
pub struct CloseRequest<'info> {
    #[account(mut, address = user.key @ OracleError::UnauthorizedUser)]
    pub owner: Signer<'info>,
    /// The user who made the request; the handler compares.
    pub user: Box<Account<'info, User>>,
    /// CHECK: read with `Request::load`, which names an absent request.
    #[account(mut)]
    pub request: UncheckedAccount<'info>,
}

pub fn handler<'info>(ctx: Context<'info, CloseRequest<'info>>, number: u64) -> Result<()> {
    let CloseRequest { owner, user, request } = ctx.accounts;
    let request = Request::load(request, number)?;
    require_keys_eq!(request.user, user.key(), OracleError::UnauthorizedUser);
    require!(request.state != RequestState::Pending, OracleError::RequestStillPending);
    request.close(owner.to_account_info())?;
    emit!(RequestClosed { number });
    Ok(())
}
