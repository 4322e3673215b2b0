use anchor_lang::{prelude::*, solana_program::log::sol_log_data, Discriminator};

use crate::state::{Asset, Side};

#[event]
pub struct MarketCreated {
    pub market: u32,
    pub address: Pubkey,
    pub authority: Pubkey,
}

#[event]
pub struct MarketUpdated {
    pub market: u32,
}

#[event]
pub struct BookAdded {
    pub market: u32,
    pub book: Pubkey,
    pub capacity: u32,
}

#[event]
pub struct BookRemoved {
    pub market: u32,
    pub book: Pubkey,
}

#[event]
pub struct SeatOpened {
    pub market: u32,
    pub seat: u16,
    pub user: Pubkey,
    pub ordinal: u8,
}

#[event]
pub struct SeatRefreshed {
    pub market: u32,
    pub seat: u16,
    pub status: u8,
}

#[event]
pub struct SeatClosed {
    pub market: u32,
    pub seat: u16,
    pub user: Pubkey,
}

/// `amount` in Wh or payment base units, as `asset` says; `free` is the balance after.
#[event]
pub struct Deposited {
    pub market: u32,
    pub seat: u16,
    pub asset: Asset,
    pub amount: u64,
    pub free: u64,
}

/// `amount` in Wh or payment base units, as `asset` says; `free` is the balance after.
#[event]
pub struct Withdrawn {
    pub market: u32,
    pub seat: u16,
    pub asset: Asset,
    pub amount: u64,
    pub free: u64,
}

/// From now on withdrawals are limited to so much a day (UTC; payment base units and Wh), unless
/// announced `delay_s` seconds before; a delay of 0 says that they are not limited any more.
#[event]
pub struct WithdrawalsLocked {
    pub market: u32,
    pub seat: u16,
    pub payment_per_day: u64,
    pub energy_per_day: u64,
    pub delay_s: u32,
}

/// Withdrawals beyond the limits are announced: they are open for a day from `opens_at`, Unix seconds.
#[event]
pub struct WithdrawalsOpening {
    pub market: u32,
    pub seat: u16,
    pub opens_at: i64,
}

/// `agent` may trade for the seat within limits (payment base units and Wh) until `expires_at`, Unix
/// seconds or 0 for no end; who was the seat's agent of this number before no longer may.
#[event]
pub struct AgentAuthorized {
    pub market: u32,
    pub seat: u16,
    pub ordinal: u8,
    pub agent: Pubkey,
    pub payment_per_day: u64,
    pub payment_per_month: u64,
    pub energy_per_day: u64,
    pub energy_per_month: u64,
    pub expires_at: i64,
}

#[event]
pub struct AgentRevoked {
    pub market: u32,
    pub seat: u16,
    pub ordinal: u8,
    pub agent: Pubkey,
}

#[event]
pub struct EpochOpened {
    pub market: u32,
    pub epoch: u32,
    pub book: Pubkey,
    pub closes_at: i64,
}

/// `count` orders of one seat, at `first_index` and the places after it in the epoch's log.
#[event]
pub struct OrderCreated {
    pub market: u32,
    pub epoch: u32,
    pub sequence: u64,
    pub first_index: u32,
    pub count: u16,
    pub seat: u16,
    pub side: Side,
}

impl OrderCreated {
    /// Logs the event, as `emit!` does but without the heap.
    #[inline(always)]
    pub fn log(&self) {
        let mut bytes = [0; 33];
        let (tag, mut fields) = bytes.split_at_mut(8);
        tag.copy_from_slice(Self::DISCRIMINATOR);
        self.serialize(&mut fields).expect("the fields fit");
        sol_log_data(&[&bytes]);
    }
}

/// Orders of one seat, at `indices` of the epoch's log.
#[event]
pub struct OrderCancelled {
    pub market: u32,
    pub epoch: u32,
    pub sequence: u64,
    pub seat: u16,
    pub indices: Vec<u32>,
}

#[event]
pub struct EpochClosed {
    pub market: u32,
    pub epoch: u32,
    pub orders: u32,
}

/// The outcome of an epoch. Prices in payment base units a kWh, money in payment base units.
#[event]
pub struct EpochCleared {
    pub market: u32,
    pub epoch: u32,
    pub sequence: u64,
    pub no_trade: bool,
    pub price: u64,
    pub price_low: u64,
    pub price_high: u64,
    pub volume_wh: u64,
    pub buyers_paid: u64,
    pub fees: u64,
    pub orders: u32,
    pub digest: [u8; 32],
}

#[event]
pub struct EpochVoided {
    pub market: u32,
    pub epoch: u32,
    pub sequence: u64,
}

/// The lowest and the highest price that epochs opened from now on allow, both on ticks
/// [payment base units a kWh].
#[event]
pub struct PriceBoundsChanged {
    pub market: u32,
    pub floor: u64,
    pub ceiling: u64,
}

/// Energy taken out of custody and burned because its owner used it.
#[event]
pub struct EnergyUsed {
    pub market: u32,
    pub seat: u16,
    pub energy_wh: u64,
}

/// The next authority is named; the zero key withdraws.
#[event]
pub struct AuthorityNominated {
    pub market: u32,
    pub new_authority: Pubkey,
}

#[event]
pub struct AuthorityChanged {
    pub market: u32,
    pub from: Pubkey,
    pub to: Pubkey,
}

/// The fee seat or the community seat has another owner.
#[event]
pub struct SeatHandedOver {
    pub market: u32,
    pub seat: u16,
    pub from: Pubkey,
    pub to: Pubkey,
}
