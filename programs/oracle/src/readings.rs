//! What makes a reading acceptable. Pure: no accounts, no clock, no heap.

use crate::{
    constants::{INTERVAL_MEMORY, INTERVAL_S},
    errors::OracleError,
    state::ReadingSlot,
};

/// Energy at a meter's connection point in one interval.
#[derive(Clone, Copy, Debug)]
pub struct Reading {
    /// Unix time of its beginning divided by 900.
    pub interval: u32,
    pub export_wh: u32,
    pub import_wh: u32,
}

impl Reading {
    /// Unpacks one record: the slot it is for, and the reading.
    ///
    /// Errors: `MalformedBatch` when it is not 12 bytes; `ReadingTooOld` when its age reaches
    /// back before interval 0.
    #[inline(always)]
    pub fn parse(record: &[u8], interval: u32) -> Result<(u16, Self), OracleError> {
        let &[s0, s1, a0, a1, e0, e1, e2, e3, i0, i1, i2, i3] = record else {
            return Err(OracleError::MalformedBatch);
        };
        let age = u32::from(u16::from_le_bytes([a0, a1]));
        let reading = Self {
            interval: interval
                .checked_sub(age)
                .ok_or(OracleError::ReadingTooOld)?,
            export_wh: u32::from_le_bytes([e0, e1, e2, e3]),
            import_wh: u32::from_le_bytes([i0, i1, i2, i3]),
        };
        Ok((u16::from_le_bytes([s0, s1]), reading))
    }
}

/// The intervals that are acceptable at one moment, whatever the meter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    pub oldest: u32,
    /// The first interval that is not over.
    pub running: u32,
}

impl Window {
    /// Intervals that ended no more than `max_age_s` before `now` (Unix seconds) and end no more
    /// than `future_s` after it.
    pub fn at(now: i64, max_age_s: u32, future_s: u32) -> Self {
        // The first interval that ends after a moment is the one the moment falls in.
        Self {
            oldest: interval_at(now - i64::from(max_age_s) - 1),
            running: interval_at(now + i64::from(future_s)),
        }
    }
}

/// The interval that a moment (Unix seconds) falls in; 0 for one before 1970.
pub fn interval_at(moment: i64) -> u32 {
    // Unsigned: the target has no signed division.
    let interval = moment.max(0) as u64 / u64::from(INTERVAL_S);
    u32::try_from(interval).unwrap_or(u32::MAX)
}

