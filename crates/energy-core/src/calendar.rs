//! Days and months of the calendar, UTC.

/// Seconds of a day.
const DAY_S: u64 = 86_400;

/// Days since 1 January 1970 at `now`, Unix seconds; 0 for earlier times.
pub fn day_of(now: i64) -> u32 {
    (u64::try_from(now).unwrap_or(0) / DAY_S) as u32
}

/// Months since January 1970 at `now`, Unix seconds; 0 for earlier times.
///
/// The calendar repeats every 400 years of 146,097 days. Counted from a 1 March, leap days come
/// last, and months of 30 and 31 days follow a pattern of five months with 153 days: the method of
/// Howard Hinnant, "chrono-compatible low-level date algorithms", without its negative years.
pub fn month_of(now: i64) -> u32 {
    // From 1 March of the year 0 to 1 January 1970.
    const EPOCH_DAY: u64 = 719_468;
    let days = u64::from(day_of(now)) + EPOCH_DAY;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    // 0 is March.
    let month = (5 * day_of_year + 2) / 153;
    // March 1970 is the month 2.
    ((era * 400 + year_of_era) * 12 + month + 2 - 1970 * 12) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_from_1970() {
        assert_eq!([-1, 0, 86_399, 86_400, 1_767_225_600].map(day_of), [0, 0, 0, 1, 20_454]);
    }

    /// Every day of 430 years against a calendar that is read off month by month.
    #[test]
    fn months_are_those_of_the_calendar() {
        let (mut day, mut month) = (0_i64, 0);
        for year in 1970..2400 {
            let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            let february = if leap { 29 } else { 28 };
            for days in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
                for at in day..day + days {
                    assert_eq!(month_of(at * 86_400), month, "day {at}");
                    assert_eq!(month_of(at * 86_400 + 86_399), month, "day {at}");
                }
                day += days;
                month += 1;
            }
        }
    }

    #[test]
    fn times_before_1970_fall_into_its_first_month() {
        assert_eq!([i64::MIN, -1, 0].map(month_of), [0, 0, 0]);
    }
}
