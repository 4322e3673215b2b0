use anchor_lang::prelude::*;
use energy_core::calendar;

use super::{same_key, Seat, SEAT_EMPTY, SIDE_BID};
use crate::errors::*;

/// What an agent may spend of its seat, on a day and in a calendar month (UTC), and until when:
/// payment base units, Wh, Unix seconds.
#[derive(AnchorSerialize, AnchorDeserialize, InitSpace, Clone, Copy, Debug, PartialEq, Eq)]
pub struct AgentLimits {
    pub payment_per_day: u64,
    pub payment_per_month: u64,
    pub energy_per_day: u64,
    pub energy_per_month: u64,
    /// 0 for no end.
    pub expires_at: i64,
}

impl AgentLimits {
    pub fn require_in_time(&self, now: i64) -> Result<()> {
        ensure!(self.expires_at == 0 || now < self.expires_at, TradingError::AgentExpired);
        Ok(())
    }
}

/// What a seat has spent in trading since it was opened: payment base units and Wh, below zero
/// where it got more than it gave.
#[derive(AnchorSerialize, AnchorDeserialize, InitSpace, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spent {
    pub payment: i64,
    pub energy: i64,
}

/// A key that may trade for a seat, within limits. Address: `["agent", ledger, seat u16, ordinal]`, so
/// that all agents of a seat can be listed.
#[account]
#[derive(InitSpace)]
pub struct Agent {
    pub version: u8,
    pub bump: u8,
    pub market_id: u32,
    pub ledger: Pubkey,
    pub seat: u16,
    pub ordinal: u8,
    /// The agent's key.
    pub key: Pubkey,
    /// Who granted it. The grant ends when the seat has another owner, or is closed.
    pub owner: Pubkey,
    /// When the seat was opened, as the seat says.
    pub opened_at: u32,
    pub limits: AgentLimits,
    /// The last day and month (UTC) in which the agent placed orders, counted from 1970.
    pub day: u32,
    pub month: u32,
    /// What the seat had spent when the agent first placed orders on this day, and in this month.
    pub day_start: Spent,
    pub month_start: Spent,
    pub reserved: [u8; 64],
}

impl Agent {
    /// The seat that the agent trades for at `now`, Unix seconds, while its grant holds.
    pub fn seat_in<'a>(&self, seats: &'a mut [Seat], now: i64) -> Result<&'a mut Seat> {
        self.limits.require_in_time(now)?;
        let seat = seats.get_mut(usize::from(self.seat)).or_fail(TradingError::AgentNotAuthorized)?;
        ensure!(self.is_of(seat), TradingError::AgentNotAuthorized);
        Ok(seat)
    }

    /// Whether the grant was made by the owner that the seat has, since it was opened.
    pub fn is_of(&self, seat: &Seat) -> bool {
        seat.status != SEAT_EMPTY && seat.opened_at == self.opened_at && same_key(&seat.owner, &self.owner)
    }

    /// Remembers what `seat` has spent when `now`, Unix seconds, is in another day or month.
    pub fn begin(&mut self, seat: &Seat, now: i64) {
        let (day, month) = (calendar::day_of(now), calendar::month_of(now));
        if self.day != day {
            self.day = day;
            self.day_start = seat.spent();
        }
        if self.month != month {
            self.month = month;
            self.month_start = self.day_start;
        }
    }

    /// Fails when `seat` would have spent more than the limits, if all its orders were filled.
    ///
    /// An order adds to one asset only, so the other one is left alone.
    pub fn check_limits<const SIDE: u8>(&self, seat: &Seat) -> Result<()> {
        let limits = &self.limits;
        let (committed, day, month) = if SIDE == SIDE_BID {
            (
                seat.payment_in.wrapping_sub(seat.payment_free) as i64,
                (self.day_start.payment, limits.payment_per_day),
                (self.month_start.payment, limits.payment_per_month),
            )
        } else {
            (
                seat.energy_in.wrapping_sub(seat.energy_free) as i64,
                (self.day_start.energy, limits.energy_per_day),
                (self.month_start.energy, limits.energy_per_month),
            )
        };
        for (start, limit) in [day, month] {
            let spent = committed.wrapping_sub(start);
            ensure!(spent <= 0 || spent as u64 <= limit, TradingError::AgentLimitExceeded);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400;
    /// 31 December 2025.
    const NOW: i64 = 20_453 * DAY;

    fn agent() -> Agent {
        let limits = AgentLimits {
            payment_per_day: 100,
            payment_per_month: 250,
            energy_per_day: 10,
            energy_per_month: u64::MAX,
            expires_at: 0,
        };
        Agent {
            version: 1,
            bump: 255,
            market_id: 1,
            ledger: Pubkey::default(),
            seat: 0,
            ordinal: 0,
            key: Pubkey::default(),
            owner: Pubkey::default(),
            opened_at: 0,
            limits,
            day: 0,
            month: 0,
            day_start: Spent::default(),
            month_start: Spent::default(),
            reserved: [0; 64],
        }
    }

    fn seat(deposits: u64, free: u64, locked: u64) -> Seat {
        let mut seat: Seat = bytemuck::Zeroable::zeroed();
        seat.payment_in = deposits;
        seat.payment_free = free;
        seat.payment_locked = locked;
        seat
    }

    fn may(agent: &Agent, seat: &Seat) -> bool {
        agent.check_limits::<SIDE_BID>(seat).is_ok()
    }

    #[test]
    fn what_is_locked_counts_and_what_is_freed_does_not() {
        let mut agent = agent();
        agent.begin(&seat(1_000, 1_000, 0), NOW);
        assert!(may(&agent, &seat(1_000, 900, 100)));
        assert!(!may(&agent, &seat(1_000, 899, 101)));
        assert!(may(&agent, &seat(1_000, 900, 0)));
        assert!(!may(&agent, &seat(1_000, 899, 0)));
        assert!(may(&agent, &seat(1_000, 1_100, 0)), "earnings");
    }

    #[test]
    fn deposits_and_withdrawals_are_not_spending() {
        let mut agent = agent();
        agent.begin(&seat(1_000, 1_000, 0), NOW);
        assert!(!may(&agent, &seat(5_000, 4_899, 101)));
        assert!(may(&agent, &seat(0_u64.wrapping_sub(500), 0_u64.wrapping_sub(600), 100)));
    }

    #[test]
    fn a_new_day_starts_anew_and_a_month_goes_on() {
        let mut agent = agent();
        agent.begin(&seat(1_000, 1_000, 0), NOW - 2 * DAY);
        agent.begin(&seat(1_000, 900, 0), NOW - DAY);
        assert!(may(&agent, &seat(1_000, 800, 0)));
        agent.begin(&seat(1_000, 800, 0), NOW);
        assert!(may(&agent, &seat(1_000, 750, 0)));
        assert!(!may(&agent, &seat(1_000, 749, 0)), "the month's 250");
        agent.begin(&seat(1_000, 750, 0), NOW + DAY);
        assert!(may(&agent, &seat(1_000, 650, 0)));
        assert!(!may(&agent, &seat(1_000, 649, 0)), "the day's 100");
    }

    #[test]
    fn a_seat_that_earned_more_than_came_in_counts_below_zero() {
        let mut agent = agent();
        agent.begin(&seat(0, 700, 0), NOW);
        assert_eq!(agent.day_start.payment, -700);
        assert!(may(&agent, &seat(0, 600, 100)));
        assert!(!may(&agent, &seat(0, 599, 101)));
    }
}
