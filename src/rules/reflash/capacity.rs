//! How long a volume takes at a site's quota, and whose forecasts are old (HUBS.md 6; MP155-C23, D-001).

use std::collections::BTreeMap;

use jiff::ToSpan as _;

use crate::domain::{Date, Forecast, PartySignifier};

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

/// The newest forecast of each Party, by its signifier: the one that was given last, of those of one day the one that begins last.
pub fn newest_forecasts(forecasts: Vec<Forecast>) -> Vec<Forecast> {
    let mut newest = BTreeMap::<PartySignifier, Forecast>::new();
    let age = |forecast: &Forecast| (forecast.given_on, forecast.period_from);
    for forecast in forecasts {
        let known = newest.get(&forecast.party);
        if known.is_none_or(|known| age(known) < age(&forecast)) {
            newest.insert(forecast.party.clone(), forecast);
        }
    }
    newest.into_values().collect()
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

    /// HUBS.md 6: the default volume is the sum of the newest forecasts.
    #[test]
    fn of_each_party_the_forecast_that_was_given_last_counts() {
        let forecast = |party: &str, period_from, hubs: &str, given_on| Forecast {
            party: party.parse().unwrap(),
            location: "FLASH-N".parse().unwrap(),
            period_from,
            hubs: hubs.parse().unwrap(),
            given_on,
        };
        let (june, december) = (date(2021, 6, 1), date(2021, 12, 1));
        let newest = newest_forecasts(vec![
            forecast("SUPC", date(2022, 1, 1), "7", june),
            forecast("SUPA", date(2022, 7, 1), "5", december),
            forecast("SUPA", date(2022, 1, 1), "4", december),
            forecast("SUPA", date(2023, 1, 1), "3", june),
        ]);
        let found = newest.iter().map(|forecast| format!("{} {}", forecast.party, forecast.hubs));
        assert_eq!(found.collect::<Vec<_>>(), ["SUPA 5", "SUPC 7"]);
        assert_eq!(newest_forecasts(Vec::new()), Vec::new());
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
