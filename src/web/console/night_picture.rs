//! The picture of a month's nights: a cell each, from 20:00 to 08:00 of London's wall clock, with a bar for each maintenance window.

use jiff::{ToSpan as _, civil::Date};

use crate::domain::{Timestamp, london_time};

/// The size of a cell, and the height of the line with the names of the days, in units of the picture.
const CELL_WIDTH: i32 = 150;
const CELL_HEIGHT: i32 = 84;
const HEAD: i32 = 24;
/// Where the hours of a night lie within its cell.
const HOURS_X: i32 = 9;
const HOURS_WIDTH: i32 = 132;
const HOURS_Y: i32 = 28;
/// The minutes of a wall clock from 20:00 to 08:00, and to 20:00 from midnight.
const NIGHT: i32 = 720;
const EVENING: i32 = 1_200;
/// A bar is never thinner, so that its mark can be read.
const THINNEST: i32 = 12;
/// The days of a week.
const WEEK: i32 = 7;

/// A window to be drawn.
#[derive(Clone, Debug)]
pub(super) struct NightWindow {
    pub(super) starts_at: Timestamp,
    pub(super) ends_at: Timestamp,
    /// A letter: `H`, `L`, `U`, `E`, or `M` where it has no category.
    pub(super) mark: &'static str,
    /// Whether it is published: what is not is drawn dashed.
    pub(super) is_published: bool,
    /// What is said of it.
    pub(super) text: String,
}

