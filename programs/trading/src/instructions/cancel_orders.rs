use anchor_lang::prelude::*;

use crate::{constants::*, errors::*, events::OrderCancelled, state::*};

#[derive(Accounts)]
pub struct CancelOrder<'info> {
    pub owner: Signer<'info>,
    #[account(mut)]
    pub ledger: AccountLoader<'info, Ledger>,
    #[account(mut)]
    pub book: AccountLoader<'info, Book>,
}

/// One order.
pub fn single(ctx: Context<CancelOrder>, epoch: u32, index: u32, client_id: u64) -> Result<()> {
    let CancelOrder { owner, ledger, book } = ctx.accounts;
    let scope = Scope { owner: owner.key, seat: None };
    cancel(scope, ledger.as_ref(), book.as_ref(), epoch, core::iter::once((index, client_id)))
}

/// Many orders of one seat, packed into `records` of twelve bytes.
pub fn batch(ctx: Context<CancelOrder>, epoch: u32, records: Vec<u8>) -> Result<()> {
    let CancelOrder { owner, ledger, book } = ctx.accounts;
    many(Scope { owner: owner.key, seat: None }, ledger.as_ref(), book.as_ref(), epoch, &records)
}

/// Whose orders may be cancelled: those of any of the owner's seats, or of one.
pub struct Scope<'a> {
    pub owner: &'a Pubkey,
    pub seat: Option<u16>,
}

/// Cancels the orders in `records`, all of one seat.
#[inline(always)]
pub fn many(
    scope: Scope,
    ledger: &AccountInfo,
    book: &AccountInfo,
    epoch: u32,
    records: &[u8],
) -> Result<()> {
    const LEN: usize = CANCEL_RECORD_LEN as usize;
    ensure!(records.len().is_multiple_of(LEN), TradingError::MalformedBatch);
    let orders = records.chunks_exact(LEN).map(|record| {
        let mut client_id = [0; 8];
        client_id.copy_from_slice(&record[4..]);
        let index = u32::from_le_bytes([record[0], record[1], record[2], record[3]]);
        (index, u64::from_le_bytes(client_id))
    });
    cancel(scope, ledger, book, epoch, orders)
}

/// Cancels orders, each given by its index in the log and its client id.
#[inline(always)]
fn cancel(
    scope: Scope,
    ledger: &AccountInfo,
    book: &AccountInfo,
    epoch: u32,
    orders: impl Iterator<Item = (u32, u64)> + Clone,
) -> Result<()> {
    let mut book_data = book.try_borrow_mut_data()?;
    let BookView { header, ticks, orders: log } = Book::split(&mut book_data)?;
    ensure!(header.ledger == *ledger.key, TradingError::WrongLedger);
    ensure!(header.epoch == epoch, TradingError::OrderNotFound);
    let log = &mut log[..header.count as usize];
    let running = header.is(BookState::Open) && Clock::get()?.unix_timestamp < header.closes_at;

    // The first order says whose orders they are.
    let (first, _) = orders.clone().next().or_fail(TradingError::MalformedBatch)?;
    let seat_index = log.get(first as usize).or_fail(TradingError::OrderNotFound)?.seat;
    let mut ledger_data = ledger.try_borrow_mut_data()?;
    let (ledger, seats) = Ledger::split(&mut ledger_data)?;
    let seat = seats.get_mut(usize::from(seat_index)).or_fail(TradingError::SeatNotFound)?;
    let mine = seat.owner == *scope.owner && scope.seat.is_none_or(|only| only == seat_index);
    ensure!(mine, TradingError::UnauthorizedCancellation);

    let (mut bid_lots, mut payment) = (0_u32, 0_u64);
    let (mut ask_lots, mut energy_wh) = (0_u32, 0_u64);
    for (index, client_id) in orders.clone() {
        let order = log.get_mut(index as usize).or_fail(TradingError::OrderNotFound)?;
        ensure!(order.client_id == client_id, TradingError::OrderNotFound);
        ensure!(order.seat == seat_index, TradingError::UnauthorizedCancellation);
        match order.status {
            ORDER_ACTIVE => {}
            ORDER_FILLED | ORDER_PARTIALLY_FILLED => return Err(fail(TradingError::OrderAlreadyFilled)),
            _ => return Err(fail(TradingError::OrderNotActive)),
        }
        ensure!(running, TradingError::EpochClosed);
        order.status = ORDER_CANCELLED;

        // Live orders add up to no more than the book's lots and the seat's locks.
        let lots = u64::from(order.lots);
        let entry = &mut ticks[usize::from(order.tick)];
        if order.side == SIDE_BID {
            let value = lot_value(header.first_lot_value, header.tick_lot_value, order.tick);
            payment = payment.wrapping_add(lots.wrapping_mul(value));
            bid_lots = bid_lots.wrapping_add(order.lots);
            entry.bid = entry.bid.wrapping_sub(order.lots);
        } else {
            energy_wh = energy_wh.wrapping_add(lots.wrapping_mul(u64::from(header.lot_wh)));
            ask_lots = ask_lots.wrapping_add(order.lots);
            entry.ask = entry.ask.wrapping_sub(order.lots);
        }
    }
    let indices: Vec<u32> = orders.map(|(index, _)| index).collect();
    header.bid_lots -= bid_lots;
    header.ask_lots -= ask_lots;
    header.cancelled += indices.len() as u32;
    seat.payment_locked -= payment;
    seat.payment_free += payment;
    seat.energy_locked -= energy_wh;
    seat.energy_free += energy_wh;

    emit!(OrderCancelled {
        market: header.market_id,
        epoch,
        sequence: ledger.next_sequence(),
        seat: seat_index,
        indices,
    });
    Ok(())
}
