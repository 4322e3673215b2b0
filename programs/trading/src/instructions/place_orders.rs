use anchor_lang::prelude::*;
use governance::{Pause, AREA_TRADING};

use crate::{constants::*, errors::*, events::OrderCreated, state::*};

#[derive(Accounts)]
pub struct PlaceOrders<'info> {
    pub owner: Signer<'info>,
    #[account(mut)]
    pub ledger: AccountLoader<'info, Ledger>,
    #[account(mut)]
    pub book: AccountLoader<'info, Book>,
    pub pause: Account<'info, Pause>,
}

/// One order in domain units.
pub fn single(
    ctx: Context<PlaceOrders>,
    side: Side,
    seat: u16,
    energy_wh: u64,
    price: u64,
    client_id: u64,
) -> Result<()> {
    place(ctx.accounts, side, seat, client_id, 1, |run| {
        let grid = run.book.header.grid();
        let tick = grid.tick_of(price).map_err(fail)?;
        let lots = grid.lots_of(energy_wh).map_err(fail)?;
        run.push(tick, lots)
    })
}

/// Many orders in ticks and lots, packed into `records` of six bytes.
pub fn batch(
    ctx: Context<PlaceOrders>,
    side: Side,
    seat: u16,
    client_id: u64,
    records: Vec<u8>,
) -> Result<()> {
    const LEN: usize = ORDER_RECORD_LEN as usize;
    let count = records.len() / LEN;
    ensure!(count > 0 && records.len().is_multiple_of(LEN), TradingError::MalformedBatch);
    place(ctx.accounts, side, seat, client_id, count as u16, |run| {
        for record in records.chunks_exact(LEN) {
            let tick = u16::from_le_bytes([record[0], record[1]]);
            let lots = u32::from_le_bytes([record[2], record[3], record[4], record[5]]);
            run.push(tick, lots)?;
        }
        Ok(())
    })
}

/// The state that orders of one instruction share.
struct Run<'a> {
    book: BookView<'a>,
    seat: &'a mut Seat,
    side: Side,
    seat_index: u16,
    client_id: u64,
    placed_at: u32,
}

impl Run<'_> {
    /// Locks what the order may cost, and appends it.
    #[inline(always)]
    fn push(&mut self, tick: u16, lots: u32) -> Result<()> {
        let header = &mut *self.book.header;
        let seat = &mut *self.seat;
        ensure!((header.min_lots..=header.max_lots).contains(&lots), TradingError::InvalidOrderAmount);
        ensure!((header.floor_tick..=header.ceiling_tick).contains(&tick), TradingError::PriceOutOfBounds);
        let entry = self.book.ticks.get_mut(usize::from(tick)).or_fail(TradingError::PriceOutOfBounds)?;
        let (free, locked, amount, at_tick, on_side) = match self.side {
            Side::Bid => {
                header.highest_bid = header.highest_bid.max(tick);
                let cost = u64::from(lots).wrapping_mul(lot_value(
                    header.first_lot_value,
                    header.tick_lot_value,
                    tick,
                ));
                (&mut seat.payment_free, &mut seat.payment_locked, cost, &mut entry.bid, &mut header.bid_lots)
            }
            Side::Ask => {
                header.lowest_ask = header.lowest_ask.min(tick);
                let energy = u64::from(lots).wrapping_mul(u64::from(header.lot_wh));
                (&mut seat.energy_free, &mut seat.energy_locked, energy, &mut entry.ask, &mut header.ask_lots)
            }
        };
        *free = free.checked_sub(amount).or_fail(TradingError::InsufficientBalance)?;
        *locked += amount;
        // A side's sum bounds every tick of it.
        *on_side = on_side.checked_add(lots).or_fail(TradingError::BookVolumeExceeded)?;
        *at_tick = at_tick.wrapping_add(lots);

        let order = self.book.orders.get_mut(header.count as usize).or_fail(TradingError::BookFull)?;
        *order = Order {
            client_id: self.client_id,
            lots,
            filled: 0,
            placed_at: self.placed_at,
            tick,
            seat: self.seat_index,
            side: self.side as u8,
            status: ORDER_ACTIVE,
            padding: [0; 6],
        };
        header.count += 1;
        // `place` has checked the last id of the run; the one after it is not used.
        self.client_id = self.client_id.wrapping_add(1);
        Ok(())
    }
}

#[inline(always)]
fn place(
    accounts: &PlaceOrders,
    side: Side,
    seat_index: u16,
    client_id: u64,
    count: u16,
    orders: impl FnOnce(&mut Run) -> Result<()>,
) -> Result<()> {
    ensure!(!accounts.pause.is_paused(AREA_TRADING), TradingError::TradingPaused);
    let now = Clock::get()?.unix_timestamp;

    let mut book_data = accounts.book.as_ref().try_borrow_mut_data()?;
    let book = Book::split(&mut book_data)?;
    ensure!(book.header.ledger == *accounts.ledger.as_ref().key, TradingError::WrongLedger);
    ensure!(!book.header.is(BookState::Idle), TradingError::EpochNotOpen);
    ensure!(book.header.is(BookState::Open) && now < book.header.closes_at, TradingError::EpochClosed);

    let mut ledger_data = accounts.ledger.as_ref().try_borrow_mut_data()?;
    let (ledger, seats) = Ledger::split(&mut ledger_data)?;
    let seat = Seat::owned(seats, seat_index, accounts.owner.key())?;
    ensure!(seat.status == SEAT_ACTIVE, TradingError::UserNotActive);
    ensure!(side == Side::Bid || seat.user_type != CONSUMER, TradingError::ConsumerCannotSell);
    ensure!(client_id > seat.last_client_id, TradingError::ClientIdNotIncreasing);

    if seat.epoch != book.header.epoch {
        seat.epoch = book.header.epoch;
        seat.orders = 0;
        seat.side = side as u8;
    }
    ensure!(seat.side == side as u8, TradingError::OppositeSideOrder);
    let placed = seat.orders.checked_add(count).or_fail(TradingError::TooManyOrders)?;
    ensure!(placed <= book.header.max_orders_per_seat, TradingError::TooManyOrders);
    seat.orders = placed;
    seat.last_client_id =
        client_id.checked_add(u64::from(count) - 1).or_fail(TradingError::ClientIdNotIncreasing)?;

    let first_index = book.header.count;
    let (market, epoch) = (book.header.market_id, book.header.epoch);
    let mut run = Run { book, seat, side, seat_index, client_id, placed_at: now as u32 };
    orders(&mut run)?;

    emit!(OrderCreated {
        market,
        epoch,
        sequence: ledger.next_sequence(),
        first_index,
        count,
        seat: seat_index,
        side,
    });
    Ok(())
}
