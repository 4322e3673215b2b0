use anchor_lang::prelude::*;

use crate::{constants::*, errors::*, events::EpochClosed, state::*};

#[derive(Accounts)]
pub struct CloseEpoch<'info> {
    /// Pays for the epoch's result account.
    #[account(mut)]
    pub payer: Signer<'info>,
    /// The oracle, or anybody once the grace period is over.
    pub closer: Signer<'info>,
    pub market: Box<Account<'info, Market>>,
    #[account(mut, constraint = book.load()?.market == market.key() @ TradingError::WrongMarket)]
    pub book: AccountLoader<'info, Book>,
    #[account(
        init_if_needed, payer = payer, space = 8 + EpochResult::INIT_SPACE,
        seeds = [RESULT_SEED, market.key().as_ref(), &book.load()?.epoch.to_le_bytes()], bump,
    )]
    pub result: Box<Account<'info, EpochResult>>,
    pub system_program: Program<'info, System>,
}

pub fn handler(ctx: Context<CloseEpoch>) -> Result<()> {
    let (market, result) = (&ctx.accounts.market, &mut ctx.accounts.result);
    let mut book = ctx.accounts.book.load_mut()?;
    ensure!(!book.is(BookState::Idle), TradingError::EpochNotOpen);
    ensure!(book.is(BookState::Open), TradingError::EpochAlreadyClosed);
    let now = Clock::get()?.unix_timestamp;
    ensure!(now >= book.closes_at, TradingError::EpochNotOver);
    let reserved_until = book.closes_at.saturating_add(i64::from(market.clearing_grace_s));
    ensure!(
        ctx.accounts.closer.key() == market.oracle || now >= reserved_until,
        TradingError::ClosingReserved
    );

    book.state = BookState::Closed as u8;
    result.version = ACCOUNT_VERSION;
    result.bump = ctx.bumps.result;
    result.market = market.key();
    result.epoch = book.epoch;
    result.state = BookState::Closed;
    result.price_rule = PriceRule::from_stored(book.price_rule);
    result.tie_rule = TieRule::from_stored(book.tie_rule);
    result.fee_bps = book.fee_bps;
    result.orders = book.count;
    result.opens_at = book.opens_at;
    result.closes_at = book.closes_at;

    emit!(EpochClosed { market: market.id, epoch: book.epoch, orders: book.count });
    Ok(())
}
