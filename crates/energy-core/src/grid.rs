//! The grid that prices and quantities sit on, chosen so that no trade ever rounds.

use crate::units::WH_PER_KWH;

/// A market's price ticks and energy lots.
///
/// Tick `t` stands for the price `price_min + t * tick_size` in payment base units a kWh;
/// quantities are whole lots of `lot_wh` watt-hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grid {
    pub price_min: u64,
    pub tick_size: u64,
    pub tick_count: u16,
    pub lot_wh: u32,
}

/// Why a grid, a price or a quantity does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GridError {
    /// A size is zero, or fewer than two ticks.
    Empty,
    /// `lot_wh * tick_size` or `lot_wh * price_min` is not a multiple of 1,000, so that a
    /// lot would cost a fraction of a payment unit.
    Inexact,
    /// A lot at the highest price costs more than 2^32 - 1 payment units.
    TooDear,
    /// A price is not on a tick.
    OffGrid,
    /// A price lies below the first or above the last tick.
    OutOfBounds,
    /// A quantity is zero, not a whole number of lots, or above 2^32 - 1 lots.
    NotLots,
}

impl Grid {
    /// Checks that a lot at every tick costs a whole number of payment units that fits
    /// 32 bits. Then `lots * lot_value(tick)` is exact and fits 64 bits for any order.
    pub fn validate(&self) -> Result<(), GridError> {
        if self.tick_size == 0 || self.lot_wh == 0 || self.tick_count < 2 {
            return Err(GridError::Empty);
        }
        let lot = u128::from(self.lot_wh);
        let wh = u128::from(WH_PER_KWH);
        if (lot * u128::from(self.tick_size)) % wh != 0 || (lot * u128::from(self.price_min)) % wh != 0 {
            return Err(GridError::Inexact);
        }
        let last = u128::from(self.price_min) + u128::from(self.tick_size) * u128::from(self.tick_count - 1);
        if lot * last / wh > u128::from(u32::MAX) {
            return Err(GridError::TooDear);
        }
        Ok(())
    }

    /// Payment units of one lot at tick 0. Meaningful on a valid grid.
    pub fn first_lot_value(&self) -> u32 {
        (u64::from(self.lot_wh) * self.price_min / WH_PER_KWH) as u32
    }

    /// Payment units that one tick adds to the value of a lot. Meaningful on a valid grid.
    pub fn tick_lot_value(&self) -> u32 {
        (u64::from(self.lot_wh) * self.tick_size / WH_PER_KWH) as u32
    }

    /// The tick of `price` (payment base units a kWh).
    pub fn tick_of(&self, price: u64) -> Result<u16, GridError> {
        let above = price.checked_sub(self.price_min).ok_or(GridError::OutOfBounds)?;
        let tick = above / self.tick_size;
        if tick >= u64::from(self.tick_count) {
            return Err(GridError::OutOfBounds);
        }
        // On proven ranges: tick * tick_size <= above.
        if tick.wrapping_mul(self.tick_size) != above {
            return Err(GridError::OffGrid);
        }
        Ok(tick as u16)
    }

    /// The price of `tick` in payment base units a kWh.
    pub fn price_of(&self, tick: u16) -> u64 {
        self.price_min + u64::from(tick).wrapping_mul(self.tick_size)
    }

    /// The first and the last tick whose prices lie within `floor..=ceiling`, or `None` when no
    /// tick does. Meaningful on a valid grid.
    pub fn ticks_within(&self, floor: u64, ceiling: u64) -> Option<(u16, u16)> {
        let last = u64::from(self.tick_count - 1);
        let first_above = floor.saturating_sub(self.price_min).div_ceil(self.tick_size);
        let last_below = (ceiling.checked_sub(self.price_min)? / self.tick_size).min(last);
        // Neither exceeds `last`, which has 16 bits.
        (first_above <= last_below).then_some((first_above as u16, last_below as u16))
    }

    /// The number of lots in `energy_wh`.
    pub fn lots_of(&self, energy_wh: u64) -> Result<u32, GridError> {
        let lot = u64::from(self.lot_wh);
        let lots = energy_wh / lot;
        if lots == 0 || lots > u64::from(u32::MAX) || lots.wrapping_mul(lot) != energy_wh {
            return Err(GridError::NotLots);
        }
        Ok(lots as u32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EURO: Grid = Grid { price_min: 0, tick_size: 1_000, tick_count: 512, lot_wh: 10 };

    #[test]
    fn a_cent_a_kwh_on_ten_wh_is_exact() {
        assert_eq!(EURO.validate(), Ok(()));
        assert_eq!((EURO.first_lot_value(), EURO.tick_lot_value()), (0, 10));
        assert_eq!(EURO.tick_of(320_000), Ok(320));
        assert_eq!(EURO.price_of(320), 320_000);
        assert_eq!(EURO.lots_of(2_500), Ok(250));
    }

    #[test]
    fn refuses_grids_that_would_round() {
        assert_eq!(Grid { lot_wh: 1, tick_size: 999, ..EURO }.validate(), Err(GridError::Inexact));
        assert_eq!(Grid { price_min: 1, ..EURO }.validate(), Err(GridError::Inexact));
        assert_eq!(Grid { tick_count: 1, ..EURO }.validate(), Err(GridError::Empty));
        assert_eq!(Grid { tick_size: u64::MAX - 615, ..EURO }.validate(), Err(GridError::TooDear));
    }

    #[test]
    fn bounds_are_taken_inward_to_ticks() {
        assert_eq!(EURO.ticks_within(0, u64::MAX), Some((0, 511)));
        assert_eq!(EURO.ticks_within(50_000, 300_000), Some((50, 300)));
        assert_eq!(EURO.ticks_within(49_001, 300_999), Some((50, 300)));
        assert_eq!(EURO.ticks_within(300_000, 300_000), Some((300, 300)));
        let from_two = Grid { price_min: 2_000, ..EURO };
        assert_eq!(from_two.ticks_within(0, 2_999), Some((0, 0)));
    }

    #[test]
    fn bounds_without_a_tick_between_them_are_none() {
        assert_eq!(EURO.ticks_within(300_001, 300_999), None);
        assert_eq!(EURO.ticks_within(300_000, 299_000), None);
        assert_eq!(EURO.ticks_within(511_001, u64::MAX), None);
        assert_eq!(EURO.ticks_within(u64::MAX, u64::MAX), None);
        assert_eq!(Grid { price_min: 2_000, ..EURO }.ticks_within(0, 1_999), None);
    }

    #[test]
    fn refuses_what_is_off_the_grid() {
        assert_eq!(EURO.tick_of(1_500), Err(GridError::OffGrid));
        assert_eq!(EURO.tick_of(512_000), Err(GridError::OutOfBounds));
        assert_eq!(Grid { price_min: 2_000, ..EURO }.tick_of(1_000), Err(GridError::OutOfBounds));
        assert_eq!(EURO.lots_of(0), Err(GridError::NotLots));
        assert_eq!(EURO.lots_of(15), Err(GridError::NotLots));
        assert_eq!(EURO.lots_of(u64::MAX / 10 * 10), Err(GridError::NotLots));
    }
}
