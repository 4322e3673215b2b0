use anchor_lang::prelude::*;
use energy_core::calendar;
use registry::{User, UserStatus, UserType};

use super::{same_key, Asset, Spent};
use crate::{constants::WITHDRAWAL_WINDOW_S, errors::*};

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
    /// When the seat was opened, Unix seconds; 0 on system seats. Grants to agents end with the seat.
    pub opened_at: u32,
    /// Deposits less withdrawals and retirement since the seat was opened, modulo 2^64: payment
    /// base units and Wh. What exceeds the balances was spent in trading.
    pub payment_in: u64,
    pub energy_in: u64,
    /// What may be withdrawn on one day (UTC) while withdrawals are locked.
    pub withdraw_payment_per_day: u64,
    pub withdraw_energy_per_day: u64,
    /// What was withdrawn on the day `withdrawn_day`, counted while withdrawals are locked.
    pub withdrawn_payment: u64,
    pub withdrawn_energy: u64,
    /// From when on the limits do not apply, for `WITHDRAWAL_WINDOW_S`; 0 when nothing is announced.
    pub withdrawals_open_at: i64,
    /// Days since 1970.
    pub withdrawn_day: u32,
    /// Seconds between announcing and the opening of withdrawals; 0 when they are not locked.
    pub withdrawal_delay_s: u32,
    pub reserved: [u8; 8],
}

pub const SEAT_EMPTY: u8 = 0;
pub const SEAT_ACTIVE: u8 = 1;
pub const SEAT_SUSPENDED: u8 = 2;
pub const SEAT_INACTIVE: u8 = 3;
/// Fee and community seats: they only withdraw.
pub const SEAT_SYSTEM: u8 = 4;
/// The user's key is frozen: nothing leaves the seat.
pub const SEAT_FROZEN: u8 = 5;

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

    /// The seats of a ledger's account data, to read.
    pub fn seats(data: &[u8]) -> Result<&[Seat]> {
        ensure!(data.len() >= HEADER, TradingError::AccountTooSmall);
        let (header, tail) = data.split_at(HEADER);
        let header: &Ledger = bytemuck::from_bytes(&header[8..]);
        let bytes = usize::from(header.capacity) * core::mem::size_of::<Seat>();
        let tail = tail.get(..bytes).or_fail(TradingError::AccountTooSmall)?;
        Ok(bytemuck::cast_slice(tail))
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

    /// Copies key, kind and standing of the registry's user at `now`, Unix seconds. Officials count
    /// as inactive.
    pub fn mirror(&mut self, user: &User, official: bool, now: i64) {
        self.owner = user.key;
        self.user_type = match user.user_type {
            UserType::Prosumer => 0,
            UserType::Consumer => CONSUMER,
        };
        self.status = match user.status {
            _ if user.is_frozen(now) => SEAT_FROZEN,
            _ if official => SEAT_INACTIVE,
            UserStatus::Active => SEAT_ACTIVE,
            UserStatus::Suspended => SEAT_SUSPENDED,
            UserStatus::Inactive => SEAT_INACTIVE,
        };
    }

    /// What the seat has spent in trading; what its orders have locked is not spent yet.
    pub fn spent(&self) -> Spent {
        let held = self.payment_free.wrapping_add(self.payment_locked);
        let payment = self.payment_in.wrapping_sub(held) as i64;
        let held = self.energy_free.wrapping_add(self.energy_locked);
        Spent { payment, energy: self.energy_in.wrapping_sub(held) as i64 }
    }

    /// Fails unless the seat may trade.
    #[inline(always)]
    pub fn require_active(&self) -> Result<()> {
        if self.status == SEAT_ACTIVE {
            return Ok(());
        }
        Err(fail(if self.status == SEAT_FROZEN {
            TradingError::SeatFrozen
        } else {
            TradingError::UserNotActive
        }))
    }

    /// Fails while the user's key is frozen.
    pub fn require_not_frozen(&self) -> Result<()> {
        ensure!(self.status != SEAT_FROZEN, TradingError::SeatFrozen);
        Ok(())
    }

    /// Whether an announced window is open at `now`, Unix seconds, in which limits do not apply.
    pub fn withdrawals_are_open(&self, now: i64) -> bool {
        let opens_at = self.withdrawals_open_at;
        opens_at != 0 && opens_at <= now && now < opens_at.saturating_add(WITHDRAWAL_WINDOW_S)
    }

    /// Counts a withdrawal of `amount` at `now`, Unix seconds, against the limits of its day.
    #[inline(never)]
    pub fn count_withdrawal(&mut self, asset: Asset, amount: u64, now: i64) -> Result<()> {
        let day = calendar::day_of(now);
        if self.withdrawn_day != day {
            self.withdrawn_day = day;
            self.withdrawn_payment = 0;
            self.withdrawn_energy = 0;
        }
        let open = self.withdrawals_are_open(now);
        let (withdrawn, limit) = match asset {
            Asset::Energy => (&mut self.withdrawn_energy, self.withdraw_energy_per_day),
            Asset::Payment => (&mut self.withdrawn_payment, self.withdraw_payment_per_day),
        };
        *withdrawn = withdrawn.saturating_add(amount);
        ensure!(open || *withdrawn <= limit, TradingError::WithdrawalLocked);
        Ok(())
    }

    pub fn is_drained(&self) -> bool {
        self.energy_free | self.energy_locked | self.payment_free | self.payment_locked == 0
    }
}
