use anchor_lang::prelude::*;

use super::{void_due, ClearEpoch};
use crate::{errors::*, events::EpochVoided, state::*};

/// Voiding touches what clearing touches, so both take the same accounts.
pub fn handler(ctx: Context<ClearEpoch>, max_orders: u32) -> Result<()> {
    let accounts = ctx.accounts;
    let mut book_data = accounts.book.as_ref().try_borrow_mut_data()?;
    let book = Book::split(&mut book_data)?;
    let header = book.header;
    if header.is(BookState::Voided) {
        return Ok(());
    }
    ensure!(!header.is(BookState::Clearing) && !header.is(BookState::Settled), TradingError::SettlementBegun);
    if !header.is(BookState::Voiding) {
        ensure!(header.is(BookState::Closed), TradingError::EpochNotClosed);
        ensure!(void_due(&accounts.pause, accounts.market.void_after_s)?, TradingError::VoidNotDue);
        ensure!(
            header.previous_epoch == accounts.market.last_settled_epoch,
            TradingError::EarlierEpochUnsettled
        );
        header.state = BookState::Voiding as u8;
    }

    let mut result = EpochResult::read(&accounts.result, accounts.market.key(), header.epoch)?;
    let mut ledger_data = accounts.ledger.as_ref().try_borrow_mut_data()?;
    let (ledger, seats) = Ledger::split(&mut ledger_data)?;
    let end = header.cursor.saturating_add(max_orders).min(header.count);
    for order in &mut book.orders[header.cursor as usize..end as usize] {
        if order.status != ORDER_ACTIVE {
            continue;
        }
        let seat = seats.get_mut(usize::from(order.seat)).or_fail(TradingError::SeatNotFound)?;
        let lots = u64::from(order.lots);
        if order.side == SIDE_BID {
            let locked =
                lots.wrapping_mul(lot_value(header.first_lot_value, header.tick_lot_value, order.tick));
            seat.payment_locked -= locked;
            seat.payment_free += locked;
        } else {
            let locked = lots.wrapping_mul(u64::from(header.lot_wh));
            seat.energy_locked -= locked;
            seat.energy_free += locked;
        }
        order.status = ORDER_EXPIRED;
        header.expired += 1;
    }
    header.cursor = end;
    if end < header.count {
        return Ok(());
    }

    let market = &mut accounts.market;
    header.state = BookState::Voided as u8;
    market.last_settled_epoch = header.epoch;
    result.state = BookState::Voided;
    result.no_trade = true;
    result.price = market.last_price;
    result.cancelled = header.cancelled;
    result.expired = header.expired;
    result.write(&accounts.result)?;

    emit!(EpochVoided { market: market.id, epoch: header.epoch, sequence: ledger.next_sequence() });
    Ok(())
}
