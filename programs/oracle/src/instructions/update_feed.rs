//! Records a newer observation of a feed.
//!
//! *Authority*: an operator with the operations role.
//! *Errors*: `UnauthorizedOperator`, `ObservationInFuture`, `ObservationNotNewer`.

use anchor_lang::prelude::*;

use crate::{
    constants::ROLE_OPERATOR,
    errors::OracleError,
    events::FeedUpdated,
    state::{Feed, Operator},
};

#[derive(Accounts)]
pub struct UpdateFeed<'info> {
    pub authority: Signer<'info>,
    /// CHECK: `grants` reads it.
    #[account(constraint = Operator::grants(&operator, authority.key, ROLE_OPERATOR) @ OracleError::UnauthorizedOperator)]
    pub operator: UncheckedAccount<'info>,
    #[account(mut)]
    pub feed: Account<'info, Feed>,
}

pub fn handler(ctx: Context<UpdateFeed>, value: i64, observed_at: i64) -> Result<()> {
    let feed = &mut ctx.accounts.feed;
    let clock = Clock::get()?;
    feed.observe(value, observed_at, clock.unix_timestamp, clock.slot)?;
    emit!(FeedUpdated { number: feed.number, value, observed_at });
    Ok(())
}
