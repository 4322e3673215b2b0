use anchor_lang::prelude::*;
use registry::{User, UserStatus, UserType};

use super::same_key;
use crate::errors::*;

/// Seats of one market: who holds how much in custody. Followed in the same account by
/// `capacity` seats. Every vault holds exactly the sums recorded here, plus donations.
#[account(zero_copy)]
#[repr(C)]
pub struct Ledger {
    pub version: u8,
    pub padding: [u8; 3],
    pub market_id: u32,
    pub market: Pubkey,
    /// Rises with every event of placing, cancelling and clearing in this market.
    pub sequence: u64,
    /// Sums over all seats, free and locked: Wh and payment base units.
    pub energy_wh: u64,
    pub payment: u64,
    /// Seats that fit, and seats ever used.
    pub capacity: u16,
    pub used: u16,
    /// Head of the list of emptied seats; `NO_SEAT` when there is none.
    pub free_head: u16,
    pub padding2: [u8; 2],
    pub reserved: [u8; 56],
}

/// One participant's balances. 192 bytes.
#[zero_copy]
#[repr(C)]
pub struct Seat {
    /// Registry account of the user; the default key on system seats.
    pub user: Pubkey,
    /// The key that signs for the seat, as the registry had it at the last refresh.
    pub owner: Pubkey,
    /// Wh.
    pub energy_free: u64,
    pub energy_locked: u64,
    /// Payment base units.
    pub payment_free: u64,
    pub payment_locked: u64,
    /// Client order ids must rise above this.
    pub last_client_id: u64,
    /// The epoch of the newest order, how many were placed in it, and on which side.
    pub epoch: u32,
    pub orders: u16,
    pub side: u8,
    /// One of the `SEAT_` states.
    pub status: u8,
    pub ordinal: u8,
    /// 0 prosumer, 1 consumer.
    pub user_type: u8,
    /// Next emptied seat while this one is empty.
    pub next_free: u16,
    pub padding: [u8; 4],
    /// For agents' keys and spending limits.
    pub reserved: [u8; 72],
}

pub const SEAT_EMPTY: u8 = 0;
pub const SEAT_ACTIVE: u8 = 1;
pub const SEAT_SUSPENDED: u8 = 2;
pub const SEAT_INACTIVE: u8 = 3;
/// Fee and community seats: they only withdraw.
pub const SEAT_SYSTEM: u8 = 4;

pub const NO_SEAT: u16 = u16::MAX;

pub const SIDE_BID: u8 = 0;
pub const SIDE_ASK: u8 = 1;

pub const CONSUMER: u8 = 1;

const HEADER: usize = 8 + core::mem::size_of::<Ledger>();
const _: () = assert!(core::mem::size_of::<Ledger>() == 128);
const _: () = assert!(core::mem::size_of::<Seat>() == 192);

impl Ledger {
    /// Header and seats of a ledger's account data.
    pub fn split(data: &mut [u8]) -> Result<(&mut Ledger, &mut [Seat])> {
        ensure!(data.len() >= HEADER, TradingError::AccountTooSmall);
        let (header, tail) = data.split_at_mut(HEADER);
        let header: &mut Ledger = bytemuck::from_bytes_mut(&mut header[8..]);
        let bytes = usize::from(header.capacity) * core::mem::size_of::<Seat>();
        let tail = tail.get_mut(..bytes).or_fail(TradingError::AccountTooSmall)?;
        Ok((header, bytemuck::cast_slice_mut(tail)))
    }

    /// The number of seats that fit into account data of `len` bytes.
    pub fn capacity_of(len: usize) -> Result<u16> {
        let seats = len.saturating_sub(HEADER) / core::mem::size_of::<Seat>();
        // Room for the two system seats and one participant; `NO_SEAT` is no index.
        ensure!(seats >= 3, TradingError::AccountTooSmall);
        Ok(seats.min(usize::from(NO_SEAT)) as u16)
    }

    /// Takes an emptied seat, or the next one never used.
    pub fn take_seat(&mut self, seats: &mut [Seat]) -> Result<u16> {
        let index = if self.free_head != NO_SEAT {
            let index = self.free_head;
            self.free_head = seats[usize::from(index)].next_free;
            index
        } else {
            ensure!(self.used < self.capacity, TradingError::LedgerFull);
            self.used += 1;
            self.used - 1
        };
        seats[usize::from(index)] = bytemuck::Zeroable::zeroed();
        Ok(index)
    }

    /// Returns a seat to the list of empty ones.
    pub fn free_seat(&mut self, seats: &mut [Seat], index: u16) {
        let seat = &mut seats[usize::from(index)];
        *seat = bytemuck::Zeroable::zeroed();
        seat.next_free = self.free_head;
        self.free_head = index;
    }

    pub fn next_sequence(&mut self) -> u64 {
        self.sequence += 1;
        self.sequence
    }
}

impl Seat {
    /// The seat at `index` when `signer` owns it.
    pub fn owned(seats: &mut [Seat], index: u16, signer: Pubkey) -> Result<&mut Seat> {
        let seat = seats.get_mut(usize::from(index)).or_fail(TradingError::SeatNotFound)?;
        ensure!(seat.status != SEAT_EMPTY, TradingError::SeatNotFound);
        ensure!(same_key(&seat.owner, &signer), TradingError::UnauthorizedSeat);
        Ok(seat)
    }

    /// Copies key, kind and standing of the registry's user. Officials count as inactive.
    pub fn mirror(&mut self, user: &User, official: bool) {
        self.owner = user.key;
        self.user_type = match user.user_type {
            UserType::Prosumer => 0,
            UserType::Consumer => CONSUMER,
        };
        self.status = match user.status {
            _ if official => SEAT_INACTIVE,
            UserStatus::Active => SEAT_ACTIVE,
            UserStatus::Suspended => SEAT_SUSPENDED,
            UserStatus::Inactive => SEAT_INACTIVE,
        };
    }

    pub fn is_drained(&self) -> bool {
        self.energy_free | self.energy_locked | self.payment_free | self.payment_locked == 0
    }
}
