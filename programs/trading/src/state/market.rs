use anchor_lang::prelude::*;
use bytemuck::{Pod, Zeroable};
use energy_core::{
    epoch::{Epoch, EpochClock},
    grid::Grid,
};
use governance::Parameters;

use super::{Asset, PriceRule, TieRule};
use crate::{constants::*, errors::*};

/// One market (zone): its assets, grid, rules, clock and ring of books.
/// Address: `["market", id u32]`.
#[account]
#[derive(InitSpace)]
pub struct Market {
    pub version: u8,
    pub bump: u8,
    pub id: u32,
    /// May add books and change the rules of epochs not opened yet.
    pub authority: Pubkey,
    /// The oracle's address that closes epochs and retires energy.
    pub oracle: Pubkey,
    pub energy_mint: Pubkey,
    pub payment_mint: Pubkey,
    pub payment_decimals: u8,
    pub energy_vault: Pubkey,
    pub payment_vault: Pubkey,
    pub ledger: Pubkey,
    pub books: [BookSlot; MAX_BOOKS as usize],
    pub book_count: u8,

    /// Price grid: tick `t` is `price_min + t * tick_size` payment base units a kWh.
    pub price_min: u64,
    pub tick_size: u64,
    pub tick_count: u16,
    /// Energy lot, Wh.
    pub lot_wh: u32,

    pub price_rule: PriceRule,
    pub tie_rule: TieRule,
    /// Fee on the seller's proceeds, basis points.
    pub fee_bps: u16,
    /// Order limits, Wh, and orders a seat may place in an epoch.
    pub min_order_wh: u64,
    pub max_order_wh: u64,
    pub max_orders_per_seat: u16,

    pub clock: Clockwork,
    /// The clock from `next.anchor_ts` on; length 0 when no change is due.
    pub next: Clockwork,
    /// Seconds after an epoch's end during which only the oracle may close it.
    pub clearing_grace_s: u32,
    /// Seconds of clearing pause after which an epoch may be voided.
    pub void_after_s: u32,
    /// Seconds after an epoch's end during which its book stays untouched.
    pub book_retention_s: u32,

    /// Epochs settle in order. 0 when there was none.
    pub last_opened_epoch: u32,
    pub last_settled_epoch: u32,
    /// The last price that came from a trade, and its epoch.
    pub last_price: u64,
    pub last_price_epoch: u32,
    /// Totals over all settled epochs: Wh, payment base units, count.
    pub traded_wh: u64,
    pub fees: u64,
    pub epochs_settled: u32,
    /// First and last tick that orders may name in epochs not opened yet.
    pub floor_tick: u16,
    pub ceiling_tick: u16,
    /// May take over as authority; the zero key while nobody is nominated.
    pub pending_authority: Pubkey,
    pub reserved: [u8; 92],
}

/// A book of the ring and the epoch it serves or served last.
#[derive(AnchorSerialize, InitSpace, Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct BookSlot {
    pub address: Pubkey,
    pub epoch: u32,
}

/// All of its bytes at once, which makes reading a market a tenth cheaper.
impl AnchorDeserialize for BookSlot {
    fn deserialize_reader<R: std::io::Read>(reader: &mut R) -> std::io::Result<Self> {
        let mut slot = BookSlot::default();
        reader.read_exact(bytemuck::bytes_of_mut(&mut slot))?;
        Ok(slot)
    }
}

/// An epoch clock as stored: see `energy_core::epoch::EpochClock`.
#[derive(AnchorSerialize, AnchorDeserialize, InitSpace, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Clockwork {
    pub anchor_ts: i64,
    pub anchor_epoch: u32,
    pub length_s: u32,
}

impl From<Clockwork> for EpochClock {
    fn from(c: Clockwork) -> Self {
        EpochClock { anchor_ts: c.anchor_ts, anchor_epoch: c.anchor_epoch, length_s: c.length_s }
    }
}

impl From<EpochClock> for Clockwork {
    fn from(c: EpochClock) -> Self {
        Clockwork { anchor_ts: c.anchor_ts, anchor_epoch: c.anchor_epoch, length_s: c.length_s }
    }
}

impl Market {
    pub fn grid(&self) -> Grid {
        Grid {
            price_min: self.price_min,
            tick_size: self.tick_size,
            tick_count: self.tick_count,
            lot_wh: self.lot_wh,
        }
    }

    /// The clock in force at `now`, Unix seconds.
    pub fn clock_at(&self, now: i64) -> EpochClock {
        if self.next.length_s != 0 && now >= self.next.anchor_ts {
            self.next.into()
        } else {
            self.clock.into()
        }
    }

    /// The epoch that `now` falls into.
    pub fn epoch_at(&self, now: i64) -> Result<Epoch> {
        self.clock_at(now).at(now).or_fail(TradingError::NoCurrentEpoch)
    }

    /// Lets epochs have another length from the end of the current one.
    pub fn change_epoch_length(&mut self, now: i64, length_s: u32) -> Result<()> {
        let current = self.clock_at(now);
        let next = current.with_length_after(now, length_s).or_fail(TradingError::NoCurrentEpoch)?;
        self.clock = current.into();
        self.next = next.into();
        Ok(())
    }

    /// The market's mint and vault of an asset.
    pub fn vault(&self, asset: Asset) -> (&Pubkey, &Pubkey) {
        match asset {
            Asset::Energy => (&self.energy_mint, &self.energy_vault),
            Asset::Payment => (&self.payment_mint, &self.payment_vault),
        }
    }

    /// The ring slot of `book`.
    pub fn slot_of(&mut self, book: Pubkey) -> Result<&mut BookSlot> {
        let ring = self.books.get_mut(..usize::from(self.book_count)).unwrap_or_default();
        ring.iter_mut().find(|slot| slot.address == book).or_fail(TradingError::UnknownBook)
    }

    /// The rules that must hold after every change.
    pub fn validate(&self, parameters: &Parameters) -> Result<()> {
        self.grid().validate().map_err(fail)?;
        ensure!(self.tick_count <= MAX_TICKS, TradingError::InvalidGrid);
        ensure!(self.fee_bps <= parameters.max_fee_bps, TradingError::FeeAboveCap);
        let (min, max) = (self.grid().lots_of(self.min_order_wh), self.grid().lots_of(self.max_order_wh));
        let ordered = matches!((min, max), (Ok(min), Ok(max)) if min <= max);
        ensure!(
            ordered
                && self.min_order_wh >= parameters.min_order_wh
                && self.max_order_wh <= parameters.max_order_wh
                && (1..=parameters.max_orders_per_seat).contains(&self.max_orders_per_seat),
            TradingError::OrderLimitsOutOfRange
        );
        for clock in [self.clock, self.next] {
            ensure!(
                clock.length_s == 0 || (2..=86_400).contains(&clock.length_s),
                TradingError::InvalidEpochLength
            );
        }
        ensure!(self.clock.length_s != 0, TradingError::InvalidEpochLength);
        Ok(())
    }
}
