use anchor_lang::prelude::*;

use crate::{errors::*, events::OrderCancelled, state::*};

#[derive(Accounts)]
pub struct CancelOrder<'info> {
    pub owner: Signer<'info>,
    #[account(mut)]
    pub ledger: AccountLoader<'info, Ledger>,
    #[account(mut)]
    pub book: AccountLoader<'info, Book>,
}

pub fn handler(ctx: Context<CancelOrder>, epoch: u32, index: u32, client_id: u64) -> Result<()> {
    let accounts = ctx.accounts;
    let mut book_data = accounts.book.as_ref().try_borrow_mut_data()?;
    let book = Book::split(&mut book_data)?;
    let header = book.header;
    ensure!(header.ledger == *accounts.ledger.as_ref().key, TradingError::WrongLedger);
    ensure!(header.epoch == epoch && index < header.count, TradingError::OrderNotFound);
    let order = &mut book.orders[index as usize];
    ensure!(order.client_id == client_id, TradingError::OrderNotFound);

    let mut ledger_data = accounts.ledger.as_ref().try_borrow_mut_data()?;
    let (ledger, seats) = Ledger::split(&mut ledger_data)?;
    let seat = seats.get_mut(usize::from(order.seat)).or_fail(TradingError::SeatNotFound)?;
    ensure!(seat.owner == accounts.owner.key(), TradingError::UnauthorizedCancellation);
    match order.status {
        ORDER_ACTIVE => {}
        ORDER_FILLED | ORDER_PARTIALLY_FILLED => return Err(fail(TradingError::OrderAlreadyFilled)),
        _ => return Err(fail(TradingError::OrderNotActive)),
    }
    let now = Clock::get()?.unix_timestamp;
    ensure!(header.is(BookState::Open) && now < header.closes_at, TradingError::EpochClosed);

    let lots = u64::from(order.lots);
    let entry = &mut book.ticks[usize::from(order.tick)];
    let (free, locked, amount, at_tick, on_side) = if order.side == SIDE_BID {
        let cost = lots.wrapping_mul(lot_value(header.first_lot_value, header.tick_lot_value, order.tick));
        (&mut seat.payment_free, &mut seat.payment_locked, cost, &mut entry.bid, &mut header.bid_lots)
    } else {
        let energy = lots.wrapping_mul(u64::from(header.lot_wh));
        (&mut seat.energy_free, &mut seat.energy_locked, energy, &mut entry.ask, &mut header.ask_lots)
    };
    *locked -= amount;
    *free += amount;
    *at_tick -= order.lots;
    *on_side -= order.lots;
    order.status = ORDER_CANCELLED;
    header.cancelled += 1;

    emit!(OrderCancelled {
        market: header.market_id,
        epoch,
        sequence: ledger.next_sequence(),
        index,
        seat: order.seat,
    });
    Ok(())
}
