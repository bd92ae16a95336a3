//! The picture of a supply point's registrations: a lane for each role, a bar for each registration, and the time below.

use jiff::{civil, tz::TimeZone};

use crate::domain::{Now, Registration, Role, Timestamp};

/// As far as the picture looks back and ahead of now at most: an open end is often written as a day in the far future.
const YEARS_BACK: i64 = 15;
const YEARS_AHEAD: i64 = 3;
const YEAR: i64 = 365 * DAY;
const DAY: i64 = 24 * 60 * 60 * 1_000;
/// The most ticks: their texts must not touch in a narrow window.
const MAX_TICKS: usize = 4;
/// The height of a lane, and what is above the first one, in px.
const LANE: usize = 54;
const TOP: usize = 20;
/// Hundredths of a percent of the width, so that the picture is as wide as its window.
const WHOLE: i64 = 10_000;

/// Whether a registration is over, holds, or is to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    Past,
    Now,
    ToCome,
}

impl Holds {
    pub(super) fn of(registration: &Registration, Now(now): Now) -> Self {
        if registration.holds_at(now) {
            Self::Now
        } else if registration.from > now {
            Self::ToCome
        } else {
            Self::Past
        }
    }

    /// In words.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Past => "past",
            Self::Now => "now",
            Self::ToCome => "to come",
        }
    }

    /// The class of its bar.
    pub(super) const fn class(self) -> &'static str {
        match self {
            Self::Past => "past",
            Self::Now => "now",
            Self::ToCome => "coming",
        }
    }
}

/// What a role is called.
pub(super) const fn role_name(role: Role) -> &'static str {
    match role {
        Role::IS => "Import Supplier",
        Role::ES => "Export Supplier",
        Role::GS => "Gas Supplier",
        Role::RSA => "Registered Supplier Agent",
        Role::ED => "Electricity Distributor",
        Role::GT => "Gas Transporter",
        Role::OU => "Other User",
    }
}

/// The picture.
#[derive(Clone, Debug)]
pub(super) struct Timeline {
    pub(super) height: usize,
    /// Where the lanes end and the texts of the ticks stand.
    pub(super) axis: usize,
    pub(super) lanes: Vec<Lane>,
    pub(super) ticks: Vec<Tick>,
    pub(super) now: Tick,
}

/// The registrations in a role.
#[derive(Clone, Debug)]
pub(super) struct Lane {
    pub(super) name: &'static str,
    pub(super) label_y: usize,
    pub(super) bar_y: usize,
    pub(super) bars: Vec<Bar>,
}

/// A registration.
#[derive(Clone, Debug)]
pub(super) struct Bar {
    pub(super) x: String,
    pub(super) width: String,
    pub(super) class: &'static str,
    pub(super) text: String,
}

/// A point in time.
#[derive(Clone, Debug)]
pub(super) struct Tick {
    pub(super) x: String,
    pub(super) text: String,
    /// Whether its text stands before it, as there is no place behind.
    pub(super) is_last: bool,
}

/// The picture of registrations, which are ordered by role, with the text of each bar; none where there are no registrations.
pub(super) fn timeline(registrations: &[(&Registration, String)], now: Now) -> Option<Timeline> {
    let range = Range::of(registrations.iter().map(|(registration, _)| *registration), now)?;
    let mut lanes: Vec<(Role, Vec<Bar>)> = Vec::new();
    for (registration, text) in registrations {
        let bar = range.bar(registration, text, now);
        match lanes.last_mut() {
            Some((role, bars)) if *role == registration.role => bars.extend(bar),
            _ => lanes.push((registration.role, bar.into_iter().collect())),
        }
    }
    let lane = |(number, (role, bars)): (usize, (Role, Vec<Bar>))| Lane {
        name: role_name(role),
        label_y: TOP + number * LANE + 16,
        bar_y: TOP + number * LANE + 22,
        bars,
    };
    let axis = TOP + lanes.len() * LANE;
    Some(Timeline {
        height: axis + 22,
        axis,
        lanes: lanes.into_iter().enumerate().map(lane).collect(),
        ticks: range.ticks(),
        now: range.tick(now.0.as_millisecond(), "now".to_owned()),
    })
}

/// What the picture shows, in milliseconds.
#[derive(Clone, Copy, Debug)]
struct Range {
    start: i64,
    end: i64,
}

