//! Energy in watt-hours and in base units of the GRID token.

/// GRID base units of one watt-hour: 1 GRID = 1 kWh = 10^9 base units.
pub const GRID_UNITS_PER_WH: u64 = 1_000_000;

/// Watt-hours of one kilowatt-hour.
pub const WH_PER_KWH: u64 = 1_000;

/// GRID base units of `energy_wh`, or `None` when they exceed a u64 (18.4 TWh).
pub fn grid_units(energy_wh: u64) -> Option<u64> {
    // Compared rather than `checked_mul`: a checked 64-bit product costs a 128-bit one on sBPF.
    (energy_wh <= u64::MAX / GRID_UNITS_PER_WH).then(|| energy_wh.wrapping_mul(GRID_UNITS_PER_WH))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_hundred_kwh_is_one_hundred_grid() {
        assert_eq!(grid_units(100 * WH_PER_KWH), Some(100_000_000_000));
    }

    #[test]
    fn refuses_what_does_not_fit() {
        let most = u64::MAX / GRID_UNITS_PER_WH;
        assert!(grid_units(most).is_some());
        assert_eq!(grid_units(most + 1), None);
    }
}
