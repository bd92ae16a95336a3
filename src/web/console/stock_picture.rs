//! The picture of stock: a lane for each Party and version, with a bar for the time to install it and one for the time to maintain and
//! operate it.

use jiff::{ToSpan as _, civil::Date};

use crate::{domain::tsat::PeriodEnd, rules::hub_stock::VersionStock};

/// The most lanes: a longer picture says less than the table below it.
const MAX_LANES: usize = 24;
/// As far as the picture looks back and ahead of the day, in days.
const BACK: i64 = 120;
const AHEAD: i64 = 540;
/// The height of a lane, and what is above the first one, in px.
const LANE: usize = 72;
const TOP: usize = 20;
/// Hundredths of a percent of the width.
const WHOLE: i64 = 10_000;

/// The picture.
#[derive(Clone, Debug)]
pub(super) struct StockPicture {
    pub(super) height: usize,
    /// Where the lanes end and the texts of the ticks stand.
    pub(super) axis: usize,
    pub(super) lanes: Vec<StockLane>,
    pub(super) ticks: Vec<DayMark>,
    pub(super) day: DayMark,
}

/// A Party and version.
#[derive(Clone, Debug)]
pub(super) struct StockLane {
    pub(super) name: String,
    pub(super) label_y: usize,
    pub(super) bars: Vec<PeriodBar>,
}

/// A period until its end.
#[derive(Clone, Debug)]
pub(super) struct PeriodBar {
    pub(super) x: String,
    pub(super) y: usize,
    pub(super) width: String,
    pub(super) class: &'static str,
    pub(super) text: String,
}

/// A day on the axis.
#[derive(Clone, Debug)]
pub(super) struct DayMark {
    pub(super) x: String,
    pub(super) text: String,
}

/// The picture of these lines around a day; none where there is nothing to draw.
pub(super) fn picture(lines: &[VersionStock], on: Date) -> Option<StockPicture> {
    let range = Range { start: on.checked_sub(BACK.days()).ok()?, end: on.checked_add(AHEAD.days()).ok()? };
    let drawn = lines.iter().filter(|line| line.dates.is_some()).take(MAX_LANES);
    let lanes = drawn.enumerate().map(|(number, line)| lane(range, number, line, on)).collect::<Vec<_>>();
    let axis = TOP + lanes.len() * LANE;
    (!lanes.is_empty()).then(|| StockPicture {
        height: axis + 22,
        axis,
        lanes,
        ticks: range.ticks(),
        day: DayMark { x: percent(range.place(on)), text: on.to_string() },
    })
}

fn lane(range: Range, number: usize, line: &VersionStock, on: Date) -> StockLane {
    let top = TOP + number * LANE;
    let party = line.party.as_ref().map_or_else(|| "unknown".to_owned(), ToString::to_string);
    let bar = |end: PeriodEnd, y: usize, what: &str| {
        let place = end.date().map_or(WHOLE, |day| range.place(day));
        let text = end.date().map_or_else(|| format!("{what}: open"), |day| format!("{what} until {day}"));
        let is_over = end < PeriodEnd::On(on);
        (place > 0).then(|| PeriodBar {
            x: percent(0),
            y,
            width: percent(place),
            class: if is_over { "past" } else { "now" },
            text,
        })
    };
    let bars = line.dates.map(|dates| {
        // The earlier of the two ends what may be done with it once it is installed.
        let operate =
            dates.operate.map_or(dates.maintain.to(), |operate| operate.to().min(dates.maintain.to()));
        [bar(dates.install.to(), top + 20, "install"), bar(operate, top + 44, "maintain and operate")]
    });
    StockLane {
        name: format!("{party}, {}: {} hubs", line.version, line.in_stock),
        label_y: top + 15,
        bars: bars.into_iter().flatten().flatten().collect(),
    }
}

/// The days that the picture shows.
#[derive(Clone, Copy)]
struct Range {
    start: Date,
    end: Date,
}

impl Range {
    /// Where a day is, in hundredths of a percent.
    fn place(self, day: Date) -> i64 {
        let days = |from: Date, to: Date| i64::from((to - from).get_days());
        days(self.start, day.clamp(self.start, self.end)) * WHOLE / days(self.start, self.end).max(1)
    }

    /// The beginnings of quarters.
    fn ticks(self) -> Vec<DayMark> {
        let first = self.start.first_of_month();
        let months = first.series(1.month()).take_while(|day| *day < self.end);
        let quarters = months.filter(|day| *day > self.start && (day.month() - 1) % 6 == 0);
        quarters
            .map(|day| DayMark { x: percent(self.place(day)), text: day.strftime("%b %Y").to_string() })
            .collect()
    }
}

fn percent(hundredths: i64) -> String {
    format!("{}.{:02}%", hundredths / 100, hundredths % 100)
}
