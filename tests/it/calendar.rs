//! London time, bank holidays and Working Days: against other computations, at the command line, and over HTTP.

use std::{
    fmt::Write as _,
    fs,
    path::Path,
    process::{Command, Output},
};

use smi::domain::{
    Calendar, Timestamp, bank_holidays, london_date, london_instant, london_text, london_time, parse_date,
    parse_london_or_utc_minute,
};

use crate::support::{agent, package, served::Served, skip::skip};

const OVERRIDES: &str = "date,name,kind\n2026-07-06,Office move,holiday\n2026-04-06,Cover,working\n";

fn smi(dir: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_smi")).args(arguments).current_dir(dir).output().unwrap()
}

fn said(output: &[u8]) -> String {
    String::from_utf8(output.to_vec()).unwrap()
}

/// HUBS.md 2, SERVICE.md 4.
#[test]
fn bank_holidays_are_those_of_the_published_list() {
    let computed =
        (2018..=2030).flat_map(bank_holidays).fold("date,name\n".to_owned(), |mut csv, (day, name)| {
            writeln!(csv, "{day},{name}").unwrap();
            csv
        });
    assert_eq!(computed, fs::read_to_string(package().join("fixtures/calendar/bank-holidays.csv")).unwrap());
}

/// SERVICE.md 7/1.
#[test]
fn row_1_there_are_eight_bank_holidays_a_year_and_more_by_proclamation() {
    let number = |year| bank_holidays(year).len();
    for year in (2018..=2030).filter(|year| ![2022, 2023].contains(year)) {
        assert_eq!(number(year), 8, "{year}");
    }
    assert_eq!((number(2022), number(2023), (2018..=2030).map(number).sum::<usize>()), (10, 9, 107));
    let calendar = Calendar::default();
    let is_working = |day: &str| calendar.is_working_day(parse_date(day).unwrap());
    assert!(["2020-05-04", "2022-05-30"].into_iter().all(is_working));
    for day in
        ["2020-05-08", "2022-06-02", "2022-12-27", "2023-01-02", "2026-12-28", "2027-12-28", "2028-01-03"]
    {
        assert!(!is_working(day), "{day}");
    }
}

/// Easter Sunday as month and day, by the table of the Book of Common Prayer: Golden Number, and the Sunday after the full moon.
fn easter_by_the_prayer_book(year: i16) -> (i8, i8) {
    // The Paschal full moons from 1900 to 2199, by Golden Number 1 to 19: days after 21 March.
    const MOONS: [i8; 19] = [24, 13, 2, 21, 10, 28, 18, 7, 26, 15, 4, 23, 12, 1, 20, 9, 27, 17, 6];
    let moon = MOONS.into_iter().nth(usize::try_from(year.rem_euclid(19)).unwrap()).unwrap();
    let mut day = jiff::civil::date(year, 3, 21).checked_add(jiff::Span::new().days(moon)).unwrap();
    loop {
        day = day.tomorrow().unwrap();
        if day.weekday() == jiff::civil::Weekday::Sunday {
            return (day.month(), day.day());
        }
    }
}

/// A second computation, day by day: what is no Working Day, by counting weekdays and looking at the day before.
#[test]
fn working_days_agree_with_a_second_computation_from_2018_to_2100() {
    use jiff::civil::Weekday::{Monday, Saturday, Sunday, Tuesday};
    let added = ["2020-05-08", "2022-06-02", "2022-06-03", "2022-09-19", "2023-05-08"];
    let taken_away = ["2020-05-04", "2022-05-30"];
    let calendar = Calendar::default();
    for year in 2018..=2100_i16 {
        let (month, day) = easter_by_the_prayer_book(year);
        let easter = jiff::civil::date(year, month, day);
        let mut day = jiff::civil::date(year, 1, 1);
        while day.year() == year {
            let (weekday, text) = (day.weekday(), day.to_string());
            let from_easter = (day - easter).get_days();
            let is_first_monday = weekday == Monday && day.day() <= 7;
            let is_last_monday = weekday == Monday && day.day() > 24;
            let by_rule = match (day.month(), day.day()) {
                _ if from_easter == -2 || from_easter == 1 => true,
                (1, 1) => true,
                (1, 2) | (1, 3) => weekday == Monday,
                (5, _) => is_first_monday || is_last_monday,
                (8, _) => is_last_monday,
                (12, 25 | 26) => true,
                (12, 27) => matches!(weekday, Monday | Tuesday),
                (12, 28) => matches!(weekday, Monday | Tuesday),
                _ => false,
            };
            let is_holiday =
                added.contains(&text.as_str()) || by_rule && !taken_away.contains(&text.as_str());
            let is_working = !matches!(weekday, Saturday | Sunday) && !is_holiday;
            assert_eq!(calendar.is_working_day(day), is_working, "{text} {weekday:?}");
            day = day.tomorrow().unwrap();
        }
    }
}

