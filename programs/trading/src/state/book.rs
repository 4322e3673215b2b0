use anchor_lang::prelude::*;
use energy_core::{auction::Tick, epoch::Epoch, grid::Grid};

use super::Market;
use crate::errors::*;

/// Where an epoch stands. Settled and voided are final.
#[derive(AnchorSerialize, AnchorDeserialize, InitSpace, Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum BookState {
    /// Adopted by a market, never used.
    Idle,
    /// Takes orders and cancellations until the epoch ends.
    Open,
    /// Orders are frozen; the price is not known yet.
    Closed,
    /// The price is fixed and fills are being credited.
    Clearing,
    Settled,
    /// Locks are being released.
    Voiding,
    Voided,
}

/// The orders of one epoch. Followed in the same account by `tick_count` ticks and
/// `capacity` orders. The log only grows, and an order's place in it is its time priority.
#[account(zero_copy)]
#[repr(C)]
pub struct Book {
    pub version: u8,
    /// A `BookState`.
    pub state: u8,
    /// A `PriceRule` and a `TieRule`, as they were when the epoch opened.
    pub price_rule: u8,
    pub tie_rule: u8,
    pub market_id: u32,
    pub market: Pubkey,
    pub ledger: Pubkey,

    /// Bounds of the epoch, Unix seconds.
    pub opens_at: i64,
    pub closes_at: i64,
    pub price_min: u64,
    pub tick_size: u64,

    pub epoch: u32,
    /// The epoch that must be settled before this one; 0 when there is none.
    pub previous_epoch: u32,
    /// Orders that fit, orders in the log, and orders passed by clearing or voiding.
    pub capacity: u32,
    pub count: u32,
    pub cursor: u32,
    pub lot_wh: u32,
    /// Payment units of a lot at tick 0, and what each tick adds.
    pub first_lot_value: u32,
    pub tick_lot_value: u32,
    /// Order limits, lots.
    pub min_lots: u32,
    pub max_lots: u32,
    /// Live lots a side.
    pub bid_lots: u32,
    pub ask_lots: u32,
    pub tick_count: u16,
    /// Bound the live orders; may be stale after cancellations.
    pub highest_bid: u16,
    pub lowest_ask: u16,
    pub max_orders_per_seat: u16,
    pub fee_bps: u16,

    /// From here on: written by clearing. Ticks and lots.
    pub low: u16,
    pub high: u16,
    pub price: u16,
    pub volume: u32,
    pub marginal_bid: u32,
    pub marginal_ask: u32,
    /// What the orders passed at the marginal tick stand for; by time, what they got.
    pub seen_bid: u32,
    pub seen_ask: u32,
    pub filled: u32,
    pub partially_filled: u32,
    pub cancelled: u32,
    pub expired: u32,
    pub padding: u32,
    /// Payment units.
    pub buyers_paid: u64,
    pub sellers_gross: u64,
    pub fees: u64,
    pub digest: [u8; 32],
    /// First and last tick that orders may name, as they were when the epoch opened.
    pub floor_tick: u16,
    pub ceiling_tick: u16,
    pub reserved: [u8; 60],
}

/// One order in the log. 32 bytes.
#[zero_copy]
#[repr(C)]
pub struct Order {
    pub client_id: u64,
    pub lots: u32,
    pub filled: u32,
    /// Unix seconds.
    pub placed_at: u32,
    pub tick: u16,
    pub seat: u16,
    /// `SIDE_BID` or `SIDE_ASK`.
    pub side: u8,
    /// An `ORDER_` status.
    pub status: u8,
    pub padding: [u8; 6],
}

pub const ORDER_ACTIVE: u8 = 0;
pub const ORDER_FILLED: u8 = 1;
pub const ORDER_PARTIALLY_FILLED: u8 = 2;
pub const ORDER_CANCELLED: u8 = 3;
pub const ORDER_EXPIRED: u8 = 4;

const HEADER: usize = 8 + core::mem::size_of::<Book>();
const _: () = assert!(core::mem::size_of::<Book>() == 328);
const _: () = assert!(core::mem::size_of::<Order>() == 32);

