//! Removes a feed for good; its number is not given again.
//!
//! *Authority*: the oracle's admin, who says where the rent goes.
//! *Errors*: `UnauthorizedAdmin`.

use anchor_lang::prelude::*;

use crate::{
    constants::ORACLE_SEED,
    errors::OracleError,
    events::FeedRemoved,
    state::{Feed, Oracle},
};

#[derive(Accounts)]
pub struct RemoveFeed<'info> {
    #[account(address = oracle.admin @ OracleError::UnauthorizedAdmin)]
    pub admin: Signer<'info>,
    #[account(seeds = [ORACLE_SEED], bump = oracle.bump)]
    pub oracle: Box<Account<'info, Oracle>>,
    #[account(mut, close = recipient)]
    pub feed: Account<'info, Feed>,
    /// Receives the rent.
    #[account(mut)]
    pub recipient: SystemAccount<'info>,
}

pub fn handler(ctx: Context<RemoveFeed>) -> Result<()> {
    emit!(FeedRemoved { number: ctx.accounts.feed.number });
    Ok(())
}
