//! The market's clock: epochs of equal length counted from an anchor.

/// Epochs since an anchor. Epoch `anchor_epoch` starts at `anchor_ts` (Unix seconds) and
/// every epoch lasts `length_s` seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EpochClock {
    pub anchor_ts: i64,
    pub anchor_epoch: u32,
    pub length_s: u32,
}

impl EpochClock {
    /// The epoch that `now` (Unix seconds) falls into, with its bounds `[start, end)`.
    /// `None` before the anchor, with a zero length, or past the last countable epoch.
    pub fn at(&self, now: i64) -> Option<Epoch> {
        let since = u64::try_from(now.checked_sub(self.anchor_ts)?).ok()?;
        let passed = u32::try_from(since.checked_div(u64::from(self.length_s))?).ok()?;
        let starts_at = self.anchor_ts + i64::from(passed) * i64::from(self.length_s);
        Some(Epoch {
            index: self.anchor_epoch.checked_add(passed)?,
            starts_at,
            ends_at: starts_at + i64::from(self.length_s),
        })
    }

    /// The clock that runs on with another length from the end of the epoch at `now`:
    /// the first epoch of the new length is the next one, which nobody can have opened yet.
    pub fn with_length_after(&self, now: i64, length_s: u32) -> Option<EpochClock> {
        let current = self.at(now)?;
        Some(EpochClock { anchor_ts: current.ends_at, anchor_epoch: current.index.checked_add(1)?, length_s })
    }
}

/// One epoch: index and bounds in Unix seconds, start inclusive, end exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Epoch {
    pub index: u32,
    pub starts_at: i64,
    pub ends_at: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLOCK: EpochClock = EpochClock { anchor_ts: 1_000, anchor_epoch: 1, length_s: 900 };

    #[test]
    fn bounds_are_half_open() {
        assert_eq!(CLOCK.at(999), None);
        assert_eq!(CLOCK.at(1_000), Some(Epoch { index: 1, starts_at: 1_000, ends_at: 1_900 }));
        assert_eq!(CLOCK.at(1_899).unwrap().index, 1);
        assert_eq!(CLOCK.at(1_900), Some(Epoch { index: 2, starts_at: 1_900, ends_at: 2_800 }));
    }

    #[test]
    fn a_new_length_starts_with_the_next_epoch() {
        let next = CLOCK.with_length_after(2_000, 60).unwrap();
        assert_eq!(next, EpochClock { anchor_ts: 2_800, anchor_epoch: 3, length_s: 60 });
        assert_eq!(next.at(2_800).unwrap().index, 3);
        assert_eq!(next.at(2_860).unwrap().index, 4);
    }

    #[test]
    fn zero_length_and_overflow_have_no_epoch() {
        assert_eq!(EpochClock { length_s: 0, ..CLOCK }.at(5_000), None);
        assert_eq!(EpochClock { anchor_epoch: u32::MAX, ..CLOCK }.at(1_900), None);
        assert_eq!(CLOCK.at(i64::MAX), None);
    }
}
