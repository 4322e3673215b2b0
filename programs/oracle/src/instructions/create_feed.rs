//! Creates the next feed, without an observation.
//!
//! *Authority*: the oracle's admin; another key may pay the account, because the admin may be an
//! address that holds no lamports.
//! *Errors*: `UnauthorizedAdmin`, `InvalidFeed`, `FeedsFull`.

use anchor_lang::prelude::*;

use crate::{
    constants::{ACCOUNT_VERSION, FEED_SEED, ORACLE_SEED},
    errors::OracleError,
    events::FeedCreated,
    state::{Feed, Oracle},
};

#[derive(Accounts)]
pub struct CreateFeed<'info> {
    #[account(mut)]
    pub payer: Signer<'info>,
    #[account(address = oracle.admin @ OracleError::UnauthorizedAdmin)]
    pub admin: Signer<'info>,
    #[account(mut, seeds = [ORACLE_SEED], bump = oracle.bump)]
    pub oracle: Box<Account<'info, Oracle>>,
    #[account(init, payer = payer, space = 8 + Feed::INIT_SPACE, seeds = [FEED_SEED, &oracle.feed_count.to_le_bytes()], bump)]
    pub feed: Account<'info, Feed>,
    pub system_program: Program<'info, System>,
}

pub fn handler(
    ctx: Context<CreateFeed>,
    name: [u8; 32],
    unit: [u8; 16],
    decimals: i8,
    max_age_s: u32,
) -> Result<()> {
    let CreateFeed { oracle, feed, .. } = ctx.accounts;
    let number = oracle.feed_count;
    oracle.feed_count = number.checked_add(1).ok_or(OracleError::FeedsFull)?;

    feed.version = ACCOUNT_VERSION;
    feed.bump = ctx.bumps.feed;
    feed.number = number;
    feed.name = name;
    feed.unit = unit;
    feed.decimals = decimals;
    feed.max_age_s = max_age_s;
    feed.created_at = Clock::get()?.unix_timestamp;
    feed.validate()?;
    emit!(FeedCreated { number });
    Ok(())
}
