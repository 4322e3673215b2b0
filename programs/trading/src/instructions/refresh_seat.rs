use anchor_lang::prelude::*;
use registry::{Registry, User};

use super::is_official;
use crate::{constants::*, errors::*, events::SeatRefreshed, state::*};

#[derive(Accounts)]
pub struct RefreshSeat<'info> {
    pub registry: Box<Account<'info, Registry>>,
    pub user: Box<Account<'info, User>>,
    /// CHECK: read for its existence only: a record here makes the user's key an official.
    #[account(seeds = [OPERATOR_SEED, user.key.as_ref()], bump, seeds::program = ORACLE_PROGRAM_ID)]
    pub operator_record: UncheckedAccount<'info>,
    #[account(mut)]
    pub ledger: AccountLoader<'info, Ledger>,
}

pub fn handler(ctx: Context<RefreshSeat>, seat: u16) -> Result<()> {
    let accounts = ctx.accounts;
    let info = accounts.ledger.to_account_info();
    let mut data = info.try_borrow_mut_data()?;
    let (ledger, seats) = Ledger::split(&mut data)?;
    let entry = seats.get_mut(usize::from(seat)).or_fail(TradingError::SeatNotFound)?;
    ensure!(entry.status != SEAT_EMPTY, TradingError::SeatNotFound);
    ensure!(entry.user == accounts.user.key(), TradingError::WrongUser);
    let official = is_official(&accounts.registry, &accounts.user.key, &accounts.operator_record);
    entry.mirror(&accounts.user, official, Clock::get()?.unix_timestamp);

    emit!(SeatRefreshed { market: ledger.market_id, seat, status: entry.status });
    Ok(())
}
