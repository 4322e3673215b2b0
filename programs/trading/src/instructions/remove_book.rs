use anchor_lang::prelude::*;

use crate::{errors::*, events::BookRemoved, state::*};

#[derive(Accounts)]
pub struct RemoveBook<'info> {
    pub authority: Signer<'info>,
    #[account(mut)]
    pub recipient: SystemAccount<'info>,
    #[account(mut, has_one = authority @ TradingError::UnauthorizedMarketAuthority)]
    pub market: Box<Account<'info, Market>>,
    #[account(mut, close = recipient)]
    pub book: AccountLoader<'info, Book>,
}

pub fn handler(ctx: Context<RemoveBook>) -> Result<()> {
    let (market, book) = (&mut ctx.accounts.market, &ctx.accounts.book);
    let now = Clock::get()?.unix_timestamp;
    ensure!(book.load()?.is_reusable(now, market.book_retention_s), TradingError::BookBusy);

    *market.slot_of(book.key())? = BookSlot::default();
    market.book_count -= 1;
    let last = usize::from(market.book_count);
    let hole = market.books.iter().position(|slot| slot.address == Pubkey::default());
    market.books.swap(hole.unwrap_or(last), last);

    emit!(BookRemoved { market: market.id, book: book.key() });
    Ok(())
}