/// Header, ticks and orders of a book's account data.
pub struct BookView<'a> {
    pub header: &'a mut Book,
    pub ticks: &'a mut [Tick],
    pub orders: &'a mut [Order],
}

impl Book {
    #[inline(always)]
    pub fn split(data: &mut [u8]) -> Result<BookView<'_>> {
        ensure!(data.len() >= HEADER, TradingError::AccountTooSmall);
        let (header, tail) = data.split_at_mut(HEADER);
        let header: &mut Book = bytemuck::from_bytes_mut(&mut header[8..]);
        let ticks = usize::from(header.tick_count) * core::mem::size_of::<Tick>();
        ensure!(tail.len() >= ticks, TradingError::AccountTooSmall);
        let (ticks, tail) = tail.split_at_mut(ticks);
        let orders = header.capacity as usize * core::mem::size_of::<Order>();
        let orders = tail.get_mut(..orders).or_fail(TradingError::AccountTooSmall)?;
        Ok(BookView {
            header,
            ticks: bytemuck::cast_slice_mut(ticks),
            orders: bytemuck::cast_slice_mut(orders),
        })
    }

    /// The number of orders that fit into account data of `len` bytes beside the ticks.
    pub fn capacity_of(len: usize, tick_count: u16) -> Result<u32> {
        let ticks = usize::from(tick_count) * core::mem::size_of::<Tick>();
        let orders = len.saturating_sub(HEADER + ticks) / core::mem::size_of::<Order>();
        ensure!(orders >= 1, TradingError::AccountTooSmall);
        Ok(orders as u32)
    }

    pub fn is(&self, state: BookState) -> bool {
        self.state == state as u8
    }

    pub fn grid(&self) -> Grid {
        Grid {
            price_min: self.price_min,
            tick_size: self.tick_size,
            tick_count: self.tick_count,
            lot_wh: self.lot_wh,
        }
    }

    /// Payment units of one lot at `tick`; fits 32 bits on a valid grid.
    #[inline(always)]
    pub fn lot_value(&self, tick: u16) -> u64 {
        lot_value(self.first_lot_value, self.tick_lot_value, tick)
    }

    /// True when the book's last epoch is final and `retention_s` seconds have passed since
    /// its end, or when it never had one.
    pub fn is_reusable(&self, now: i64, retention_s: u32) -> bool {
        self.is(BookState::Idle)
            || (self.is(BookState::Settled) || self.is(BookState::Voided))
                && now >= self.closes_at.saturating_add(i64::from(retention_s))
    }
}

#[inline(always)]
pub fn lot_value(first: u32, step: u32, tick: u16) -> u64 {
    u64::from(first).wrapping_add(u64::from(step).wrapping_mul(u64::from(tick)))
}

impl BookView<'_> {
    /// Begins `epoch` with an empty log and the market's rules of this moment.
    pub fn open(&mut self, market: &Market, epoch: &Epoch) -> Result<()> {
        let grid = market.grid();
        let header = &mut *self.header;
        *header = Book {
            state: BookState::Open as u8,
            price_rule: market.price_rule as u8,
            tie_rule: market.tie_rule as u8,
            opens_at: epoch.starts_at,
            closes_at: epoch.ends_at,
            price_min: market.price_min,
            tick_size: market.tick_size,
            epoch: epoch.index,
            previous_epoch: market.last_opened_epoch,
            lot_wh: market.lot_wh,
            first_lot_value: grid.first_lot_value(),
            tick_lot_value: grid.tick_lot_value(),
            min_lots: grid.lots_of(market.min_order_wh).map_err(fail)?,
            max_lots: grid.lots_of(market.max_order_wh).map_err(fail)?,
            lowest_ask: u16::MAX,
            max_orders_per_seat: market.max_orders_per_seat,
            fee_bps: market.fee_bps,
            floor_tick: market.floor_tick,
            ceiling_tick: market.ceiling_tick,
            // What belongs to the account rather than to the epoch.
            version: header.version,
            market_id: header.market_id,
            market: header.market,
            ledger: header.ledger,
            tick_count: header.tick_count,
            capacity: header.capacity,
            ..bytemuck::Zeroable::zeroed()
        };
        self.ticks.fill(Tick::default());
        Ok(())
    }
}
