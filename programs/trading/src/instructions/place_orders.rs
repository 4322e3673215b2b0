use anchor_lang::prelude::*;
use energy_core::auction::Tick;
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
#[inline(always)]
pub fn single<const SIDE: u8>(
    ctx: Context<PlaceOrders>,
    seat: u16,
    energy_wh: u64,
    price: u64,
    client_id: u64,
) -> Result<()> {
    let place = |run: &mut Run<SIDE>, places: &mut [Order]| run.push_priced(&mut places[0], energy_wh, price);
    run(Target::of(ctx.accounts), Placement { seat, client_id, count: 1 }, place)
}

/// Many orders in ticks and lots, packed into `records` of six bytes.
pub fn batch<const SIDE: u8>(
    ctx: Context<PlaceOrders>,
    seat: u16,
    client_id: u64,
    records: Vec<u8>,
) -> Result<()> {
    many::<SIDE>(Target::of(ctx.accounts), seat, client_id, &records)
}

/// Whose orders go where.
pub struct Target<'a, 'info> {
    pub owner: &'a Pubkey,
    pub ledger: &'a AccountInfo<'info>,
    pub book: &'a AccountInfo<'info>,
    pub pause: &'a Pause,
}

impl<'a, 'info> Target<'a, 'info> {
    #[inline(always)]
    fn of(accounts: &'a PlaceOrders<'info>) -> Self {
        let PlaceOrders { owner, ledger, book, pause } = accounts;
        Target { owner: owner.key, ledger: ledger.as_ref(), book: book.as_ref(), pause }
    }
}

/// Places the orders in `records` from one seat. Out of line: one body for all callers has the
/// cheapest loop.
#[inline(never)]
pub fn many<const SIDE: u8>(target: Target, seat: u16, client_id: u64, records: &[u8]) -> Result<()> {
    const LEN: usize = ORDER_RECORD_LEN as usize;
    let count = records.len() / LEN;
    ensure!(count > 0 && records.len().is_multiple_of(LEN), TradingError::MalformedBatch);
    let place = |run: &mut Run<SIDE>, places: &mut [Order]| {
        for (record, place) in records.chunks_exact(LEN).zip(places) {
            let tick = u16::from_le_bytes([record[0], record[1]]);
            let lots = u32::from_le_bytes([record[2], record[3], record[4], record[5]]);
            run.push(place, tick, lots)?;
        }
        Ok(())
    };
    run(target, Placement { seat, client_id, count: count as u16 }, place)
}

#[inline(always)]
fn run<const SIDE: u8>(
    target: Target,
    placement: Placement,
    place: impl FnOnce(&mut Run<SIDE>, &mut [Order]) -> Result<()>,
) -> Result<()> {
    let Target { owner, ledger, book, pause } = target;
    ensure!(!pause.is_paused(AREA_TRADING), TradingError::TradingPaused);
    let mut ledger_data = ledger.try_borrow_mut_data()?;
    let mut book_data = book.try_borrow_mut_data()?;
    let (mut run, places) = Run::begin(placement, owner, ledger.key, &mut ledger_data, &mut book_data)?;
    place(&mut run, places)?;
    run.finish();
    Ok(())
}

/// What the orders of one instruction share. They get `count` client ids from `client_id`.
#[derive(Clone, Copy)]
pub struct Placement {
    pub seat: u16,
    pub client_id: u64,
    pub count: u16,
}

/// The orders of one instruction on their way into the log, all of side `SIDE`.
///
/// `begin` writes nothing and `push` nothing before its last check; sums are kept here and written
/// by `finish`. So an instruction with one order writes nothing unless every check holds.
pub struct Run<'a, const SIDE: u8> {
    placement: Placement,
    ledger: &'a mut Ledger,
    seat: &'a mut Seat,
    header: &'a mut Book,
    ticks: &'a mut [Tick],
    client_id: u64,
    placed_at: u32,
    /// Locked for a lot: this much, and for every tick of the price that much more.
    lock_first: u64,
    lock_step: u64,
    /// The balance that the orders take from.
    free: u64,
    /// Lots that this side of the book can still hold, and the bound of its live orders' prices.
    room: u64,
    best: u16,
    /// Orders that the seat will have placed in the epoch.
    placed: u16,
}

