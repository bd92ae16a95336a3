//! Delivery schedules: one line for each, with filters in the address, and as a download.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::{
    download::File,
    firmware_refusal::unreadable,
    frame::Frame,
    page_error::PageResult,
    query::{DOWNLOAD, PAGE, Parameters},
    reply,
    shown::{UserLink, When},
    wanted::{Download, Format, Wanted},
};
use crate::{
    domain::{ScheduleNumber, ScheduleState, instant_text},
    service::{
        App, ListedSchedule,
        console::{ListOrderValue, PageRequestValue, PageValue, ScheduleFilterValue},
    },
    web::firmware::{ListedSchedules, ScheduleSummary},
};

/// The address of the page.
pub(super) const PATH: &str = "/firmware/schedules";
/// The parameters of the address.
const KNOWN: [&str; 3] = ["state", "user_id", "before"];

#[derive(Template)]
#[template(path = "firmware_schedules.html")]
struct SchedulesPage {
    frame: Frame,
    parameters: Parameters,
    rows: Vec<ScheduleRow>,
    next: Option<String>,
    csv: String,
    json: String,
    states: &'static [ScheduleState],
}

impl SchedulesPage {
    fn value(&self, name: &str) -> &str {
        self.parameters.text(name).unwrap_or_default()
    }

    fn has_filters(&self) -> bool {
        self.parameters.has_filters("before")
    }
}

/// A schedule as lists show it.
pub(super) struct ScheduleRow {
    pub(super) number: ScheduleNumber,
    pub(super) summary: ScheduleSummary,
    pub(super) user: UserLink,
    pub(super) mark: &'static str,
    pub(super) asked: When,
}

impl From<&ListedSchedule> for ScheduleRow {
    fn from(listed: &ListedSchedule) -> Self {
        let schedule = &listed.schedule;
        Self {
            number: schedule.number,
            summary: listed.into(),
            user: UserLink(schedule.user),
            mark: mark_of(schedule.state),
            asked: When(schedule.asked_at),
        }
    }
}

impl ScheduleRow {
    /// Its days: `2026-03-02 to 2026-04-26`.
    pub(super) fn days(&self) -> String {
        match (&self.summary.first_day, &self.summary.last_day) {
            (Some(first), Some(last)) if first != last => format!("{first} to {last}"),
            (Some(first), _) => first.clone(),
            (None, _) => String::new(),
        }
    }

    /// The beginning of the image's hash, which suffices to tell it from others.
    pub(super) fn image(&self) -> String {
        self.summary.firmware_hash.chars().take(12).collect()
    }
}

/// How a state is marked.
pub(super) const fn mark_of(state: ScheduleState) -> &'static str {
    match state {
        ScheduleState::Open => "warn",
        ScheduleState::Agreed => "good",
        ScheduleState::Withdrawn => "plain",
    }
}

fn find(app: &App, parameters: &Parameters, limit: u16) -> PageResult<PageValue<ListedSchedule>> {
    let filter =
        ScheduleFilterValue { state: parameters.value("state")?, user: parameters.value("user_id")? };
    let page = PageRequestValue { after: parameters.key("before")?, limit };
    app.firmware_schedules(filter, ListOrderValue::NewestFirst, page).map_err(unreadable)
}

pub(super) async fn list(app: web::Data<App>, frame: Frame, request: HttpRequest) -> HttpResponse {
    let parameters = Parameters::of(&request, &KNOWN);
    let work = move |frame| {
        let parameters = parameters?;
        let PageValue { rows, next } = find(&app, &parameters, PAGE)?;
        let at = |path: &str, key| parameters.with(path, "before", key);
        Ok(SchedulesPage {
            frame,
            rows: rows.iter().map(ScheduleRow::from).collect(),
            next: next.map(|key| at(PATH, Some(key))),
            csv: at("/firmware/schedules.csv", None),
            json: at("/firmware/schedules.json", None),
            states: ScheduleState::ALL,
            parameters,
        })
    };
    reply::page(frame.titled("Delivery schedules"), work).await
}

/// The columns of the download.
const COLUMNS: [&str; 15] = [
    "id",
    "state",
    "user_id",
    "firmware_hash",
    "size_bytes",
    "images",
    "security",
    "reason",
    "asked_at",
    "batches",
    "first_day",
    "last_day",
    "sent",
    "done",
    "failed",
];

fn cells(listed: &ListedSchedule) -> [String; 15] {
    let of = ScheduleSummary::from(listed);
    [
        of.id.to_string(),
        of.state,
        of.user_id,
        of.firmware_hash,
        of.size_bytes.to_string(),
        of.images.to_string(),
        of.security.to_string(),
        of.reason.unwrap_or_default(),
        instant_text(listed.schedule.asked_at),
        of.number_of_batches.to_string(),
        of.first_day.unwrap_or_default(),
        of.last_day.unwrap_or_default(),
        of.sent.to_string(),
        of.done.to_string(),
        of.failed.to_string(),
    ]
}

pub(super) async fn download(wanted: Wanted) -> HttpResponse {
    let work = |asked: &Download| {
        let found = find(&asked.app, &asked.parameters, DOWNLOAD)?;
        let next = asked.next("before", found.next);
        let file = match asked.format {
            Format::Csv => File::csv("firmware-schedules", COLUMNS, found.rows.iter().map(cells))?,
            Format::Json => {
                let list = ListedSchedules { next: next.clone(), ..found.into() };
                File::json("firmware-schedules", &list)?
            }
        };
        Ok(file.followed_by(next))
    };
    wanted.answer(&KNOWN, work).await
}
