//! How long a volume takes at a site's quota, and whose forecasts are old (HUBS.md 6; MP155-C23, D-001).

use jiff::ToSpan as _;

use crate::domain::Date;

/// What a volume of hubs needs at so many a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capacity {
    /// The months it takes, the last one begun.
    pub months: u64,
    /// How many hubs twelve months take.
    pub in_twelve_months: u64,
    /// How many of the volume are left after them.
    pub shortfall: u64,
}

/// The capacity for a volume; none where the site has no quota, as any volume fits into a month then.
pub fn capacity(hubs: u64, hubs_per_month: Option<u32>) -> Option<Capacity> {
    let per_month = hubs_per_month.filter(|per_month| *per_month > 0).map(u64::from)?;
    let in_twelve_months = per_month.saturating_mul(12);
    Some(Capacity {
        months: hubs.div_ceil(per_month),
        in_twelve_months,
        shortfall: hubs.saturating_sub(in_twelve_months),
    })
}

/// Whether a Party's newest forecast is older than six months (MP155-T6 D-001).
pub fn is_forecast_due(given_on: Date, today: Date) -> bool {
    given_on.checked_add(6.months()).is_ok_and(|until| until < today)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    /// HUBS.md 8 row 24; MP155-C23.
    #[test]
    fn row_24_a_volume_of_140_000_needs_79_months_of_two_pallets() {
        let capacity = |hubs| capacity(hubs, Some(1_792)).unwrap();
        assert_eq!(capacity(140_000), Capacity { months: 79, in_twelve_months: 21_504, shortfall: 118_496 });
        assert_eq!(capacity(1_792), Capacity { months: 1, in_twelve_months: 21_504, shortfall: 0 });
        assert_eq!(capacity(0).months, 0);
        assert_eq!(super::capacity(140_000, None), None);
    }

    #[test]
    fn a_forecast_is_due_six_months_after_the_last_one() {
        for (given, today, is_due) in [
            (date(2021, 7, 1), date(2022, 1, 1), false),
            (date(2021, 7, 1), date(2022, 1, 2), true),
            (date(2021, 8, 31), date(2022, 2, 28), false),
            (date(2021, 8, 31), date(2022, 3, 1), true),
        ] {
            assert_eq!(is_forecast_due(given, today), is_due, "{given} {today}");
        }
    }
}