impl<'a, const SIDE: u8> Run<'a, SIDE> {
    /// Checks what all orders have in common, and finds their places in the log.
    #[inline(always)]
    pub fn begin(
        placement: Placement,
        owner: &Pubkey,
        ledger_key: &Pubkey,
        ledger_data: &'a mut [u8],
        book_data: &'a mut [u8],
    ) -> Result<(Self, &'a mut [Order])> {
        let Placement { seat, client_id, count } = placement;
        let now = Clock::get()?.unix_timestamp;
        let BookView { header, ticks, orders } = Book::split(book_data)?;
        ensure!(same_key(&header.ledger, ledger_key), TradingError::WrongLedger);
        ensure!(!header.is(BookState::Idle), TradingError::EpochNotOpen);
        ensure!(header.is(BookState::Open) && now < header.closes_at, TradingError::EpochClosed);

        let (ledger, seats) = Ledger::split(ledger_data)?;
        let seat = Seat::owned(seats, seat, *owner)?;
        seat.require_active()?;
        ensure!(SIDE == SIDE_BID || seat.user_type != CONSUMER, TradingError::ConsumerCannotSell);
        ensure!(client_id > seat.last_client_id, TradingError::ClientIdNotIncreasing);
        ensure!(client_id.checked_add(u64::from(count) - 1).is_some(), TradingError::ClientIdNotIncreasing);
        let returning = seat.epoch == header.epoch;
        ensure!(!returning || seat.side == SIDE, TradingError::OppositeSideOrder);
        let placed = if returning { seat.orders } else { 0 };
        let placed = placed.checked_add(count).or_fail(TradingError::TooManyOrders)?;
        ensure!(placed <= header.max_orders_per_seat, TradingError::TooManyOrders);

        let free_places = orders.get_mut(header.count as usize..).or_fail(TradingError::BookFull)?;
        let places = free_places.get_mut(..usize::from(count)).or_fail(TradingError::BookFull)?;
        // No order may name a tick above the ceiling.
        let ticks =
            ticks.get_mut(..=usize::from(header.ceiling_tick)).or_fail(TradingError::PriceOutOfBounds)?;
        let (lock_first, lock_step, free, on_side, best) = if SIDE == SIDE_BID {
            let (first, step) = (header.first_lot_value, header.tick_lot_value);
            (u64::from(first), u64::from(step), seat.payment_free, header.bid_lots, header.highest_bid)
        } else {
            (u64::from(header.lot_wh), 0, seat.energy_free, header.ask_lots, header.lowest_ask)
        };
        let run = Run {
            placement,
            ledger,
            seat,
            header,
            ticks,
            client_id,
            placed_at: now as u32,
            lock_first,
            lock_step,
            free,
            room: u64::from(u32::MAX - on_side),
            best,
            placed,
        };
        Ok((run, places))
    }

    /// Puts an order of `energy_wh` at `price`, payment base units a kWh, into `place`.
    #[inline(always)]
    pub fn push_priced(&mut self, place: &mut Order, energy_wh: u64, price: u64) -> Result<()> {
        let grid = self.header.grid();
        let tick = grid.tick_of(price).map_err(fail)?;
        let lots = grid.lots_of(energy_wh).map_err(fail)?;
        self.push(place, tick, lots)
    }

    /// Locks what the order may cost, and puts it into `place`.
    #[inline(always)]
    pub fn push(&mut self, place: &mut Order, tick: u16, lots: u32) -> Result<()> {
        let header = &*self.header;
        ensure!(lots >= header.min_lots, TradingError::InvalidOrderAmount);
        ensure!(lots <= header.max_lots, TradingError::InvalidOrderAmount);
        ensure!(tick >= header.floor_tick, TradingError::PriceOutOfBounds);
        let total = self.ticks.get_mut(usize::from(tick)).or_fail(TradingError::PriceOutOfBounds)?;
        // Both factors fit 32 bits on a valid grid.
        let lock = self.lock_first.wrapping_add(self.lock_step.wrapping_mul(u64::from(tick)));
        let amount = u64::from(lots).wrapping_mul(lock);
        let free = self.free.checked_sub(amount).or_fail(TradingError::InsufficientBalance)?;
        let room = self.room.checked_sub(u64::from(lots)).or_fail(TradingError::BookVolumeExceeded)?;

        self.free = free;
        self.room = room;
        // A side's sum bounds every tick of it.
        if SIDE == SIDE_BID {
            total.bid = total.bid.wrapping_add(lots);
            self.best = self.best.max(tick);
        } else {
            total.ask = total.ask.wrapping_add(lots);
            self.best = self.best.min(tick);
        }
        *place = Order {
            client_id: self.client_id,
            lots,
            filled: 0,
            placed_at: self.placed_at,
            tick,
            seat: self.placement.seat,
            side: SIDE,
            status: ORDER_ACTIVE,
            padding: [0; 6],
        };
        // `begin` has checked the last id of the run; the one after it is not used.
        self.client_id = self.client_id.wrapping_add(1);
        Ok(())
    }

    /// Writes the sums, and tells of the orders. Every place that `begin` found has its order.
    #[inline(always)]
    pub fn finish(self) {
        let Run { placement: Placement { seat: seat_index, count, .. }, header, seat, ledger, .. } = self;
        let on_side = u32::MAX - self.room as u32;
        // What is free has only become less, and all balances together stay below 2^63.
        if SIDE == SIDE_BID {
            header.bid_lots = on_side;
            header.highest_bid = self.best;
            let spent = seat.payment_free.wrapping_sub(self.free);
            seat.payment_locked = seat.payment_locked.wrapping_add(spent);
            seat.payment_free = self.free;
        } else {
            header.ask_lots = on_side;
            header.lowest_ask = self.best;
            let spent = seat.energy_free.wrapping_sub(self.free);
            seat.energy_locked = seat.energy_locked.wrapping_add(spent);
            seat.energy_free = self.free;
        }
        let first_index = header.count;
        header.count += u32::from(count);
        seat.epoch = header.epoch;
        seat.orders = self.placed;
        seat.side = SIDE;
        seat.last_client_id = self.client_id.wrapping_sub(1);

        let created = OrderCreated {
            market: header.market_id,
            epoch: header.epoch,
            sequence: ledger.next_sequence(),
            first_index,
            count,
            seat: seat_index,
            side: if SIDE == SIDE_BID { Side::Bid } else { Side::Ask },
        };
        created.log();
    }
}
