//! Windows of time on a London day: when a delivery comes, and when people work (HUBS.md 2, 4).

use std::{fmt, str::FromStr};

use crate::domain::{Date, Malformed};

/// A time on London's wall clock, to the minute: `09:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WallTime {
    minutes: u16,
}

impl FromStr for WallTime {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let read = || {
            let (hours, minutes) = text.split_once(':')?;
            let (hours, minutes) = (hours.parse::<u16>().ok()?, minutes.parse::<u16>().ok()?);
            // Not computed for what is no time: it could overflow.
            (hours < 24 && minutes < 60).then(|| Self { minutes: hours * 60 + minutes })
        };
        let time = read().filter(|time| time.to_string() == text);
        time.ok_or_else(|| Malformed::new(text, "a time like `09:00`"))
    }
}

impl fmt::Display for WallTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{:02}:{:02}", self.minutes / 60, self.minutes % 60))
    }
}

/// A window of a day, both ends included: `09:00-12:00`. It does not end before it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DayWindow {
    from: WallTime,
    to: WallTime,
}

impl DayWindow {
    /// The window from one time to another, each in hours and minutes; for constants, as it is not checked.
    pub(crate) const fn between(
        (from_hour, from_minute): (u16, u16),
        (to_hour, to_minute): (u16, u16),
    ) -> Self {
        let (from, to) = (from_hour * 60 + from_minute, to_hour * 60 + to_minute);
        Self { from: WallTime { minutes: from }, to: WallTime { minutes: to } }
    }

    /// When it begins.
    pub const fn from(self) -> WallTime {
        self.from
    }

    /// When it ends.
    pub const fn to(self) -> WallTime {
        self.to
    }

    /// Whether it lies in another, both ends of which count.
    pub fn lies_in(self, other: Self) -> bool {
        other.from <= self.from && self.to <= other.to
    }
}

impl FromStr for DayWindow {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let read = || {
            let (from, to) = text.split_once('-')?;
            Some(Self { from: from.parse().ok()?, to: to.parse().ok()? })
        };
        let window = read().filter(|window| window.from <= window.to);
        window.ok_or_else(|| {
            Malformed::new(text, "a window like `09:00-12:00`, which does not end before it begins")
        })
    }
}

impl fmt::Display for DayWindow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}-{}", self.from, self.to))
    }
}

/// A window of a London day: when a delivery is to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot {
    /// The London day.
    pub on: Date,
    /// Its window.
    pub window: DayWindow,
}

impl fmt::Display for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{} {}", self.on, self.window))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn window(text: &str) -> DayWindow {
        text.parse().unwrap()
    }

    /// HUBS.md 7: `12:00-09:00` and `9-12`.
    #[test]
    fn a_window_is_two_times_in_order() {
        for text in ["09:00-12:00", "00:00-23:59", "09:00-09:00"] {
            assert_eq!(window(text).to_string(), text);
        }
        for text in
            ["12:00-09:00", "9-12", "9:00-12:00", "09:00-24:00", "09:60-10:00", "09:00", "", "09:00-12:00 "]
        {
            assert!(text.parse::<DayWindow>().is_err(), "{text}");
        }
    }

    #[test]
    fn both_ends_of_a_window_are_in_it() {
        let hours = window("09:00-17:00");
        for (text, lies_in) in
            [("09:00-17:00", true), ("16:30-17:00", true), ("16:30-17:30", false), ("08:59-10:00", false)]
        {
            assert_eq!(window(text).lies_in(hours), lies_in, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_window_as_it_stands_or_none(text in "[0-9:\\-]{0,12}|[0-2][0-9]:[0-5][0-9]-[0-2][0-9]:[0-5][0-9]") {
            if let Ok(window) = text.parse::<DayWindow>() {
                prop_assert_eq!(window.to_string(), text);
                prop_assert!(window.from() <= window.to());
            }
        }
    }
}