/// SERVICE.md 4: neither `TZ` nor the machine's zone files are asked; Python asks the latter. Both directions, each minute of all
/// nights in which the clocks change from 2018 to 2037: what the clock shows, and when it shows that, never, once or twice.
#[test]
fn london_time_is_that_of_pythons_zone_database_in_every_night_when_the_clocks_change() {
    let oracle = Command::new("python3").arg(package().join("tests/oracles/london.py")).output().unwrap();
    if !oracle.status.success() {
        skip("python3 with a zone database (tzdata)");
        return;
    }
    let lines = said(&oracle.stdout);
    let mut seen = [0; 4];
    for line in lines.lines() {
        let mut fields = line.split(' ');
        let (direction, first) = (fields.next().unwrap(), fields.next().unwrap());
        let rest = fields.collect::<Vec<_>>();
        match direction {
            "utc" => {
                seen[3] += 1;
                check_shown(first.parse().unwrap(), rest[0]);
            }
            _ => {
                seen[rest.len()] += 1;
                check_entry(first, &rest);
            }
        }
    }
    // Twenty hours are passed over and twenty are shown twice.
    assert_eq!(seen, [20 * 60, 40 * 901 - 40 * 60, 20 * 60, 40 * 841]);
}

fn check_shown(instant: Timestamp, local: &str) {
    assert_eq!(london_time(instant).strftime("%Y-%m-%dT%H:%M:%S%z").to_string(), local);
    let with_colon = format!("{}:{}", &local[..22], &local[22..]);
    assert_eq!(london_text(instant), with_colon);
    assert_eq!(london_date(instant).to_string(), local[..10]);
}

fn check_entry(shown: &str, instants: &[&str]) {
    let read = parse_london_or_utc_minute(shown);
    let lenient = london_instant(shown.parse().unwrap()).unwrap().to_string();
    match instants {
        [] => {
            let why = read.unwrap_err().to_string();
            assert!(why.contains("does not exist in London"), "{why}");
            // A form takes the time as far behind the change as it lies behind the hour that was passed over.
            assert_eq!(lenient, format!("{shown}:00Z"));
        }
        [one] => assert_eq!([read.unwrap().to_string(), lenient], [*one; 2]),
        [first, ..] => {
            assert_eq!(
                read.unwrap_err().to_string(),
                format!("`{shown}` happens twice: {}", instants.join(" or "))
            );
            assert_eq!(&lenient, first);
        }
    }
    for instant in instants {
        assert_eq!(parse_london_or_utc_minute(instant).unwrap().to_string(), **instant);
    }
}

