//! `GET /manage/tallies`: answers by hour, User, Service Request, code and rule, and Devices by type and SMI Status.

use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};

use super::reply::{self, ApiError, ApiResult};
use crate::{
    domain::{instant_text, parse_instant},
    service::{AnswersOfHours, App},
    store::{AnswerTally, DeviceTallies, DeviceTally},
};

/// The query: the hours.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TallyQuery {
    from: Option<String>,
    until: Option<String>,
}

pub(super) async fn list(
    app: web::Data<App>,
    asked: Result<web::Query<TallyQuery>, actix_web::Error>,
) -> HttpResponse {
    match asked {
        Ok(asked) => reply::blocking(move || find(&app, &asked)).await,
        Err(error) => reply::json::<ShownTallies>(Err(ApiError::malformed("query", error))),
    }
}

fn find(app: &App, asked: &TallyQuery) -> ApiResult<ShownTallies> {
    let instant = |name, text: &Option<String>| {
        let instant = text.as_deref().map(parse_instant).transpose();
        instant.map_err(|reason| ApiError::malformed(name, reason))
    };
    let (from, until) = (instant("from", &asked.from)?, instant("until", &asked.until)?);
    if from.zip(until).is_some_and(|(from, until)| from >= until) {
        return Err(ApiError::malformed("until", "give an instant behind `from`"));
    }
    let AnswersOfHours { from, until, next, tallies } =
        app.answers_of_hours(from, until).map_err(ApiError::fault)?;
    let (devices, uncounted) = app.device_tallies().map_err(ApiError::fault)?;
    Ok(ShownTallies {
        from: instant_text(from),
        until: instant_text(until),
        answers: tallies.into_iter().map(ShownAnswers::from).collect(),
        next: next.map(instant_text),
        uncounted_decisions: uncounted,
        devices: devices.map(ShownDevices::from),
    })
}

#[derive(Serialize)]
struct ShownTallies {
    from: String,
    until: String,
    answers: Vec<ShownAnswers>,
    /// What `from` of the next hours says; null where these are the last.
    next: Option<String>,
    /// How many decisions are not counted yet, at most.
    uncounted_decisions: u64,
    /// Null before the first count.
    devices: Option<ShownDevices>,
}

#[derive(Serialize)]
struct ShownAnswers {
    hour: String,
    user_id: String,
    service_reference_variant: Option<String>,
    code: String,
    rule: Option<String>,
    answers: u64,
}

#[derive(Serialize)]
struct ShownDevices {
    counted_at: String,
    counts: Vec<ShownDeviceCount>,
}

#[derive(Serialize)]
struct ShownDeviceCount {
    device_type: &'static str,
    status: Option<&'static str>,
    devices: u64,
}

impl From<AnswerTally> for ShownAnswers {
    fn from(tally: AnswerTally) -> Self {
        let AnswerTally { hour, user, variant, code, rule, answers } = tally;
        Self {
            hour: instant_text(hour),
            user_id: user.to_string(),
            service_reference_variant: variant.map(|variant| variant.to_string()),
            code: code.to_string(),
            rule,
            answers,
        }
    }
}

impl From<DeviceTallies> for ShownDevices {
    fn from(DeviceTallies { counted_at, counts }: DeviceTallies) -> Self {
        let count = |DeviceTally { device_type, status, devices }: DeviceTally| ShownDeviceCount {
            device_type: device_type.as_str(),
            status: status.map(|status| status.as_str()),
            devices,
        };
        Self { counted_at: instant_text(counted_at), counts: counts.into_iter().map(count).collect() }
    }
}
