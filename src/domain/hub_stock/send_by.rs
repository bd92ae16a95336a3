//! By when hubs must be sent away to be back in time.

use crate::domain::{Calendar, Date, FarDate};

/// The last Working Day from which so many more, from despatch to being back, end not after a day.
///
/// # Errors
/// When the calendar does not reach so far.
pub fn send_by(use_by: Date, lead: u32, calendar: &Calendar) -> Result<Date, FarDate> {
    // What is not back on the last Working Day is back too late.
    let back =
        if calendar.is_working_day(use_by) { use_by } else { calendar.working_days_before(use_by, 1)? };
    calendar.working_days_before(back, lead)
}

#[cfg(test)]
mod tests {
    use jiff::{ToSpan as _, civil::date};
    use proptest::prelude::*;

    use super::*;

    /// HUBS.md 8, row 20.
    #[test]
    fn a_delivery_leaves_twenty_working_days_before_its_hubs_are_of_no_use() {
        let calendar = Calendar::default();
        let sent = |use_by| send_by(use_by, 20, &calendar);
        assert_eq!(sent(date(2022, 1, 31)), Ok(date(2021, 12, 31)));
        assert_eq!(sent(date(2022, 2, 28)), Ok(date(2022, 1, 31)));
        // A Sunday: the Friday before is the last day on which they may come back.
        assert_eq!(sent(date(2022, 1, 30)), Ok(date(2021, 12, 30)));
        assert_eq!(send_by(date(2022, 1, 30), 0, &calendar), Ok(date(2022, 1, 28)));
        assert_eq!(send_by(date(2022, 1, 31), 0, &calendar), Ok(date(2022, 1, 31)));
    }

    proptest! {
        /// As the rule says it: of all Working Days that are in time, the last one.
        #[test]
        fn it_is_the_last_day_that_is_in_time(days in 0_i64..3_000, lead in 0_u32..30) {
            let calendar = Calendar::default();
            let use_by = date(2018, 1, 1).checked_add(days.days()).unwrap();
            let is_in_time = |day| calendar.working_days_after(day, lead).unwrap() <= use_by;
            let mut day = use_by;
            while !(calendar.is_working_day(day) && is_in_time(day)) {
                day = day.yesterday().unwrap();
            }
            prop_assert_eq!(send_by(use_by, lead, &calendar), Ok(day));
        }
    }
}