/// Whether `slot` may record `reading`.
///
/// Errors, the first that applies: `MeterInactive`; `ReadingInFuture`; `ReadingTooOld` outside
/// the window or more than 63 intervals behind the meter's newest; `DuplicateReading`;
/// `ReadingAboveRatedPower`; `ConsumerCannotExport`.
#[inline(always)]
pub fn accept(slot: &ReadingSlot, reading: &Reading, window: &Window) -> Result<(), OracleError> {
    if !slot.is_active() {
        return Err(OracleError::MeterInactive);
    }
    if reading.interval >= window.running {
        return Err(OracleError::ReadingInFuture);
    }
    if reading.interval < window.oldest {
        return Err(OracleError::ReadingTooOld);
    }
    if reading.interval <= slot.newest {
        let behind = slot.newest - reading.interval;
        if behind >= INTERVAL_MEMORY {
            return Err(OracleError::ReadingTooOld);
        }
        if slot.seen >> behind & 1 != 0 {
            return Err(OracleError::DuplicateReading);
        }
    }
    if reading.export_wh > slot.limit_wh || reading.import_wh > slot.limit_wh {
        return Err(OracleError::ReadingAboveRatedPower);
    }
    if reading.export_wh > 0 && !slot.may_export() {
        return Err(OracleError::ConsumerCannotExport);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytemuck::Zeroable;
    use OracleError::*;

    const NOW: i64 = 1_800_000_000;
    /// The interval that begins at `NOW`.
    const RUNNING: u32 = 2_000_000;
    const LAST: u32 = RUNNING - 1;

    fn window() -> Window {
        Window::at(NOW, 57_600, 0)
    }

    /// A prosumer's meter rated 40 kW: 10 kWh an interval.
    fn slot() -> ReadingSlot {
        ReadingSlot {
            flags: ReadingSlot::ACTIVE | ReadingSlot::MAY_EXPORT,
            limit_wh: 10_000,
            ..Zeroable::zeroed()
        }
    }

    fn reading(interval: u32) -> Reading {
        Reading {
            interval,
            export_wh: 3,
            import_wh: 5,
        }
    }

    fn submit(slot: &mut ReadingSlot, interval: u32) -> Result<(), OracleError> {
        accept(slot, &reading(interval), &window())?;
        slot.record(&reading(interval));
        Ok(())
    }

    #[test]
    fn record_is_little_endian_and_counts_back() {
        let record = [0x02, 0x01, 3, 0, 4, 0, 1, 0, 5, 0, 0, 1];
        let (slot, reading) = Reading::parse(&record, 100).unwrap();
        assert_eq!(slot, 0x0102);
        assert_eq!(reading.interval, 97);
        assert_eq!(reading.export_wh, 0x1_0004);
        assert_eq!(reading.import_wh, 0x100_0005);
    }

    #[test]
    fn age_before_the_first_interval_is_too_old() {
        let record = [0, 0, 101, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        assert_eq!(Reading::parse(&record, 100).unwrap_err(), ReadingTooOld);
    }

    #[test]
    fn interval_is_acceptable_from_the_second_it_ends() {
        assert_eq!(accept(&slot(), &reading(LAST), &window()), Ok(()));
        assert_eq!(
            accept(&slot(), &reading(RUNNING), &window()),
            Err(ReadingInFuture)
        );
        let before = Window::at(NOW - 1, 57_600, 0);
        assert_eq!(
            accept(&slot(), &reading(LAST), &before),
            Err(ReadingInFuture)
        );
    }

    #[test]
    fn future_tolerance_counts_from_the_end_of_the_interval() {
        let almost = Window::at(NOW, 57_600, 899);
        let whole = Window::at(NOW, 57_600, 900);
        assert_eq!(
            accept(&slot(), &reading(RUNNING), &almost),
            Err(ReadingInFuture)
        );
        assert_eq!(accept(&slot(), &reading(RUNNING), &whole), Ok(()));
    }

    #[test]
    fn interval_is_acceptable_until_the_last_second_of_its_age() {
        // Ends 3,600 s before NOW.
        let oldest = RUNNING - 5;
        assert_eq!(
            accept(&slot(), &reading(oldest), &Window::at(NOW, 3_600, 0)),
            Ok(())
        );
        let later = Window::at(NOW + 1, 3_600, 0);
        assert_eq!(
            accept(&slot(), &reading(oldest), &later),
            Err(ReadingTooOld)
        );
    }

    #[test]
    fn nothing_is_over_when_time_begins() {
        assert_eq!(
            Window::at(0, 57_600, 0),
            Window {
                oldest: 0,
                running: 0
            }
        );
        assert_eq!(
            Window::at(-5, 57_600, 0),
            Window {
                oldest: 0,
                running: 0
            }
        );
    }

    #[test]
    fn moments_far_off_stay_in_range() {
        assert_eq!(interval_at(i64::MAX), u32::MAX);
        assert_eq!(interval_at(i64::MIN), 0);
        assert_eq!(interval_at(NOW - 1), LAST);
        assert_eq!(interval_at(NOW), RUNNING);
    }

    #[test]
    fn each_interval_counts_once_in_any_order() {
        let mut slot = slot();
        for age in [40, 3, 63, 0, 1, 62, 2] {
            assert_eq!(submit(&mut slot, LAST - age), Ok(()));
        }
        for age in [40, 3, 63, 0, 1, 62, 2] {
            assert_eq!(submit(&mut slot, LAST - age), Err(DuplicateReading));
        }
        assert_eq!((slot.export_wh, slot.import_wh), (21, 35));
        assert_eq!(submit(&mut slot, LAST - 30), Ok(()));
    }

    #[test]
    fn memory_ends_63_intervals_behind_the_newest() {
        let mut slot = slot();
        slot.record(&reading(LAST));
        let long = Window::at(NOW, 900 * 100, 0);
        assert_eq!(accept(&slot, &reading(LAST - 63), &long), Ok(()));
        assert_eq!(
            accept(&slot, &reading(LAST - 64), &long),
            Err(ReadingTooOld)
        );
    }

    #[test]
    fn leap_of_64_intervals_forgets_all() {
        let mut slot = slot();
        slot.record(&reading(LAST - 64));
        slot.record(&reading(LAST));
        assert_eq!((slot.newest, slot.seen), (LAST, 1));
        slot.record(&reading(LAST + 63));
        assert_eq!(slot.seen, 1 << 63 | 1);
    }

    #[test]
    fn rated_power_bounds_each_direction() {
        let at = |export_wh, import_wh| Reading {
            interval: LAST,
            export_wh,
            import_wh,
        };
        let accept = |reading| accept(&slot(), &reading, &window());
        assert_eq!(accept(at(10_000, 10_000)), Ok(()));
        assert_eq!(accept(at(10_001, 0)), Err(ReadingAboveRatedPower));
        assert_eq!(accept(at(0, 10_001)), Err(ReadingAboveRatedPower));
    }

    #[test]
    fn consumer_may_only_import() {
        let mut consumer = slot();
        consumer.flags = ReadingSlot::ACTIVE;
        let import = Reading {
            export_wh: 0,
            ..reading(LAST)
        };
        assert_eq!(accept(&consumer, &import, &window()), Ok(()));
        assert_eq!(
            accept(&consumer, &reading(LAST), &window()),
            Err(ConsumerCannotExport)
        );
    }

    #[test]
    fn inactive_meter_may_not_report() {
        let mut inactive = slot();
        inactive.flags = ReadingSlot::MAY_EXPORT;
        assert_eq!(
            accept(&inactive, &reading(LAST), &window()),
            Err(MeterInactive)
        );
    }
}
