use anchor_lang::prelude::*;

use crate::{constants::*, errors::GovernanceError};

/// Which areas of the market stand still, and since when.
#[account]
#[derive(InitSpace, Debug, PartialEq, Eq)]
pub struct Pause {
    /// Layout version, 1.
    pub version: u8,
    /// Canonical bump of this address.
    pub bump: u8,
    /// One bit an area, set while the area is paused; see the `AREA_` constants.
    pub areas: u8,
    /// When each area was paused [unix seconds], in bit order; 0 while it runs.
    pub since: [i64; 8],
    pub reserved: [u8; 32],
}

impl Pause {
    /// Everything runs.
    pub fn running(bump: u8) -> Self {
        Self { version: ACCOUNT_VERSION, bump, areas: 0, since: [0; 8], reserved: [0; 32] }
    }

    /// Whether `area` (one of the `AREA_` constants) is paused.
    pub fn is_paused(&self, area: u8) -> bool {
        self.areas & area != 0
    }

    /// The paused areas in the data of an account of this type, without decoding the rest; `None`
    /// when it is too short.
    #[inline(always)]
    pub fn areas_in(data: &[u8]) -> Option<u8> {
        data.get(..Self::DISCRIMINATOR.len() + Self::INIT_SPACE).map(|data| data[Self::AREAS_AT])
    }

    /// Where `areas` lies, after the discriminator, version and bump.
    const AREAS_AT: usize = Self::DISCRIMINATOR.len() + 2;

    /// When `area` was paused [unix seconds]; 0 while it runs.
    pub fn since(&self, area: u8) -> i64 {
        debug_assert!(area.is_power_of_two());
        self.since[area.trailing_zeros() as usize & 7]
    }

    /// Pauses `areas`. An area that is paused already keeps its time, so that pausing
    /// again cannot put off what becomes possible after a long pause.
    pub fn pause(&mut self, areas: u8, now: i64) -> Result<()> {
        require_known(areas)?;
        for bit in bits(areas & !self.areas) {
            self.since[bit] = now;
        }
        self.areas |= areas;
        Ok(())
    }

    /// Lets `areas` run again; those that run already are left alone.
    pub fn resume(&mut self, areas: u8) -> Result<()> {
        require_known(areas)?;
        for bit in bits(areas) {
            self.since[bit] = 0;
        }
        self.areas &= !areas;
        Ok(())
    }
}

fn require_known(areas: u8) -> Result<()> {
    require!(areas != 0 && areas & !ALL_AREAS == 0, GovernanceError::UnknownPauseArea);
    Ok(())
}

fn bits(areas: u8) -> impl Iterator<Item = usize> {
    (0..8).filter(move |bit| areas & (1 << bit) != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pausing_touches_only_the_named_areas() {
        let mut pause = Pause::running(1);
        pause.pause(AREA_TRADING | AREA_METERING, 100).unwrap();
        assert!(pause.is_paused(AREA_TRADING) && pause.is_paused(AREA_METERING));
        assert!(!pause.is_paused(AREA_CLEARING) && !pause.is_paused(AREA_REGISTRATION));
        assert_eq!(pause.since(AREA_METERING), 100);
        assert_eq!(pause.since(AREA_CLEARING), 0);
    }

    #[test]
    fn pausing_again_keeps_the_first_time() {
        let mut pause = Pause::running(1);
        pause.pause(AREA_CLEARING, 100).unwrap();
        pause.pause(AREA_CLEARING | AREA_TRADING, 200).unwrap();
        assert_eq!(pause.since(AREA_CLEARING), 100);
        assert_eq!(pause.since(AREA_TRADING), 200);
    }

    #[test]
    fn resuming_leaves_the_other_areas_paused() {
        let mut pause = Pause::running(1);
        pause.pause(ALL_AREAS, 100).unwrap();
        pause.resume(AREA_TRADING).unwrap();
        assert!(!pause.is_paused(AREA_TRADING));
        assert_eq!(pause.since(AREA_TRADING), 0);
        assert!(pause.is_paused(AREA_CLEARING));
        pause.resume(ALL_AREAS).unwrap();
        assert_eq!(pause, Pause::running(1));
    }

    #[test]
    fn areas_are_found_in_the_bytes_of_an_account() {
        let pause = Pause { areas: AREA_TRADING | AREA_METERING, ..Pause::running(255) };
        let mut data = Vec::new();
        pause.try_serialize(&mut data).unwrap();
        assert_eq!(Pause::areas_in(&data), Some(AREA_TRADING | AREA_METERING));
        assert_eq!(Pause::areas_in(&data[..data.len() - 1]), None);
    }

    #[test]
    fn unknown_or_no_areas_are_refused() {
        let error = GovernanceError::UnknownPauseArea;
        for areas in [0, 16, ALL_AREAS | 128] {
            let mut pause = Pause::running(1);
            assert_eq!(pause.pause(areas, 1).unwrap_err(), error.into());
            assert_eq!(pause.resume(areas).unwrap_err(), error.into());
            assert_eq!(pause, Pause::running(1));
        }
    }
}
