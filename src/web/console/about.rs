//! The pages of what acts and notices are about.

use super::{firmware_days, firmware_schedules, maintenance, maintenance_window, orders};
use crate::domain::{ActArea, LondonMonth, ScheduleNumber, parse_date};

/// The page of what an act or a notice of an area is about, where there is one.
pub(super) fn page_of(area: ActArea, about: &str) -> Option<String> {
    match area {
        ActArea::Test => None,
        ActArea::Reflash => Some(format!("{}/{about}", orders::PATH)),
        ActArea::Maintenance if about.parse::<LondonMonth>().is_ok() => {
            Some(format!("{}?month={about}", maintenance::PATH))
        }
        ActArea::Maintenance => Some(format!("{}/{about}", maintenance_window::PATH)),
        ActArea::Firmware if about.parse::<ScheduleNumber>().is_ok() => {
            Some(format!("{}/{about}", firmware_schedules::PATH))
        }
        // A User and its London day (FW/e), or a day that has a capacity of its own.
        ActArea::Firmware => {
            let day = parse_date(about.rsplit(' ').next()?).ok()?;
            Some(format!("{}?from={day}", firmware_days::PATH))
        }
        ActArea::Privacy => Some("/privacy".to_owned()),
        ActArea::Notices => Some(format!("/notices/{about}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_a_page_leads_there() {
        let page = |area, about| page_of(area, about).unwrap_or_default();
        let user_and_day = "00-00-00-00-00-00-00-01 2026-03-02";
        assert_eq!(page(ActArea::Firmware, user_and_day), "/firmware/days?from=2026-03-02");
        assert_eq!(page(ActArea::Firmware, "12"), "/firmware/schedules/12");
        assert_eq!(page(ActArea::Firmware, "something else"), "");
        assert_eq!(page(ActArea::Maintenance, "2026-03"), "/maintenance?month=2026-03");
        assert_eq!(page(ActArea::Maintenance, "DSP-1"), "/maintenance/windows/DSP-1");
        assert_eq!(page(ActArea::Test, "clock"), "");
    }
}