/// SERVICE.md 7/2; and the mistakes that people make.
#[test]
fn the_command_answers_and_says_what_is_wrong() {
    let dir = tempfile::tempdir().unwrap();
    let asked = |arguments: &[&str]| smi(dir.path(), &[&["calendar"], arguments].concat());
    let day = |arguments: &[&str]| said(&asked(arguments).stdout).trim().to_owned();
    for (before, expected) in [
        ("2026-03-01", "2026-02-02"),
        ("2026-04-01", "2026-03-04"),
        ("2026-05-01", "2026-04-01"),
        ("2026-06-01", "2026-04-30"),
    ] {
        assert_eq!(day(&["--before", before, "--days", "20"]), expected);
    }
    assert_eq!(day(&["--after", "2021-04-01", "--days", "1"]), "2021-04-06");
    insta::assert_snapshot!(day(&["2022"]), @"
        2022-01-03  Mon  holiday  New Year's Day
        2022-04-15  Fri  holiday  Good Friday
        2022-04-18  Mon  holiday  Easter Monday
        2022-05-02  Mon  holiday  Early May bank holiday
        2022-06-02  Thu  holiday  Spring bank holiday
        2022-06-03  Fri  holiday  Platinum Jubilee bank holiday
        2022-08-29  Mon  holiday  Summer bank holiday
        2022-09-19  Mon  holiday  State Funeral of Queen Elizabeth II
        2022-12-26  Mon  holiday  Boxing Day
        2022-12-27  Tue  holiday  Christmas Day
        ");
    for wrong in [
        &["--before", "2026-3-1", "--days", "20"][..],
        &["--before", "2026-03-01"],
        &["--before", "2026-03-01", "--days", "0"],
        &["20026"],
        &["2026", "--after", "2026-03-01", "--days", "1"],
    ] {
        assert_eq!(asked(wrong).status.code(), Some(2), "{wrong:?}");
    }

    let holidays = dir.path().join("holidays.csv");
    fs::write(dir.path().join("smi.toml"), "[calendar]\nholidays = \"holidays.csv\"\n").unwrap();
    let under = |year: &str| smi(dir.path(), &["--config", "smi.toml", "calendar", year]);
    fs::write(&holidays, OVERRIDES).unwrap();
    let listed = said(&under("2026").stdout);
    assert!(listed.contains("2026-07-06  Mon  holiday  Office move\n"), "{listed}");
    assert!(listed.contains("2026-04-06  Mon  working  Cover\n"), "{listed}");
    fs::write(&holidays, format!("{OVERRIDES}2026-05-32,May,holiday\n")).unwrap();
    let refused = under("2026");
    assert_eq!(refused.status.code(), Some(1));
    insta::assert_snapshot!(said(&refused.stderr), @"smi: holidays.csv: line 4: date: `2026-05-32` is not a date like `2026-01-31`");
}

#[test]
fn the_management_listener_lists_days_and_reads_the_file_again_at_a_hangup() {
    let dir = tempfile::tempdir().unwrap();
    let holidays = dir.path().join("holidays.csv");
    fs::write(&holidays, OVERRIDES).unwrap();
    let settings = "[calendar]\nholidays = 'holidays.csv'\n[manage]\ntoken = 'open-sesame'\n\
        [test]\nclock = '2026-07-05T23:30:00Z'\n";
    fs::write(dir.path().join("smi.toml"), settings).unwrap();
    let served = Served::start(dir.path(), &package().join("fixtures/inventory"));
    let manage = served.address("manage");
    let get = |query: &str| {
        let url = format!("http://{manage}/manage/calendar{query}");
        let mut reply = agent().get(url).header("authorization", "Bearer open-sesame").call().unwrap();
        (reply.status().as_u16(), reply.body_mut().read_to_string().unwrap())
    };
    let today = "{\"date\":\"2026-07-06\",\"working\":false,\"name\":\"Office move\"}";
    let (status, days) = get("");
    assert_eq!(status, 200);
    assert!(days.starts_with(&format!("{{\"days\":[{today},")), "today in London: {days}");
    assert_eq!(days.matches("date").count(), 31);
    assert_eq!(get("?from=2026-01-01&to=2028-03-10").1.matches("date").count(), 800);
    for (query, place) in [
        ("?from=2026-02-30", "from: "),
        ("?to=tomorrow", "to: "),
        ("?to=2026-07-01", "to: "),
        ("?from=2026-01-01&to=2028-03-11", "to: "),
        ("?from=0001-01-01&to=9999-12-31", "to: "),
        ("?day=1", "query: "),
    ] {
        let (status, body) = get(query);
        assert!(status == 400 && body.contains(place), "{query}: {status} {body}");
    }
    assert_eq!(get("?from=9999-12-31").1.matches("date").count(), 1);

    fs::write(&holidays, "date,name,kind\n2026-07-06,Office move,closed\n").unwrap();
    served.signal("-HUP");
    assert!(served.logged("calendar: ").contains("the old holidays stay"));
    assert!(get("").1.contains(today));
    fs::write(&holidays, "date,name,kind\n").unwrap();
    served.signal("-HUP");
    served.logged("trust: ");
    served.logged("calendar: ");
    assert!(get("?from=2026-07-06&to=2026-07-06").1.contains("\"working\":true,\"name\":null"));
}
