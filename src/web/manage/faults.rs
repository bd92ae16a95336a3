//! `PUT`, `GET` and `DELETE /manage/faults`: faults on purpose, where `[test]` is set.

use std::num::NonZero;

use actix_web::{HttpResponse, http::StatusCode, web};
use serde::{Deserialize, Serialize};
use validator::{Validate, ValidationErrors};

use super::{
    fault_action,
    reflash::FieldFault,
    reply::{self, ApiError, ApiResult, BodyResult},
};
use crate::{
    domain::{ActorName, Eui64, ServiceReferenceVariant},
    service::{
        App,
        test_bench::{FaultCondition, FaultCounts, FaultsFault, MOST_FAULTS, PurposeFault, StandingFaults},
    },
    web::body::BufferedBody,
};

/// The longest name of a fault.
const LONGEST_ID: usize = 64;

/// The query of `PUT`: the seed of percentages.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FaultsQuery {
    seed: Option<String>,
}

/// The body of `PUT`: the list, which replaces the one before.
#[derive(Deserialize)]
#[serde(transparent)]
struct GivenFaults(Vec<GivenFault>);

/// The fields are checked one by one, with their place.
impl Validate for GivenFaults {
    fn validate(&self) -> Result<(), ValidationErrors> {
        Ok(())
    }
}

/// A fault as it is given.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GivenFault {
    id: String,
    #[serde(default)]
    when: GivenCondition,
    #[serde(rename = "do")]
    action: serde_json::Value,
    times: Option<u64>,
}

/// A condition as it is given.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct GivenCondition {
    service: Option<String>,
    variant: Option<String>,
    user: Option<String>,
    device: Option<String>,
    nth: Option<u64>,
    percent: Option<u64>,
}

/// The faults that stand.
#[derive(Serialize)]
struct ListedFaults {
    seed: u32,
    faults: Vec<ShownFault>,
}

/// A fault, and what it did.
#[derive(Serialize)]
struct ShownFault {
    id: String,
    when: ShownCondition,
    #[serde(rename = "do")]
    action: serde_json::Value,
    times: Option<u64>,
    /// How many messages it was tried on.
    fitted: u64,
    /// How often it acted.
    acted: u64,
}

#[derive(Serialize)]
struct ShownCondition {
    #[serde(skip_serializing_if = "Option::is_none")]
    service: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    variant: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    device: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nth: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    percent: Option<u8>,
}

impl From<StandingFaults> for ListedFaults {
    fn from(StandingFaults { seed, faults }: StandingFaults) -> Self {
        Self { seed, faults: faults.into_iter().map(ShownFault::from).collect() }
    }
}

impl From<FaultCounts> for ShownFault {
    fn from(FaultCounts { fault, fitted, acted }: FaultCounts) -> Self {
        let PurposeFault { id, when, action, times } = fault;
        let FaultCondition { service, variant, user, device, nth, percent } = when;
        let when = ShownCondition {
            service,
            variant: variant.map(ServiceReferenceVariant::as_str),
            user: user.map(|user| user.to_string()),
            device: device.map(|device| device.to_string()),
            nth: nth.map(NonZero::get),
            percent,
        };
        let action = fault_action::shown(action);
        Self { id, when, action, times: times.map(NonZero::get), fitted, acted }
    }
}

pub(super) async fn list(app: web::Data<App>) -> HttpResponse {
    reply::json(standing(&app))
}

pub(super) async fn replace(
    app: web::Data<App>,
    asked: Result<web::Query<FaultsQuery>, actix_web::Error>,
    body: BodyResult,
) -> HttpResponse {
    let body = reply::buffered(body);
    match asked {
        Ok(asked) => reply::blocking(move || put(&app, &asked, body)).await,
        Err(error) => reply::json::<ListedFaults>(Err(ApiError::malformed("query", error))),
    }
}

pub(super) async fn remove(app: web::Data<App>) -> HttpResponse {
    reply::blocking(move || stand(&app, 0, Vec::new())).await
}

fn put(app: &App, asked: &FaultsQuery, body: ApiResult<BufferedBody>) -> ApiResult<ListedFaults> {
    // First, so that a service outside tests refuses without looking at the body.
    require(app)?;
    let seed = asked.seed.as_deref().map(str::parse).transpose();
    let seed = seed.map_err(|_| ApiError::malformed("seed", "give a number from 0 to 4294967295"))?;
    let GivenFaults(given) = reply::read(body)?;
    stand(app, seed.unwrap_or(0), faults_of(given)?)
}

