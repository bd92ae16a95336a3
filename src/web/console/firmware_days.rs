//! Firmware days: what is agreed and sent on each London day against its capacity, and the asks that wait for the Service Desk.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use jiff::ToSpan as _;

use super::{
    capacity_picture::{CapacityDay, CapacityPicture, UserImages, picture},
    download::File,
    firmware_refusal::unreadable,
    firmware_schedules::ScheduleRow,
    frame::Frame,
    page_error::PageResult,
    query::{PAGE, Parameters},
    reply,
    shown::UserLink,
    wanted::{Download, Format, Wanted},
};
use crate::{
    domain::{Date, Eui64, ScheduleState, parse_date},
    service::{
        AgreedBatch, App, FirmwareDayUse, FirmwareDays, UserDayUse,
        console::{ListOrderValue, PageRequestValue, ScheduleFilterValue},
    },
    web::firmware::ShownFirmwareDays,
};

/// The address of the page.
pub(super) const PATH: &str = "/firmware/days";
/// The days of the picture.
const DAYS: u16 = 28;
/// The parameters of the address.
const KNOWN: [&str; 1] = ["from"];

#[derive(Template)]
#[template(path = "firmware_days.html")]
struct FirmwareDaysPage {
    frame: Frame,
    from: Date,
    today: Date,
    /// The first days of the pages before and after.
    before: Option<Date>,
    after: Option<Date>,
    picture: Option<CapacityPicture>,
    rows: Vec<DayRow>,
    users: Vec<(String, UserLink, String)>,
    asks: Vec<ScheduleRow>,
    more_asks: bool,
}

/// A day with something agreed, sent or out of the ordinary.
struct DayRow {
    day: Date,
    capacity: u32,
    reason: String,
    agreed: u64,
    room: u64,
    over: u64,
    users: Vec<UserRow>,
}

/// A User's part of it.
struct UserRow {
    letter: String,
    batches: Vec<AgreedBatch>,
    agreed: u32,
    batch: u32,
    free: u32,
    unscheduled: u32,
    limit: Option<u32>,
}

/// The Users of these days, each with its letter: `A`, ..., `Z`, `A2`, ...
struct Letters(Vec<Eui64>);

impl Letters {
    fn of(days: &FirmwareDays) -> Self {
        let mut users = days.days.iter().flat_map(|day| &day.users).map(|of| of.user).collect::<Vec<_>>();
        users.sort_unstable();
        users.dedup();
        Self(users)
    }

    fn letter(&self, user: Eui64) -> String {
        let place = self.0.iter().position(|other| *other == user).unwrap_or_default();
        let letter = char::from(b'A' + u8::try_from(place % 26).unwrap_or_default());
        let round = place / 26 + 1;
        if round == 1 { letter.to_string() } else { format!("{letter}{round}") }
    }
}

impl DayRow {
    fn new(day: &FirmwareDayUse, letters: &Letters) -> Self {
        let user = |of: &UserDayUse| UserRow {
            letter: letters.letter(of.user),
            batches: of.batches.clone(),
            agreed: of.agreed,
            batch: of.batch,
            free: of.free,
            unscheduled: of.unscheduled,
            limit: of.limit,
        };
        Self {
            day: day.day,
            capacity: day.capacity,
            reason: day.reason.as_ref().map(ToString::to_string).unwrap_or_default(),
            agreed: day.agreed,
            room: day.room,
            over: day.over,
            users: day.users.iter().map(user).collect(),
        }
    }
}

fn drawn(day: &FirmwareDayUse, letters: &Letters, names: &[(String, UserLink, String)]) -> CapacityDay {
    let user = |of: &UserDayUse| {
        let letter = letters.letter(of.user);
        let name = names.iter().find(|(other, _, _)| *other == letter).map(|(_, _, name)| name.clone());
        UserImages {
            party: name.unwrap_or_default(),
            letter,
            agreed: of.agreed.into(),
            sent: of.batch.into(),
            free: of.free.into(),
            unscheduled: of.unscheduled.into(),
        }
    };
    CapacityDay { day: day.day, capacity: day.capacity.into(), users: day.users.iter().map(user).collect() }
}

