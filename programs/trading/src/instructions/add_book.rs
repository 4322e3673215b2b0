use anchor_lang::prelude::*;

use crate::{constants::*, errors::*, events::BookAdded, state::*};

#[derive(Accounts)]
pub struct AddBook<'info> {
    pub authority: Signer<'info>,
    #[account(mut, has_one = authority @ TradingError::UnauthorizedMarketAuthority)]
    pub market: Box<Account<'info, Market>>,
    /// Made beforehand by a system instruction, so that it can be of any size.
    #[account(zero)]
    pub book: AccountLoader<'info, Book>,
}

pub fn handler(ctx: Context<AddBook>) -> Result<()> {
    let (market, book) = (&mut ctx.accounts.market, &ctx.accounts.book);
    ensure!(market.book_count < MAX_BOOKS, TradingError::RingFull);
    let capacity = Book::capacity_of(book.to_account_info().data_len(), market.tick_count)?;

    let mut header = book.load_init()?;
    header.version = ACCOUNT_VERSION;
    header.state = BookState::Idle as u8;
    header.market_id = market.id;
    header.market = market.key();
    header.ledger = market.ledger;
    header.tick_count = market.tick_count;
    header.capacity = capacity;

    let slot = usize::from(market.book_count);
    market.books[slot] = BookSlot { address: book.key(), epoch: 0 };
    market.book_count += 1;

    emit!(BookAdded { market: market.id, book: book.key(), capacity });
    Ok(())
}
