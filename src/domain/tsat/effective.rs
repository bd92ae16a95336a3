//! When a decision about the tables takes effect, and until when it can be referred (MP139-R9, R10; HUBS.md TSAT/m).

use crate::domain::{Calendar, Date, FarDate};

/// The Working Days from a decision to its effect.
const WORKING_DAYS_TO_EFFECT: u32 = 1;
/// The Working Days in which a decision can be referred.
const WORKING_DAYS_OF_REFERRAL: u32 = 10;

/// The dates that follow from a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EffectiveDates {
    /// The first day on which the change is in force.
    pub effective_from: Date,
    /// The last day on which the decision can be referred.
    pub referral_to: Date,
}

/// The dates that follow from a decision of that day.
///
/// # Errors
/// When the calendar does not reach so far.
pub fn effective_dates(decision: Date, calendar: &Calendar) -> Result<EffectiveDates, FarDate> {
    Ok(EffectiveDates {
        effective_from: calendar.working_days_after(decision, WORKING_DAYS_TO_EFFECT)?,
        referral_to: calendar.working_days_after(decision, WORKING_DAYS_OF_REFERRAL)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::parse_date;

    /// HUBS.md 8, row 9; TSAT/m.
    #[test]
    fn mp139_r9_r10_a_change_takes_effect_on_the_next_working_day_and_can_be_referred_for_ten() {
        let dates = |decision| {
            let dates = effective_dates(parse_date(decision).unwrap(), &Calendar::default()).unwrap();
            [dates.effective_from, dates.referral_to].map(|date| date.to_string())
        };
        assert_eq!(dates("2021-01-20"), ["2021-01-21", "2021-02-03"]);
        assert_eq!(dates("2021-04-01"), ["2021-04-06", "2021-04-19"]);
        assert_eq!(dates("2024-02-28"), ["2024-02-29", "2024-03-13"]);
        assert!(effective_dates(Date::MAX, &Calendar::default()).is_err());
    }
}
