//! What makes a reading acceptable. Pure: no accounts, no clock, no heap.

use anchor_lang::prelude::Pubkey;
use bytemuck::{Pod, Zeroable};

use crate::{
    constants::{INTERVAL_MEMORY, INTERVAL_S, RECORD_LEN},
    errors::OracleError,
    state::ReadingSlot,
};

/// Energy at a meter's connection point in one interval. All in 64 bits, which the target
/// computes with.
#[derive(Clone, Copy, Debug)]
pub struct Reading {
    /// Unix time of its beginning divided by 900.
    pub interval: u64,
    pub export_wh: u64,
    pub import_wh: u64,
}

/// A reading as a batch carries it: little-endian, at any address.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
pub struct PackedReading {
    pub slot: [u8; 2],
    /// Intervals before the batch's own.
    pub age: [u8; 2],
    pub export_wh: [u8; 4],
    pub import_wh: [u8; 4],
}

const _: () = assert!(size_of::<PackedReading>() == RECORD_LEN as usize);

impl PackedReading {
    pub fn slot(&self) -> usize {
        usize::from(u16::from_le_bytes(self.slot))
    }

    /// The reading of a batch for `interval`.
    ///
    /// Errors: `ReadingTooOld` when its age reaches back before interval 0.
    #[inline(always)]
    pub fn unpack(&self, interval: u64) -> Result<Reading, OracleError> {
        let age = u64::from(u16::from_le_bytes(self.age));
        let interval = interval.checked_sub(age);
        Ok(Reading {
            interval: interval.ok_or(OracleError::ReadingTooOld)?,
            export_wh: u32::from_le_bytes(self.export_wh).into(),
            import_wh: u32::from_le_bytes(self.import_wh).into(),
        })
    }
}

/// The intervals that are acceptable at one moment, whatever the meter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    pub oldest: u64,
    /// The first interval that is not over.
    pub running: u64,
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
pub fn interval_at(moment: i64) -> u64 {
    // Unsigned: the target has no signed division.
    moment.max(0) as u64 / u64::from(INTERVAL_S)
}

/// Which of the latest 64 intervals are accounted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Memory {
    /// 0 before the first.
    pub newest: u64,
    /// Bit `i` is interval `newest - i`.
    pub seen: u64,
}

impl Memory {
    /// The same with `interval` accounted for.
    ///
    /// Errors: `ReadingTooOld` when it lies more than 63 intervals back, where nothing is
    /// remembered; `DuplicateReading` when it is accounted for already.
    #[inline(always)]
    pub fn with(self, interval: u64) -> Result<Self, OracleError> {
        let Some(behind) = self.newest.checked_sub(interval) else {
            let ahead = interval - self.newest;
            let seen = if ahead < INTERVAL_MEMORY { self.seen << ahead } else { 0 };
            return Ok(Self { newest: interval, seen: seen | 1 });
        };
        if behind >= INTERVAL_MEMORY {
            return Err(OracleError::ReadingTooOld);
        }
        let bit = 1 << behind;
        if self.seen & bit != 0 {
            return Err(OracleError::DuplicateReading);
        }
        Ok(Self { newest: self.newest, seen: self.seen | bit })
    }
}

/// Whether `slot` may record `reading`, and what it then remembers.
///
/// Errors, the first that applies: `MeterInactive`; `ReadingInFuture`; `ReadingTooOld` outside
/// the window or the slot's memory; `DuplicateReading`; `ReadingAboveRatedPower`;
/// `ConsumerCannotExport`.
#[inline(always)]
pub fn accept(slot: &ReadingSlot, reading: &Reading, window: &Window) -> Result<Memory, OracleError> {
    if !slot.is_active() {
        return Err(OracleError::MeterInactive);
    }
    if reading.interval >= window.running {
        return Err(OracleError::ReadingInFuture);
    }
    if reading.interval < window.oldest {
        return Err(OracleError::ReadingTooOld);
    }
    let memory = slot.memory().with(reading.interval)?;
    let limit_wh = u64::from(slot.limit_wh);
    if reading.export_wh > limit_wh || reading.import_wh > limit_wh {
        return Err(OracleError::ReadingAboveRatedPower);
    }
    if reading.export_wh > 0 && !slot.may_export() {
        return Err(OracleError::ConsumerCannotExport);
    }
    Ok(memory)
}