impl Range {
    fn of<'r>(registrations: impl Iterator<Item = &'r Registration>, now: Now) -> Option<Self> {
        let now = now.0.as_millisecond();
        let (oldest, newest) = (now - YEARS_BACK * YEAR, now + YEARS_AHEAD * YEAR);
        let changes = registrations.map(|registration| {
            (registration.from.as_millisecond(), registration.to.map(Timestamp::as_millisecond))
        });
        let changes = changes.collect::<Vec<_>>();
        changes.first()?;
        // What ended before the picture begins does not stretch it.
        let is_older = |(from, to): &(i64, Option<i64>)| *from < oldest && to.is_none_or(|to| to > oldest);
        let near = || {
            let each = changes.iter().flat_map(|(from, to)| [Some(*from), *to]).flatten();
            each.filter(|at| (oldest..=newest).contains(at)).chain([now])
        };
        let start = if changes.iter().any(is_older) { oldest } else { near().min()? };
        let end = near().max()?.max(start + 30 * DAY);
        let span = end - start;
        // Something of what is open shows on both sides.
        Some(Self { start: start - span / 40, end: end + span / 8 })
    }

    /// Where an instant is, in hundredths of a percent.
    fn place(self, at: i64) -> i64 {
        let Self { start, end } = self;
        (at.clamp(start, end) - start) * WHOLE / (end - start).max(1)
    }

    fn bar(self, registration: &Registration, text: &str, now: Now) -> Option<Bar> {
        let from = self.place(registration.from.as_millisecond());
        let to = registration.to.map_or(WHOLE, |to| self.place(to.as_millisecond()));
        // Wholly outside of the picture; the table has it.
        (from < to).then(|| Bar {
            x: percent(from),
            width: percent(to - from),
            class: Holds::of(registration, now).class(),
            text: text.to_owned(),
        })
    }

    fn tick(self, at: i64, text: String) -> Tick {
        let place = self.place(at);
        Tick { x: percent(place), text, is_last: place > WHOLE * 4 / 5 }
    }

    /// The beginnings of years, or of months where there are too few of those.
    fn ticks(self) -> Vec<Tick> {
        let month_of = |at: i64| {
            let date = Timestamp::from_millisecond(at).ok()?.to_zoned(TimeZone::UTC).date();
            Some(i64::from(date.year()) * 12 + i64::from(date.month()) - 1)
        };
        let Some((first, last)) = month_of(self.start).zip(month_of(self.end)) else { return Vec::new() };
        let months = |step: i64| (first + 1..=last).filter(move |month| month.rem_euclid(step) == 0);
        let steps = [1, 2, 3, 6, 12, 24, 36, 60, 120];
        let step = steps.into_iter().find(|step| months(*step).count() <= MAX_TICKS).unwrap_or(240);
        months(step).filter_map(|month| self.month_tick(month, step)).collect()
    }

    fn month_tick(self, month: i64, step: i64) -> Option<Tick> {
        let year = i16::try_from(month.div_euclid(12)).ok()?;
        let number = i8::try_from(month.rem_euclid(12) + 1).ok()?;
        let date = civil::Date::new(year, number, 1).ok()?;
        let at = date.to_zoned(TimeZone::UTC).ok()?.timestamp().as_millisecond();
        let text = date.strftime(if step >= 12 { "%Y" } else { "%b %Y" }).to_string();
        Some(self.tick(at, text)).filter(|tick| !tick.is_last)
    }
}

fn percent(hundredths: i64) -> String {
    format!("{}.{:02}%", hundredths / 100, hundredths % 100)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Eui64, parse_instant};

    fn registration(role: Role, from: &str, to: Option<&str>) -> Registration {
        Registration {
            mpxn: "1234567890123".parse().unwrap(),
            role,
            user: Eui64::from_octets([1; 8]),
            from: parse_instant(from).unwrap(),
            to: to.map(|to| parse_instant(to).unwrap()),
        }
    }

    fn drawn(registrations: &[Registration], now: &str) -> String {
        let named = registrations.iter().map(|registration| (registration, "S".to_owned()));
        let drawn = timeline(&named.collect::<Vec<_>>(), Now(parse_instant(now).unwrap())).unwrap();
        let bars = drawn.lanes.iter().map(|lane| {
            let bars = lane.bars.iter().map(|bar| format!(" {} +{} {}", bar.x, bar.width, bar.class));
            format!("{}:{}\n", lane.name, bars.collect::<Vec<_>>().join(","))
        });
        let ticks = drawn.ticks.iter().map(|tick| format!(" {} {}", tick.x, tick.text));
        let ticks = ticks.collect::<Vec<_>>().join(",");
        format!("{}now {}; ticks{ticks}", bars.collect::<String>(), drawn.now.x)
    }

    #[test]
    fn import_and_export_have_lanes_of_their_own() {
        let registrations = [
            registration(Role::IS, "2023-06-01", Some("2026-01-15")),
            registration(Role::IS, "2026-01-15", Some("2026-07-01")),
            registration(Role::IS, "2026-07-01", None),
            registration(Role::ES, "2024-04-01", None),
        ];
        insta::assert_snapshot!(drawn(&registrations, "2026-06-01"), @"
        Import Supplier: 2.17% +74.06% past, 76.23% +12.90% now, 89.13% +10.87% coming
        Export Supplier: 25.72% +74.28% now
        now 86.81%; ticks 18.70% 2024, 46.96% 2025, 75.15% 2026
        ");
    }

    #[test]
    fn an_end_in_the_far_future_is_as_good_as_open_and_a_far_past_is_cut() {
        let registrations = [
            registration(Role::GS, "1990-01-01", Some("1996-01-01")),
            registration(Role::GS, "2020-01-01", Some("2099-12-31")),
        ];
        insta::assert_snapshot!(drawn(&registrations, "2026-06-01"), @"
        Gas Supplier: 2.17% +97.83% now
        now 89.13%; ticks 2.17% 2020, 29.30% 2022, 56.39% 2024
        ");
        let young = [registration(Role::IS, "2026-06-01", None)];
        insta::assert_snapshot!(drawn(&young, "2026-06-01"), @"
        Import Supplier: 2.17% +97.83% now
        now 2.17%; ticks 2.17% Jun 2026
        ");
    }

    #[test]
    fn an_interval_is_past_once_it_has_ended() {
        let at = |now: &str| {
            let registration = registration(Role::IS, "2026-01-15", Some("2026-07-01"));
            Holds::of(&registration, Now(parse_instant(now).unwrap()))
        };
        assert_eq!(at("2026-01-14T23:59:59Z"), Holds::ToCome);
        assert_eq!((at("2026-01-15"), at("2026-06-30")), (Holds::Now, Holds::Now));
        assert_eq!(at("2026-07-01"), Holds::Past);
    }
}
