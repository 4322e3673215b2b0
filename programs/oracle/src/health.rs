//! What is late, and by how much. Pure: no accounts, no clock.

use anchor_lang::prelude::*;
use trading::{Book, BookState};

use crate::{
    constants::INTERVAL_S,
    state::{Feed, MeterShard},
};

/// What is wrong with one account.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Condition {
    /// Nothing is late.
    OnTime,
    /// The feed's last observation is beyond its greatest age, or the first is awaited for longer.
    FeedStale,
    /// The epoch is over and the grace period too, and nobody has closed it.
    EpochNotClosed,
    /// The epoch is closed, the grace period is over, and it is not settled or voided yet.
    EpochNotSettled,
    /// Active meters have not reported for more intervals than is tolerated, or never.
    MetersSilent,
}

/// The state of one account.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountHealth {
    pub condition: Condition,
    /// By how many seconds it is late; of several meters the latest, without those that never
    /// reported.
    pub late_s: u32,
    /// Of a book its epoch, of a shard a bit for each silent slot, of a feed its number.
    pub detail: u64,
}

/// The state of all accounts examined, in their order.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Debug, PartialEq, Eq)]
pub struct SystemHealth {
    /// The chain's time, Unix seconds.
    pub now: i64,
    pub accounts: Vec<AccountHealth>,
}

impl AccountHealth {
    /// `condition` when `now` is after the deadline, both Unix seconds.
    fn due(condition: Condition, deadline: i64, now: i64, detail: u64) -> Self {
        let late_s = seconds_after(deadline, now);
        let condition = if late_s > 0 { condition } else { Condition::OnTime };
        Self { condition, late_s, detail }
    }

    /// A feed has to be observed before its last observation is stale.
    pub fn of_feed(feed: &Feed, now: i64) -> Self {
        Self::due(Condition::FeedStale, feed.fresh_until(), now, feed.number.into())
    }

    /// An epoch has to be closed and settled within the market's grace period after its end.
    pub fn of_book(book: &Book, grace_s: u32, now: i64) -> Self {
        let deadline = book.closes_at + i64::from(grace_s);
        let epoch = book.epoch.into();
        if book.is(BookState::Idle) || book.is(BookState::Settled) || book.is(BookState::Voided) {
            Self { condition: Condition::OnTime, late_s: 0, detail: epoch }
        } else if book.is(BookState::Open) {
            Self::due(Condition::EpochNotClosed, deadline, now, epoch)
        } else {
            Self::due(Condition::EpochNotSettled, deadline, now, epoch)
        }
    }

    /// An active meter may miss `tolerated` intervals; the next one is due at its end.
    pub fn of_shard(shard: &MeterShard, tolerated: u16, now: i64) -> Self {
        let (mut silent, mut late_s) = (0u64, 0u32);
        for (index, slot) in shard.attached().iter().enumerate().filter(|(_, slot)| slot.is_active()) {
            let due = (slot.newest + u64::from(tolerated) + 2) * u64::from(INTERVAL_S);
            let late = seconds_after(due as i64, now);
            if slot.newest == 0 {
                silent |= 1 << index;
            } else if late > 0 {
                silent |= 1 << index;
                late_s = late_s.max(late);
            }
        }
        let condition = if silent == 0 { Condition::OnTime } else { Condition::MetersSilent };
        Self { condition, late_s, detail: silent }
    }
}

fn seconds_after(deadline: i64, now: i64) -> u32 {
    now.saturating_sub(deadline).clamp(0, u32::MAX.into()) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::ReadingSlot;
    use bytemuck::Zeroable;

    fn book(state: BookState) -> Book {
        Book { state: state as u8, epoch: 7, closes_at: 9_000, ..Zeroable::zeroed() }
    }

    #[test]
    fn epoch_is_late_after_its_grace_period() {
        let open = book(BookState::Open);
        let on_time = AccountHealth { condition: Condition::OnTime, late_s: 0, detail: 7 };
        assert_eq!(AccountHealth::of_book(&open, 300, 9_300), on_time);
        let late = AccountHealth { condition: Condition::EpochNotClosed, late_s: 1, detail: 7 };
        assert_eq!(AccountHealth::of_book(&open, 300, 9_301), late);
        for state in [BookState::Closed, BookState::Clearing, BookState::Voiding] {
            let late = AccountHealth { condition: Condition::EpochNotSettled, late_s: 100, detail: 7 };
            assert_eq!(AccountHealth::of_book(&book(state), 0, 9_100), late);
        }
        for state in [BookState::Idle, BookState::Settled, BookState::Voided] {
            assert_eq!(AccountHealth::of_book(&book(state), 0, i64::MAX), on_time);
        }
    }

    #[test]
    fn meter_is_silent_after_the_tolerated_intervals() {
        let mut shard = Box::new(MeterShard::zeroed());
        shard.used = 3;
        for (index, newest) in [100, 99, 0].into_iter().enumerate() {
            let flags = if newest == 0 { 0 } else { ReadingSlot::ACTIVE };
            shard.slots[index] = ReadingSlot { newest, flags, ..Zeroable::zeroed() };
        }
        // Interval 99 was the last of the second meter; 100 is missed from its end at 101 * 900.
        let health = |shard: &MeterShard, tolerated, now| AccountHealth::of_shard(shard, tolerated, now);
        assert_eq!(health(&shard, 0, 101 * 900).condition, Condition::OnTime);
        let late = AccountHealth { condition: Condition::MetersSilent, late_s: 1, detail: 0b10 };
        assert_eq!(health(&shard, 0, 101 * 900 + 1), late);
        assert_eq!(health(&shard, 1, 102 * 900).condition, Condition::OnTime);
        let both = AccountHealth { condition: Condition::MetersSilent, late_s: 901, detail: 0b11 };
        assert_eq!(health(&shard, 1, 103 * 900 + 1), both);
        shard.slots[2].flags = ReadingSlot::ACTIVE;
        let never = AccountHealth { condition: Condition::MetersSilent, late_s: 0, detail: 0b100 };
        assert_eq!(health(&shard, 1, 101 * 900), never);
    }
}