/// A batch of readings, and what is known of it before any of them is looked at.
pub struct Batch<'a> {
    pub records: &'a [PackedReading],
    /// The interval the records' ages count back from.
    pub interval: u64,
    pub window: Window,
    /// The one key whose meter may be in the batch; `None` lets all meters be.
    pub meter_key: Option<&'a Pubkey>,
}

impl Batch<'_> {
    /// Records every reading in its slot and returns the energy exported and imported [Wh].
    ///
    /// Stops at the first refusal, with some slots changed: the transaction undoes them.
    ///
    /// Errors: `MeterNotFound`; `UnauthorizedOperator` for another meter than the key's; those of
    /// `unpack` and `accept`.
    // Alone in its function the loop has all registers to itself.
    #[inline(never)]
    pub fn record(&self, slots: &mut [ReadingSlot]) -> Result<(u64, u64), OracleError> {
        let (mut export_wh, mut import_wh) = (0u64, 0u64);
        for record in self.records {
            let slot = slots.get_mut(record.slot());
            let slot = slot.ok_or(OracleError::MeterNotFound)?;
            if self.meter_key.is_some_and(|key| slot.meter_key != *key) {
                return Err(OracleError::UnauthorizedOperator);
            }
            let reading = record.unpack(self.interval)?;
            let memory = accept(slot, &reading, &self.window)?;
            slot.record(&reading, memory);
            // No transaction holds enough 32-bit amounts to fill 64 bits.
            export_wh = export_wh.wrapping_add(reading.export_wh);
            import_wh = import_wh.wrapping_add(reading.import_wh);
        }
        Ok((export_wh, import_wh))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use OracleError::*;

    const NOW: i64 = 1_800_000_000;
    /// The interval that begins at `NOW`.
    const RUNNING: u64 = 2_000_000;
    const LAST: u64 = RUNNING - 1;

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

    fn reading(interval: u64) -> Reading {
        Reading { interval, export_wh: 3, import_wh: 5 }
    }

    fn submit(slot: &mut ReadingSlot, interval: u64) -> Result<(), OracleError> {
        let memory = accept(slot, &reading(interval), &window())?;
        slot.record(&reading(interval), memory);
        Ok(())
    }

    #[test]
    fn record_is_little_endian_and_counts_back() {
        let record = [0x02, 0x01, 3, 0, 4, 0, 1, 0, 5, 0, 0, 1];
        let record: &PackedReading = bytemuck::from_bytes(&record);
        let reading = record.unpack(100).unwrap();
        assert_eq!(record.slot(), 0x0102);
        assert_eq!(reading.interval, 97);
        assert_eq!(reading.export_wh, 0x1_0004);
        assert_eq!(reading.import_wh, 0x100_0005);
    }

    #[test]
    fn age_before_the_first_interval_is_too_old() {
        let record = [0, 0, 101, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        let record: &PackedReading = bytemuck::from_bytes(&record);
        assert_eq!(record.unpack(100).unwrap_err(), ReadingTooOld);
    }

    #[test]
    fn interval_is_acceptable_from_the_second_it_ends() {
        assert!(accept(&slot(), &reading(LAST), &window()).is_ok());
        assert_eq!(accept(&slot(), &reading(RUNNING), &window()), Err(ReadingInFuture));
        let before = Window::at(NOW - 1, 57_600, 0);
        assert_eq!(accept(&slot(), &reading(LAST), &before), Err(ReadingInFuture));
    }

    #[test]
    fn future_tolerance_counts_from_the_end_of_the_interval() {
        let almost = Window::at(NOW, 57_600, 899);
        let whole = Window::at(NOW, 57_600, 900);
        assert_eq!(accept(&slot(), &reading(RUNNING), &almost), Err(ReadingInFuture));
        assert!(accept(&slot(), &reading(RUNNING), &whole).is_ok());
    }

    #[test]
    fn interval_is_acceptable_until_the_last_second_of_its_age() {
        // Ends 3,600 s before NOW.
        let oldest = RUNNING - 5;
        assert!(accept(&slot(), &reading(oldest), &Window::at(NOW, 3_600, 0)).is_ok());
        let later = Window::at(NOW + 1, 3_600, 0);
        assert_eq!(accept(&slot(), &reading(oldest), &later), Err(ReadingTooOld));
    }

    #[test]
    fn nothing_is_over_when_time_begins() {
        assert_eq!(Window::at(0, 57_600, 0), Window { oldest: 0, running: 0 });
        assert_eq!(Window::at(-5, 57_600, 0), Window { oldest: 0, running: 0 });
    }

    #[test]
    fn moments_before_1970_fall_in_the_first_interval() {
        assert_eq!(interval_at(i64::MAX), i64::MAX as u64 / 900);
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
        let memory = Memory { newest: LAST, seen: 1 };
        assert_eq!(memory.with(LAST - 63).unwrap().seen, 1 << 63 | 1);
        assert_eq!(memory.with(LAST - 64), Err(ReadingTooOld));
    }

    #[test]
    fn leap_of_64_intervals_forgets_all() {
        let memory = Memory { newest: LAST, seen: u64::MAX };
        assert_eq!(memory.with(LAST + 63).unwrap().seen, 1 << 63 | 1);
        let leapt = Memory { newest: LAST + 64, seen: 1 };
        assert_eq!(memory.with(LAST + 64), Ok(leapt));
    }

    fn packed(slot: u16, age: u16) -> PackedReading {
        PackedReading {
            slot: slot.to_le_bytes(),
            age: age.to_le_bytes(),
            export_wh: 3u32.to_le_bytes(),
            import_wh: 5u32.to_le_bytes(),
        }
    }

    #[test]
    fn batch_adds_up_and_names_what_it_refuses() {
        let key = Pubkey::new_from_array([7; 32]);
        let mut slots = [slot(), slot()];
        slots[0].meter_key = key;
        let mut record = |records: &[PackedReading], meter_key| {
            let batch = Batch { records, interval: LAST, window: window(), meter_key };
            batch.record(&mut slots)
        };
        assert_eq!(record(&[packed(0, 0), packed(1, 0)], None), Ok((6, 10)));
        assert_eq!(record(&[packed(0, 1), packed(0, 2)], Some(&key)), Ok((6, 10)));
        assert_eq!(record(&[packed(1, 1)], Some(&key)), Err(UnauthorizedOperator));
        assert_eq!(record(&[packed(1, 0)], None), Err(DuplicateReading));
        assert_eq!(record(&[packed(2, 0)], None), Err(MeterNotFound));
    }

    #[test]
    fn rated_power_bounds_each_direction() {
        let at = |export_wh, import_wh| Reading { interval: LAST, export_wh, import_wh };
        let accept = |reading| accept(&slot(), &reading, &window()).map(drop);
        assert_eq!(accept(at(10_000, 10_000)), Ok(()));
        assert_eq!(accept(at(10_001, 0)), Err(ReadingAboveRatedPower));
        assert_eq!(accept(at(0, 10_001)), Err(ReadingAboveRatedPower));
    }

    #[test]
    fn consumer_may_only_import() {
        let mut consumer = slot();
        consumer.flags = ReadingSlot::ACTIVE;
        let import = Reading { export_wh: 0, ..reading(LAST) };
        assert!(accept(&consumer, &import, &window()).is_ok());
        assert_eq!(accept(&consumer, &reading(LAST), &window()), Err(ConsumerCannotExport));
    }

    #[test]
    fn inactive_meter_may_not_report() {
        let mut inactive = slot();
        inactive.flags = ReadingSlot::MAY_EXPORT;
        assert_eq!(accept(&inactive, &reading(LAST), &window()), Err(MeterInactive));
    }
}
