//! `GET /manage/calendar`: which days are Working Days, and what the others are called (SERVICE.md 5).

use actix_web::{HttpResponse, web};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::reply::{self, ApiError, ApiResult};
use crate::{
    domain::{Calendar, london_date, parse_date},
    service::App,
};

/// The most days of an answer.
const MAX_DAYS: usize = 800;
/// The days of an answer to a question that names no end.
const DEFAULT_DAYS: usize = 31;

/// The query: the first day, which is today in London by default, and the last one.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CalendarQuery {
    from: Option<String>,
    to: Option<String>,
}

pub(super) async fn list(
    app: web::Data<App>,
    asked: Result<web::Query<CalendarQuery>, actix_web::Error>,
) -> HttpResponse {
    let asked = asked.map_err(|error| ApiError::malformed("query", error));
    reply::json(asked.and_then(|asked| days(&app, &asked)))
}

fn days(app: &App, asked: &CalendarQuery) -> ApiResult<ListedDays> {
    let date = |name, text: &Option<String>| {
        let date = text.as_deref().map(parse_date).transpose();
        date.map_err(|malformed| ApiError::malformed(name, malformed))
    };
    let from = date("from", &asked.from)?.unwrap_or_else(|| london_date(app.clock().now().0));
    let to = date("to", &asked.to)?;
    if to.is_some_and(|to| to < from) {
        return Err(ApiError::malformed("to", format!("give a day that is not before {from}")));
    }
    let days = from.series(jiff::Span::new().days(1));
    let calendar = app.calendar();
    let days = match to {
        None => days.take(DEFAULT_DAYS).collect::<Vec<_>>(),
        Some(to) => days.take(MAX_DAYS + 1).take_while(|day| *day <= to).collect(),
    };
    if days.len() > MAX_DAYS {
        return Err(ApiError::malformed("to", format!("ask for at most {MAX_DAYS} days at once")));
    }
    Ok(ListedDays { days: days.into_iter().map(|day| ListedDay::new(&calendar, day)).collect() })
}

#[derive(Serialize)]
struct ListedDays {
    days: Vec<ListedDay>,
}

#[derive(Serialize)]
struct ListedDay {
    date: String,
    /// Whether it is a Working Day.
    working: bool,
    /// The name of a bank holiday, or of an override.
    name: Option<String>,
}

impl ListedDay {
    fn new(calendar: &Calendar, day: Date) -> Self {
        Self {
            date: day.to_string(),
            working: calendar.is_working_day(day),
            name: calendar.name(day).map(str::to_owned),
        }
    }
}