fn first_day(app: &App, parameters: &Parameters) -> PageResult<Date> {
    Ok(parameters.value_by("from", parse_date)?.unwrap_or_else(|| app.london_today()))
}

pub(super) async fn show(app: web::Data<App>, frame: Frame, request: HttpRequest) -> HttpResponse {
    let parameters = Parameters::of(&request, &KNOWN);
    let work = move |frame| {
        let (from, today) = (first_day(&app, &parameters?)?, app.london_today());
        let days = app.firmware_days(Some(from), DAYS).map_err(unreadable)?;
        let letters = Letters::of(&days);
        let mut users = Vec::new();
        for user in &letters.0 {
            let name = app.user(*user)?.map(|found| found.user.party_name).unwrap_or_default();
            users.push((letters.letter(*user), UserLink(*user), name));
        }
        let waiting = ScheduleFilterValue { state: Some(ScheduleState::Open), user: None };
        let asks =
            app.firmware_schedules(waiting, ListOrderValue::OldestFirst, PageRequestValue::first(PAGE));
        let asks = asks.map_err(unreadable)?;
        let is_told = |day: &&FirmwareDayUse| !day.users.is_empty() || day.reason.is_some();
        Ok(FirmwareDaysPage {
            frame,
            from,
            today,
            before: from.checked_sub(i64::from(DAYS).days()).ok(),
            after: from.checked_add(i64::from(DAYS).days()).ok(),
            picture: picture(&days.days.iter().map(|day| drawn(day, &letters, &users)).collect::<Vec<_>>()),
            rows: days.days.iter().filter(is_told).map(|day| DayRow::new(day, &letters)).collect(),
            users,
            asks: asks.rows.iter().map(ScheduleRow::from).collect(),
            more_asks: asks.next.is_some(),
        })
    };
    reply::page(frame.titled("Firmware"), work).await
}

/// The columns of the download: a line for each User of a day, and one for a day without.
const COLUMNS: [&str; 12] = [
    "day",
    "capacity",
    "reason",
    "agreed",
    "room",
    "over",
    "user_id",
    "user_agreed",
    "batch",
    "free",
    "unscheduled",
    "batches",
];

/// The numbers of batches, as the form of a schedule takes those to displace.
fn numbers(batches: &[AgreedBatch]) -> String {
    batches.iter().map(|batch| batch.number.to_string()).collect::<Vec<_>>().join(" ")
}

fn cells(day: &FirmwareDayUse) -> Vec<[String; 12]> {
    let of_user = |of: Option<&UserDayUse>| {
        let number = |number: fn(&UserDayUse) -> u32| of.map(|of| number(of).to_string()).unwrap_or_default();
        [
            day.day.to_string(),
            day.capacity.to_string(),
            day.reason.as_ref().map(ToString::to_string).unwrap_or_default(),
            day.agreed.to_string(),
            day.room.to_string(),
            day.over.to_string(),
            of.map(|of| of.user.to_string()).unwrap_or_default(),
            number(|of| of.agreed),
            number(|of| of.batch),
            number(|of| of.free),
            number(|of| of.unscheduled),
            of.map(|of| numbers(&of.batches)).unwrap_or_default(),
        ]
    };
    if day.users.is_empty() { vec![of_user(None)] } else { day.users.iter().map(Some).map(of_user).collect() }
}

pub(super) async fn download(wanted: Wanted) -> HttpResponse {
    let work = |asked: &Download| {
        let from = first_day(&asked.app, &asked.parameters)?;
        let days = asked.app.firmware_days(Some(from), DAYS).map_err(unreadable)?;
        match asked.format {
            Format::Csv => File::csv("firmware-days", COLUMNS, days.days.iter().flat_map(cells)),
            Format::Json => File::json("firmware-days", &ShownFirmwareDays::from(days)),
        }
    };
    wanted.answer(&KNOWN, work).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_go_on_after_z() {
        let user = |number: u8| Eui64::from_octets([0, 0, 0, 0, 0, 0, 0, number]);
        let letters = Letters((0..60).map(user).collect());
        assert_eq!([0, 25, 26, 52].map(|number| letters.letter(user(number))), ["A", "Z", "A2", "A3"]);
    }
}