/// The picture.
#[derive(Clone, Debug)]
pub(super) struct NightPicture {
    pub(super) width: i32,
    pub(super) height: i32,
    /// The names of the days, and where they stand.
    pub(super) heads: Vec<(i32, &'static str)>,
    pub(super) cells: Vec<NightCell>,
}

/// A night.
#[derive(Clone, Debug)]
pub(super) struct NightCell {
    pub(super) x: i32,
    pub(super) y: i32,
    /// `18`; with its month where that is another.
    pub(super) name: String,
    pub(super) is_of_month: bool,
    pub(super) bars: Vec<NightBar>,
    /// What happens on that day outside the night.
    pub(super) by_day: Vec<ByDay>,
}

/// The part of a window that lies in a night.
#[derive(Clone, Debug)]
pub(super) struct NightBar {
    pub(super) x: i32,
    pub(super) width: i32,
    /// Where its mark stands.
    pub(super) center: i32,
    pub(super) mark: &'static str,
    pub(super) class: String,
    pub(super) text: String,
}

/// A window that no night holds.
#[derive(Clone, Debug)]
pub(super) struct ByDay {
    pub(super) label: String,
    pub(super) text: String,
}

impl NightPicture {
    pub(super) const HOURS_X: i32 = HOURS_X;
    pub(super) const HOURS_Y: i32 = HOURS_Y;
    pub(super) const HOURS_WIDTH: i32 = HOURS_WIDTH;
    pub(super) const CELL_WIDTH: i32 = CELL_WIDTH;
    pub(super) const CELL_HEIGHT: i32 = CELL_HEIGHT;
}

/// The picture of the month that holds a day. The night before its first day is there too: what starts in the early hours of the 1st
/// lies in it.
pub(super) fn picture(month: Date, windows: &[NightWindow]) -> Option<NightPicture> {
    let (first, last) = (month.first_of_month(), month.last_of_month());
    let before = first.yesterday().ok()?;
    let lead = i32::from(before.weekday().to_monday_zero_offset());
    let nights = before.series(1.day()).take_while(|day| *day <= last);
    let cells = (lead..).zip(nights).map(|(place, day)| cell(place, day, first, windows)).collect::<Vec<_>>();
    let bottom = cells.last().map_or(0, |cell| cell.y + CELL_HEIGHT);
    let names = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    Some(NightPicture {
        width: WEEK * CELL_WIDTH,
        height: bottom,
        heads: (0..).zip(names).map(|(column, name)| (column * CELL_WIDTH + HOURS_X, name)).collect(),
        cells,
    })
}

fn cell(place: i32, day: Date, first: Date, windows: &[NightWindow]) -> NightCell {
    let is_of_month = day >= first;
    let name = if is_of_month { day.day().to_string() } else { day.strftime("%-d %b").to_string() };
    let by_day = windows.iter().filter(|window| is_by_day(window, day)).map(|window| ByDay {
        label: format!("{} {}", window.mark, london_time(window.starts_at).strftime("%H:%M")),
        text: window.text.clone(),
    });
    NightCell {
        x: place % WEEK * CELL_WIDTH,
        y: HEAD + place / WEEK * CELL_HEIGHT,
        name,
        is_of_month,
        bars: windows.iter().filter_map(|window| bar(window, day)).collect(),
        by_day: by_day.collect(),
    }
}

/// The part of a window that lies in the night of a day.
fn bar(window: &NightWindow, night: Date) -> Option<NightBar> {
    let (from, to) = (minute(window.starts_at, night), minute(window.ends_at, night));
    if to <= 0 || from >= NIGHT {
        return None;
    }
    let at = |minute: i32| HOURS_X + minute.clamp(0, NIGHT) * HOURS_WIDTH / NIGHT;
    let width = (at(to) - at(from)).max(THINNEST);
    let x = at(from).min(HOURS_X + HOURS_WIDTH - width);
    let kind = if window.mark == "H" { "high" } else { "low" };
    Some(NightBar {
        x,
        width,
        center: x + width / 2,
        mark: window.mark,
        class: format!("{kind}{}", if window.is_published { "" } else { " draft" }),
        text: window.text.clone(),
    })
}

/// Whether a window starts on that day and no night holds any of it.
fn is_by_day(window: &NightWindow, day: Date) -> bool {
    let start = london_time(window.starts_at).date();
    let nights = [day.yesterday().ok(), Some(day)];
    start == day && nights.into_iter().flatten().all(|night| bar(window, night).is_none())
}

/// The minutes of the wall clock from the beginning of a night to an instant.
fn minute(instant: Timestamp, night: Date) -> i32 {
    let shown = london_time(instant);
    let days = (shown.date() - night).get_days();
    days.saturating_mul(1_440)
        .saturating_add(i32::from(shown.hour()) * 60 + i32::from(shown.minute()) - EVENING)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::parse_instant;

    fn window(starts_at: &str, ends_at: &str, mark: &'static str) -> NightWindow {
        NightWindow {
            starts_at: parse_instant(starts_at).unwrap(),
            ends_at: parse_instant(ends_at).unwrap(),
            mark,
            is_published: mark != "L",
            text: String::new(),
        }
    }

    /// The cells that hold something, with what they hold.
    fn drawn(month: &str, windows: &[NightWindow]) -> String {
        let picture = picture(month.parse().unwrap(), windows).unwrap();
        let bars = |cell: &NightCell| {
            let bar =
                |bar: &NightBar| format!(" {} {}..{} {}", bar.mark, bar.x, bar.x + bar.width, bar.class);
            let by_day = cell.by_day.iter().map(|one| format!(" by day {}", one.label));
            cell.bars.iter().map(bar).chain(by_day).collect::<String>()
        };
        let lines = picture.cells.iter().map(|cell| (cell, bars(cell))).filter(|(_, bars)| !bars.is_empty());
        lines.map(|(cell, bars)| format!("{} at {},{}:{bars}\n", cell.name, cell.x, cell.y)).collect()
    }

    /// 20:00 is the left end (9) and 08:00 the right one (141), whatever the season.
    #[test]
    fn a_window_lies_in_its_night_by_the_wall_clock() {
        let windows = [
            window("2026-03-18T20:00:00Z", "2026-03-19T02:00:00Z", "H"),
            window("2026-03-20T07:59:00Z", "2026-03-20T08:00:00Z", "L"),
            window("2026-03-01T01:00:00Z", "2026-03-01T03:00:00Z", "H"),
            window("2026-03-10T10:30:00Z", "2026-03-10T11:30:00Z", "U"),
            window("2026-03-31T19:00:00Z", "2026-04-01T07:00:00Z", "L"),
        ];
        insta::assert_snapshot!(drawn("2026-03-15", &windows), @r"
        28 Feb at 750,24: H 64..86 high
        10 at 150,192: by day U 10:30
        18 at 300,276: H 9..75 high
        19 at 450,276: L 129..141 low draft
        31 at 150,444: L 9..141 low draft
        ");
    }

    /// What is over a night's end is cut there; the hour that is skipped or repeated neither moves nor hides a window.
    #[test]
    fn the_ends_of_a_night_and_a_change_of_the_clocks_keep_a_window_in_the_picture() {
        let windows = [
            window("2026-06-10T18:00:00Z", "2026-06-11T08:00:00Z", "E"),
            window("2026-06-12T12:00:00Z", "2026-06-12T20:00:00Z", "U"),
        ];
        insta::assert_snapshot!(drawn("2026-06-01", &windows), @r"
        10 at 300,192: E 9..141 low
        12 at 600,192: U 9..21 low
        ");
        let repeated = window("2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "H");
        assert_eq!(drawn("2026-10-01", &[repeated]), "24 at 750,276: H 69..81 high\n");
        let skipped = window("2026-03-29T00:30:00Z", "2026-03-29T01:30:00Z", "H");
        assert_eq!(drawn("2026-03-01", &[skipped]), "28 at 750,360: H 58..80 high\n");
    }

    #[test]
    fn each_day_of_a_month_has_its_cell_whatever_day_it_begins_with() {
        for (month, nights) in
            [("2026-02-01", 29), ("2026-03-01", 32), ("2026-06-01", 31), ("2028-02-29", 30)]
        {
            let picture = picture(month.parse().unwrap(), &[]).unwrap();
            assert_eq!(picture.cells.len(), nights, "{month}");
            let places = picture.cells.iter().map(|cell| (cell.y, cell.x)).collect::<Vec<_>>();
            assert!(places.is_sorted_by(|one, next| one < next), "{month}: {places:?}");
            assert!(places.iter().all(|(y, x)| *x < picture.width && *y < picture.height), "{month}");
        }
    }
}
