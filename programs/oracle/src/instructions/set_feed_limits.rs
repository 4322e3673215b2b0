//! Changes how old a feed's last observation may be.
//!
//! *Authority*: the oracle's admin.
//! *Errors*: `UnauthorizedAdmin`, `InvalidFeed`.

use anchor_lang::prelude::*;

use crate::{
    constants::ORACLE_SEED,
    errors::OracleError,
    events::FeedLimitsSet,
    state::{Feed, Oracle},
};

#[derive(Accounts)]
pub struct SetFeedLimits<'info> {
    #[account(address = oracle.admin @ OracleError::UnauthorizedAdmin)]
    pub admin: Signer<'info>,
    #[account(seeds = [ORACLE_SEED], bump = oracle.bump)]
    pub oracle: Box<Account<'info, Oracle>>,
    #[account(mut)]
    pub feed: Account<'info, Feed>,
}

pub fn handler(ctx: Context<SetFeedLimits>, max_age_s: u32) -> Result<()> {
    let feed = &mut ctx.accounts.feed;
    feed.max_age_s = max_age_s;
    feed.validate()?;
    emit!(FeedLimitsSet { number: feed.number, max_age_s });
    Ok(())
}
