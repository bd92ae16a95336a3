//! Eighteen months of maintenance, a strip each; and what is in force now.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::{
    frame::Frame, maintenance::MonthUse, maintenance_refusal::unreadable, query::Parameters, reply,
    shown::When,
};
use crate::{
    domain::{LondonMonth, maintenance::WindowState},
    service::{App, MaintenanceAnswer, MaintenanceNow, MonthSummary, WindowInForce},
};

/// The address of the page.
pub(super) const PATH: &str = "/maintenance/months";
/// The address of what is in force.
pub(super) const NOW: &str = "/maintenance/now";
/// The months that are planned ahead (MP092-R26).
const MONTHS: u16 = 18;

#[derive(Template)]
#[template(path = "maintenance_months.html")]
struct MonthsPage {
    frame: Frame,
    rows: Vec<MonthRow>,
}

/// A month.
struct MonthRow {
    month: LondonMonth,
    in_words: String,
    used: MonthUse,
    revision: Option<u32>,
    is_late: bool,
    published: usize,
    drafts: usize,
}

impl MonthRow {
    fn new(month: LondonMonth, summary: &MonthSummary) -> Self {
        let MonthSummary { rule_set, schedule, used, states } = summary;
        let count = |is_counted: fn(&&WindowState) -> bool| states.iter().filter(is_counted).count();
        Self {
            month,
            in_words: month.first().strftime("%B %Y").to_string(),
            used: MonthUse::new(Some(*rule_set), Some(*used)),
            revision: schedule.as_ref().map(|schedule| schedule.revision),
            is_late: schedule.as_ref().is_some_and(|schedule| schedule.late),
            published: count(|state| matches!(state, WindowState::Published | WindowState::Closed)),
            drafts: count(|state| matches!(state, WindowState::Draft | WindowState::Changed)),
        }
    }
}

pub(super) async fn months(app: web::Data<App>, frame: Frame, request: HttpRequest) -> HttpResponse {
    let parameters = Parameters::of(&request, &[]);
    let work = move |frame| {
        parameters?;
        let first = LondonMonth::of_day(app.london_today());
        let months = (0..MONTHS).map(|ahead| first.later(ahead)).collect::<Vec<_>>();
        let summaries = app.maintenance_summaries(&months).map_err(unreadable)?;
        let rows = months.into_iter().zip(&summaries).map(|(month, one)| MonthRow::new(month, one)).collect();
        Ok(MonthsPage { frame, rows })
    };
    reply::page(frame.titled("Maintenance, 18 months"), work).await
}

#[derive(Template)]
#[template(path = "maintenance_now.html")]
struct NowPage {
    frame: Frame,
    now: When,
    is_felt: bool,
    rows: Vec<NowRow>,
    next: Option<(String, When)>,
}

/// A window in force.
struct NowRow {
    reference: String,
    ends: When,
    stops: String,
    /// How long still.
    left: String,
}

pub(super) async fn now(app: web::Data<App>, frame: Frame, request: HttpRequest) -> HttpResponse {
    let parameters = Parameters::of(&request, &[]);
    let work = move |frame| {
        parameters?;
        let MaintenanceNow { now, in_force, next } = app.maintenance_now()?;
        let row = |standing: &WindowInForce| NowRow {
            reference: standing.reference.to_string(),
            ends: When(standing.ends_at),
            stops: standing.stops.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
            left: left(standing.retry_after),
        };
        Ok(NowPage {
            frame,
            now: When(now.0),
            is_felt: app.choices().felt_maintenance.answer == MaintenanceAnswer::ServiceUnavailable,
            rows: in_force.iter().map(row).collect(),
            next: next.map(|(reference, starts_at)| (reference.to_string(), When(starts_at))),
        })
    };
    reply::page(frame.titled("Maintenance now"), work).await
}

/// `6 h 0 min`, or `45 s`.
fn left(seconds: u64) -> String {
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min", seconds / 60),
        _ => format!("{} h {} min", seconds / 3_600, seconds % 3_600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_told_in_hours_and_minutes() {
        let told = [0, 59, 60, 3_599, 3_600, 21_600 + 59].map(left);
        assert_eq!(told, ["0 s", "59 s", "1 min", "59 min", "1 h 0 min", "6 h 0 min"]);
    }
}
