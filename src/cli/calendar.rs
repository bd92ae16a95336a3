//! `smi calendar`: bank holidays of a year, or a day so many Working Days away.

use std::process::ExitCode;

use clap::Args;
use jiff::civil::Date;

use super::{open, say::say};
use crate::{
    domain::{DayKind, Malformed, london_date, parse_date},
    settings::Settings,
};

/// The arguments.
#[derive(Debug, Args)]
pub(super) struct CalendarArguments {
    /// The year whose bank holidays and overrides are listed; this year by default.
    #[arg(value_parser = parse_year, conflicts_with_all = ["before", "after"])]
    year: Option<i16>,
    /// Prints the day that is --days Working Days before this one.
    #[arg(long, value_name = "DATE", value_parser = parse_date, requires = "days", conflicts_with = "after")]
    before: Option<Date>,
    /// Prints the day that is --days Working Days after this one.
    #[arg(long, value_name = "DATE", value_parser = parse_date, requires = "days")]
    after: Option<Date>,
    /// The number of Working Days; the day that is given does not count.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    days: Option<u32>,
}

fn parse_year(text: &str) -> Result<i16, Malformed> {
    let year = text.parse::<i16>().ok().filter(|year| (1..=9_999).contains(year));
    year.ok_or_else(|| Malformed::new(text, "a year from 1 to 9999"))
}

/// Answers from the calendar of the settings. The test clock's year stands for this one, where it is set.
pub(super) fn run(settings: &Settings, arguments: &CalendarArguments) -> anyhow::Result<ExitCode> {
    let calendar = &settings.calendar.calendar;
    let days = arguments.days.unwrap_or_default();
    match (arguments.before, arguments.after) {
        (Some(day), _) => say!("{}", calendar.working_days_before(day, days)?),
        (None, Some(day)) => say!("{}", calendar.working_days_after(day, days)?),
        (None, None) => {
            let today = || london_date(open::clock(settings).now().0);
            for day in calendar.named_days(arguments.year.unwrap_or_else(|| today().year())) {
                let kind = if calendar.is_working_day(day) { DayKind::Working } else { DayKind::Holiday };
                say!("{day}  {}  {kind:<7}  {}", day.strftime("%a"), calendar.name(day).unwrap_or_default());
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}
