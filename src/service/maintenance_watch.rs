//! Maintenance windows as they are felt: at the DUIS listener, and by the outbox (SERVICE.md 3.3, At the DUIS listener).
//!
//! The windows are kept in memory and read again every second, so that a request costs a comparison and no question to the store.

use std::sync::{Arc, PoisonError, RwLock};

use crate::domain::{Now, Timestamp};

/// A window that is felt at this instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeltWindow {
    /// Its reference.
    pub reference: String,
    /// The first instant of it.
    pub starts_at: Timestamp,
    /// The first instant after it.
    pub ends_at: Timestamp,
    /// Whether requests are refused.
    pub stops_requests: bool,
    /// Whether messages of the outbox wait.
    pub stops_deliveries: bool,
}

impl FeltWindow {
    fn is_in_force(&self, now: Now) -> bool {
        self.starts_at <= now.0 && now.0 < self.ends_at
    }
}

/// Why a request is refused: the window, and when it ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MaintenanceStop {
    /// The reference of the window.
    pub reference: String,
    /// The first instant after it.
    pub until: Timestamp,
    /// Whole seconds until then, rounded up.
    pub retry_after: u64,
}

/// Whole seconds from one instant to a later one, rounded up.
pub(super) fn seconds_until(until: Timestamp, now: Now) -> u64 {
    let left = u128::try_from(until.duration_since(now.0).as_millis()).unwrap_or_default();
    u64::try_from(left.div_ceil(1_000)).unwrap_or(u64::MAX)
}

/// The windows that are felt at this instance. Clones share them. Where no window is to be felt, there are none.
#[derive(Clone, Debug, Default)]
pub struct MaintenanceWatch(Arc<RwLock<Vec<FeltWindow>>>);

impl MaintenanceWatch {
    /// Puts other windows in the place of all.
    pub fn replace(&self, windows: Vec<FeltWindow>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = windows;
    }

    /// The window that refuses requests now. Of several, the one that ends last.
    pub fn refuses_requests(&self, now: Now) -> Option<MaintenanceStop> {
        self.last_to_end(now, |window| window.stops_requests)
    }

    /// Until when messages of the outbox wait.
    pub fn holds_deliveries(&self, now: Now) -> Option<Timestamp> {
        self.last_to_end(now, |window| window.stops_deliveries).map(|stop| stop.until)
    }

    /// How many windows are felt now.
    pub fn in_force(&self, now: Now) -> usize {
        let windows = self.0.read().unwrap_or_else(PoisonError::into_inner);
        windows.iter().filter(|window| window.is_in_force(now)).count()
    }

    fn last_to_end(&self, now: Now, stops: impl Fn(&FeltWindow) -> bool) -> Option<MaintenanceStop> {
        let windows = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let in_force = windows.iter().filter(|window| window.is_in_force(now) && stops(window));
        in_force.max_by_key(|window| window.ends_at).map(|window| MaintenanceStop {
            reference: window.reference.clone(),
            until: window.ends_at,
            retry_after: seconds_until(window.ends_at, now),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::parse_instant;

    fn window(reference: &str, (starts_at, ends_at): (&str, &str), stops: &str) -> FeltWindow {
        FeltWindow {
            reference: reference.to_owned(),
            starts_at: parse_instant(starts_at).unwrap(),
            ends_at: parse_instant(ends_at).unwrap(),
            stops_requests: stops.contains("requests"),
            stops_deliveries: stops.contains("deliveries"),
        }
    }

    /// SERVICE.md 7/19: to the millisecond, and the seconds rounded up.
    #[test]
    fn row_19_a_window_is_felt_from_its_start_to_before_its_end() {
        let watch = MaintenanceWatch::default();
        let row = ("2026-03-18T20:00:00Z", "2026-03-19T02:00:00Z");
        let stop =
            |at: &str| watch.refuses_requests(Now(parse_instant(at).unwrap())).map(|stop| stop.retry_after);
        assert_eq!(stop("2026-03-18T20:00:00Z"), None, "no window is known");
        watch.replace(vec![window("CHG-1001", row, "requests;deliveries")]);
        for (at, seconds) in [
            ("2026-03-18T19:59:59.999Z", None),
            ("2026-03-18T20:00:00Z", Some(21_600)),
            ("2026-03-18T23:30:00.500Z", Some(9_000)),
            ("2026-03-19T01:59:59Z", Some(1)),
            ("2026-03-19T01:59:59.999Z", Some(1)),
            ("2026-03-19T02:00:00Z", None),
        ] {
            assert_eq!(stop(at), seconds, "{at}");
            assert_eq!(watch.holds_deliveries(Now(parse_instant(at).unwrap())).is_some(), seconds.is_some());
        }
    }

    #[test]
    fn each_window_stops_what_it_says_and_the_last_to_end_counts() {
        let watch = MaintenanceWatch::default();
        let now = Now(parse_instant("2026-03-18T22:00:00Z").unwrap());
        let until = |end: &'static str| ("2026-03-18T20:00:00Z", end);
        watch.replace(vec![
            window("A", until("2026-03-18T23:00:00Z"), "requests"),
            window("B", until("2026-03-19T01:00:00Z"), "requests"),
            window("C", until("2026-03-19T02:00:00Z"), "deliveries"),
            window("D", until("2026-03-19T03:00:00Z"), ""),
            window("E", ("2026-03-18T22:00:00.001Z", "2026-03-19T04:00:00Z"), "requests;deliveries"),
        ]);
        let stop = watch.refuses_requests(now).unwrap();
        assert_eq!((stop.reference.as_str(), stop.retry_after), ("B", 3 * 60 * 60));
        assert_eq!(watch.holds_deliveries(now), parse_instant("2026-03-19T02:00:00Z").ok());
        assert_eq!(watch.in_force(now), 4);
        watch.replace(Vec::new());
        assert_eq!((watch.refuses_requests(now), watch.in_force(now)), (None, 0));
    }
}
