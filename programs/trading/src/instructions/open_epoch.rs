use anchor_lang::prelude::*;
use governance::{Pause, AREA_TRADING};

use crate::{constants::*, errors::*, events::EpochOpened, state::*};

#[derive(Accounts)]
pub struct OpenEpoch<'info> {
    pub pause: Account<'info, Pause>,
    #[account(mut)]
    pub market: Box<Account<'info, Market>>,
    #[account(mut)]
    pub book: AccountLoader<'info, Book>,
}

pub fn handler(ctx: Context<OpenEpoch>) -> Result<()> {
    let (market, book) = (&mut ctx.accounts.market, &ctx.accounts.book);
    ensure!(!ctx.accounts.pause.is_paused(AREA_TRADING), TradingError::TradingPaused);
    ensure!(market.book_count >= MIN_BOOKS, TradingError::RingIncomplete);
    let now = Clock::get()?.unix_timestamp;
    let epoch = market.epoch_at(now)?;
    ensure!(epoch.index > market.last_opened_epoch, TradingError::EpochAlreadyOpened);

    market.slot_of(book.key())?.epoch = epoch.index;
    let info = book.to_account_info();
    let mut data = info.try_borrow_mut_data()?;
    let mut view = Book::split(&mut data)?;
    ensure!(view.header.is_reusable(now, market.book_retention_s), TradingError::BookBusy);
    view.open(market, &epoch)?;
    market.last_opened_epoch = epoch.index;

    emit!(EpochOpened { market: market.id, epoch: epoch.index, book: book.key(), closes_at: epoch.ends_at });
    Ok(())
}
