//! `[calendar]`: the days that are Working Days or not whatever the bank holidays say (SERVICE.md 4).
//!
//! ```csv
//! date,name,kind
//! 2026-07-06,Office move,holiday
//! 2026-04-06,Cover on Easter Monday,working
//! ```

use std::{
    collections::BTreeSet,
    fmt,
    path::{Path, PathBuf},
};

use csv::StringRecord;

use super::{fault::SettingsFault, raw::RawCalendar};
use crate::domain::{Calendar, CalendarOverride, DayKind, parse_date};

const HEADER: [&str; 3] = ["date", "name", "kind"];
/// The most characters of a day's name.
const MAX_NAME: usize = 100;

/// `[calendar]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CalendarChoices {
    /// Which days are Working Days.
    pub calendar: Calendar,
    /// The file with the overrides.
    pub holidays: Option<PathBuf>,
}

impl CalendarChoices {
    /// Reads the file again.
    ///
    /// # Errors
    /// When it cannot be read, or says something else: with the line and the column.
    pub fn read_again(&self) -> Result<Calendar, SettingsFault> {
        self.holidays.as_deref().map_or_else(|| Ok(Calendar::default()), read_file)
    }
}

/// Reads the file that the section names.
pub(super) fn read(raw: RawCalendar) -> Result<CalendarChoices, SettingsFault> {
    let calendar = raw.holidays.as_deref().map(read_file).transpose()?.unwrap_or_default();
    Ok(CalendarChoices { calendar, holidays: raw.holidays })
}

fn read_file(file: &Path) -> Result<Calendar, SettingsFault> {
    let octets =
        std::fs::read(file).map_err(|reason| SettingsFault::Unreadable { file: file.to_owned(), reason })?;
    let days = read_days(&octets);
    Ok(Calendar::new(days.map_err(|reason| SettingsFault::File { file: file.to_owned(), reason })?))
}

fn read_days(octets: &[u8]) -> Result<Vec<CalendarOverride>, String> {
    // What spreadsheets put before UTF-8.
    let octets = octets.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(octets);
    let mut reader = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(octets);
    let header = reader.headers().map_err(|fault| fault.to_string())?;
    if header != HEADER.as_slice() {
        return Err(format!("line 1: the header is to be `{}`", HEADER.join(",")));
    }
    let mut seen = BTreeSet::new();
    let mut days = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|fault| fault.to_string())?;
        if record.iter().all(str::is_empty) {
            continue;
        }
        let line = record.position().map_or(0, csv::Position::line);
        if record.len() != HEADER.len() {
            return Err(format!("line {line}: {} columns are wanted, as in the header", HEADER.len()));
        }
        let day = day(&record).map_err(|reason| format!("line {line}: {reason}"))?;
        if !seen.insert(day.date) {
            return Err(format!("line {line}: date: {} stands in the file already", day.date));
        }
        days.push(day);
    }
    Ok(days)
}

fn day(record: &StringRecord) -> Result<CalendarOverride, String> {
    let [date, name, kind] = [0, 1, 2].map(|column| record.get(column).unwrap_or_default());
    let date = parse_date(date).map_err(|malformed| format!("date: {malformed}"))?;
    let kind = kind.parse::<DayKind>().map_err(|malformed| format!("kind: {malformed}"))?;
    if name.is_empty() || name.chars().count() > MAX_NAME || name.contains(char::is_control) {
        return Err(format!("name: 1 to {MAX_NAME} characters are wanted"));
    }
    Ok(CalendarOverride { date, name: name.to_owned(), kind })
}

impl fmt::Display for CalendarChoices {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(file) = &self.holidays else { return Ok(()) };
        writeln!(f, "\n[calendar]\nholidays = {}", toml::Value::from(file.display().to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_with_what_spreadsheets_add() {
        let text = "\u{feff}date,name,kind\r\n2026-07-06, Office move ,holiday\r\n,,\r\n2026-04-06,\"Cover, all\",working\r\n";
        let days = read_days(text.as_bytes()).unwrap();
        let days = days.iter().map(|day| format!("{} {} {}", day.date, day.name, day.kind));
        assert_eq!(
            days.collect::<Vec<_>>(),
            ["2026-07-06 Office move holiday", "2026-04-06 Cover, all working"]
        );
    }

    #[test]
    fn what_is_no_day_is_refused_with_its_line_and_column() {
        let lines = [
            "2026-02-29,Leap,holiday",
            "06/07/2026,Move,holiday",
            "2026-07-06,,holiday",
            "2026-07-06,Move,closed",
            "2026-07-06,Move",
            "2026-07-06,Move,holiday\n2026-07-06,Move,working",
        ];
        let told = lines.map(|line| read_days(format!("date,name,kind\n{line}\n").as_bytes()).unwrap_err());
        insta::assert_snapshot!(told.join("\n"), @"
            line 2: date: `2026-02-29` is not a date like `2026-01-31`
            line 2: date: `06/07/2026` is not a date like `2026-01-31`
            line 2: name: 1 to 100 characters are wanted
            line 2: kind: `closed` is not a kind of day: one of holiday, working
            line 2: 3 columns are wanted, as in the header
            line 3: date: 2026-07-06 stands in the file already
            ");
        insta::assert_snapshot!(read_days(b"day,name,kind\n").unwrap_err(), @"line 1: the header is to be `date,name,kind`");
        insta::assert_snapshot!(read_days(b"date,name,kind\n2026-07-06,\xFF,holiday\n").unwrap_err(), @"CSV parse error: record 1 (line 2, field: 1, byte: 15): invalid utf-8: invalid UTF-8 in field 1 near byte index 0");
    }
}
