//! Says what is late: a view, to be simulated. The remaining accounts are what to examine: books
//! of the market, shards and feeds, in any order.
//!
//! *Authority*: nobody's; nothing is written.
//! *Errors*: `WrongMarket` for a book of another market, `UnexpectedAccount`.

use anchor_lang::{prelude::*, Discriminator, Owner};
use trading::{Book, Market};

use crate::{
    errors::OracleError,
    health::{AccountHealth, SystemHealth},
    state::{Feed, MeterShard},
};

#[derive(Accounts)]
pub struct ExamineHealth<'info> {
    pub market: Box<Account<'info, Market>>,
}

pub fn handler<'info>(
    ctx: Context<'info, ExamineHealth<'info>>,
    tolerated_intervals: u16,
) -> Result<SystemHealth> {
    let now = Clock::get()?.unix_timestamp;
    let market = &ctx.accounts.market;
    let examine = |account| examine(account, market, tolerated_intervals, now);
    let accounts = ctx.remaining_accounts.iter().map(examine).collect::<Result<_>>()?;
    Ok(SystemHealth { now, accounts })
}

fn examine<'info>(
    account: &'info AccountInfo<'info>,
    market: &Account<Market>,
    tolerated_intervals: u16,
    now: i64,
) -> Result<AccountHealth> {
    if holds::<Book>(account) {
        let loader = AccountLoader::<Book>::try_from(account)?;
        let book = loader.load()?;
        require_keys_eq!(book.market, market.key(), OracleError::WrongMarket);
        Ok(AccountHealth::of_book(&book, market.clearing_grace_s, now))
    } else if holds::<MeterShard>(account) {
        let loader = AccountLoader::<MeterShard>::try_from(account)?;
        let shard = loader.load()?;
        Ok(AccountHealth::of_shard(&shard, tolerated_intervals, now))
    } else if holds::<Feed>(account) {
        Ok(AccountHealth::of_feed(&*Account::<Feed>::try_from(account)?, now))
    } else {
        err!(OracleError::UnexpectedAccount)
    }
}

fn holds<T: Owner + Discriminator>(account: &AccountInfo) -> bool {
    *account.owner == T::owner()
        && account.try_borrow_data().is_ok_and(|data| data.starts_with(T::DISCRIMINATOR))
}
