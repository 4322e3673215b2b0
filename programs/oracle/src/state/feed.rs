use anchor_lang::prelude::*;

use crate::{constants::MAX_FEED_DECIMALS, errors::OracleError, text::is_text};

/// The latest observation of one quantity outside the market, such as a price, the weather or
/// the load of the grid.
#[account]
#[derive(InitSpace)]
pub struct Feed {
    pub version: u8,
    pub bump: u8,
    /// Position among all feeds, from 0.
    pub number: u16,
    /// UTF-8 text, padded with zero bytes, as the unit, which may be empty.
    pub name: [u8; 32],
    pub unit: [u8; 16],
    /// The quantity is `value` times ten to the minus `decimals`, in `unit`.
    pub decimals: i8,
    /// An observation older than this is stale, seconds.
    pub max_age_s: u32,
    pub value: i64,
    /// When the value was observed, Unix seconds; 0 before the first observation.
    pub observed_at: i64,
    /// When and in which slot it arrived here.
    pub updated_at: i64,
    pub updated_slot: u64,
    /// Observations so far.
    pub updates: u64,
    /// When the feed was created, Unix seconds.
    pub created_at: i64,
    /// When the first observation was made, Unix seconds.
    pub first_observed_at: i64,
    /// Seconds from the first to the last observation in which the latest one was fresh.
    pub fresh_s: u64,
    pub reserved: [u8; 32],
}

impl Feed {
    /// Whether the last observation is young enough to rely on at `now`, Unix seconds.
    pub fn is_fresh(&self, now: i64) -> bool {
        self.updates > 0 && now <= self.fresh_until()
    }

    /// Until when the last observation is fresh; before the first one, until when it is awaited.
    pub fn fresh_until(&self) -> i64 {
        let since = if self.updates > 0 { self.observed_at } else { self.created_at };
        since + i64::from(self.max_age_s)
    }

    /// Errors: `InvalidFeed`.
    pub fn validate(&self) -> Result<()> {
        let decimals = -MAX_FEED_DECIMALS..=MAX_FEED_DECIMALS;
        let named = is_text(&self.name) && (self.unit == [0; 16] || is_text(&self.unit));
        require!(named && decimals.contains(&self.decimals) && self.max_age_s > 0, OracleError::InvalidFeed);
        Ok(())
    }

    /// Takes over an observation that arrives at `now`, Unix seconds.
    ///
    /// Errors: `ObservationInFuture`, `ObservationNotNewer`.
    pub fn observe(&mut self, value: i64, observed_at: i64, now: i64, slot: u64) -> Result<()> {
        require!(observed_at <= now, OracleError::ObservationInFuture);
        // Before the first one it is 0, so no observation is dated before 1970.
        require!(observed_at > self.observed_at, OracleError::ObservationNotNewer);
        if self.updates == 0 {
            self.first_observed_at = observed_at;
        } else {
            let gap = observed_at - self.observed_at;
            self.fresh_s += gap.min(i64::from(self.max_age_s)) as u64;
        }
        self.value = value;
        self.observed_at = observed_at;
        self.updated_at = now;
        self.updated_slot = slot;
        self.updates += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feed() -> Feed {
        let mut feed = Feed {
            version: 1,
            bump: 255,
            number: 0,
            name: [0; 32],
            unit: [0; 16],
            decimals: 1,
            max_age_s: 60,
            value: 0,
            observed_at: 0,
            updated_at: 0,
            updated_slot: 0,
            updates: 0,
            created_at: 900,
            first_observed_at: 0,
            fresh_s: 0,
            reserved: [0; 32],
        };
        feed.name[..4].copy_from_slice(b"load");
        feed
    }

    #[test]
    fn value_is_fresh_until_its_greatest_age() {
        let mut feed = feed();
        assert!(!feed.is_fresh(900));
        assert_eq!(feed.fresh_until(), 960);
        feed.observe(-5, 1_000, 1_010, 7).unwrap();
        assert!(feed.is_fresh(1_060));
        assert!(!feed.is_fresh(1_061));
    }

    #[test]
    fn observations_follow_one_another_and_never_the_future() {
        let mut feed = feed();
        feed.observe(1, 1_000, 1_000, 7).unwrap();
        let refused = feed.observe(2, 1_000, 1_010, 8).unwrap_err();
        assert_eq!(refused, OracleError::ObservationNotNewer.into());
        let refused = feed.observe(2, 1_011, 1_010, 8).unwrap_err();
        assert_eq!(refused, OracleError::ObservationInFuture.into());
        feed.observe(2, 1_010, 1_010, 8).unwrap();
        assert_eq!((feed.value, feed.updates, feed.updated_slot), (2, 2, 8));
    }

    #[test]
    fn gaps_beyond_the_greatest_age_do_not_count_as_fresh() {
        let mut feed = feed();
        for observed_at in [1_000, 1_050, 1_200] {
            feed.observe(1, observed_at, 2_000, 7).unwrap();
        }
        assert_eq!((feed.first_observed_at, feed.fresh_s), (1_000, 50 + 60));
    }

    #[test]
    fn names_are_text_and_limits_have_a_meaning() {
        assert!(feed().validate().is_ok());
        let broken: [fn(&mut Feed); 6] = [
            |feed| feed.name = [0; 32],
            |feed| feed.name[6] = b'x',
            |feed| feed.name[1] = 0xff,
            |feed| feed.unit[3] = b'x',
            |feed| feed.decimals = 19,
            |feed| feed.max_age_s = 0,
        ];
        for change in broken {
            let mut feed = feed();
            change(&mut feed);
            assert_eq!(feed.validate().unwrap_err(), OracleError::InvalidFeed.into());
        }
    }
}