fn stand(app: &App, seed: u32, faults: Vec<PurposeFault>) -> ApiResult<ListedFaults> {
    app.replace_faults(seed, faults, ActorName::token()).map_err(|fault| match fault {
        FaultsFault::NotTest(reason) => ApiError::new(StatusCode::FORBIDDEN, reason),
        FaultsFault::Fault(fault) => ApiError::fault(fault),
        fault @ (FaultsFault::Taken(_) | FaultsFault::Full | FaultsFault::Unknown(_)) => {
            ApiError::new(StatusCode::CONFLICT, fault)
        }
    })?;
    standing(app)
}

fn require(app: &App) -> ApiResult<()> {
    app.test_bench().map(drop).map_err(|reason| ApiError::new(StatusCode::FORBIDDEN, reason))
}

fn standing(app: &App) -> ApiResult<ListedFaults> {
    let faults = app.faults().map_err(|reason| ApiError::new(StatusCode::FORBIDDEN, reason))?;
    Ok(ListedFaults::from(faults))
}

fn faults_of(given: Vec<GivenFault>) -> ApiResult<Vec<PurposeFault>> {
    if given.len() > MOST_FAULTS {
        return Err(ApiError::malformed("body", format!("there are more than {MOST_FAULTS} faults")));
    }
    let mut faults = Vec::<PurposeFault>::new();
    for (place, given) in given.into_iter().enumerate() {
        let fault = fault_of(given)
            .map_err(|(field, reason)| ApiError::malformed(&format!("[{place}].{field}"), reason))?;
        if faults.iter().any(|before| before.id == fault.id) {
            let reason = format!("`{}` is the id of another fault", fault.id);
            return Err(ApiError::malformed(&format!("[{place}].id"), reason));
        }
        faults.push(fault);
    }
    Ok(faults)
}

/// Reads a fault that was given as JSON.
pub(in crate::web) fn fault_of_json(given: serde_json::Value) -> Result<PurposeFault, FieldFault> {
    let read = serde_json::from_value::<GivenFault>(given);
    let read = read.map_err(|reason| ("fault", reason.to_string())).and_then(fault_of);
    read.map_err(|(place, reason)| FieldFault { place: place.to_owned(), reason })
}

/// A field and what is wrong with it.
type Wrong = (&'static str, String);

fn fault_of(GivenFault { id, when, action, times }: GivenFault) -> Result<PurposeFault, Wrong> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    if !(1..=LONGEST_ID).contains(&id.len()) || !id.bytes().all(is_plain) {
        let reason = format!("an id is 1 to {LONGEST_ID} letters, digits, `-`, `_` or `.`");
        return Err(("id", reason));
    }
    let action = fault_action::read(&action).map_err(|reason| ("do", reason))?;
    let times = times.map(|times| counted(times).map_err(|reason| ("times", reason))).transpose()?;
    Ok(PurposeFault { id, when: condition_of(when)?, action, times })
}

fn condition_of(given: GivenCondition) -> Result<FaultCondition, Wrong> {
    let GivenCondition { service, variant, user, device, nth, percent } = given;
    let eui = |text: Option<String>, field| {
        let id = text.map(|text| text.parse::<Eui64>()).transpose();
        id.map_err(|malformed| (field, malformed.to_string()))
    };
    let variant = variant.map(|text| text.parse::<ServiceReferenceVariant>()).transpose();
    let percent = percent.map(|percent| match u8::try_from(percent) {
        Ok(number @ 0..=100) => Ok(number),
        Ok(_) | Err(_) => Err(("when.percent", format!("`{percent}` is not from 0 to 100"))),
    });
    Ok(FaultCondition {
        service: service.map(|service| reference(&service)).transpose()?,
        variant: variant.map_err(|malformed| ("when.variant", malformed.to_string()))?,
        user: eui(user, "when.user")?,
        device: eui(device, "when.device")?,
        nth: nth.map(|nth| counted(nth).map_err(|reason| ("when.nth", reason))).transpose()?,
        percent: percent.transpose()?,
    })
}

fn reference(text: &str) -> Result<&'static str, Wrong> {
    let known = ServiceReferenceVariant::all().map(ServiceReferenceVariant::service_reference);
    let found = known.into_iter().find(|known| *known == text);
    found.ok_or_else(|| ("when.service", format!("`{text}` is not a Service Reference of DUIS")))
}

fn counted(number: u64) -> Result<NonZero<u64>, String> {
    NonZero::new(number).ok_or_else(|| "`0` is not 1 or more".to_owned())
}
