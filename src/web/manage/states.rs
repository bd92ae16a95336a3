//! `/manage/states`: the store as it stands, kept under a name, and put back while the service runs.

use actix_web::{HttpResponse, http::StatusCode, web};
use serde::Serialize;

use super::reply::{self, ApiError, ApiResult};
use crate::{
    domain::{ActorName, instant_text},
    service::{
        App,
        test_bench::{KeptState, RestoredState, StateFault, StateName},
    },
    web::state_restore::{self, RestoreFault},
};

#[derive(Serialize)]
struct ListedStates {
    states: Vec<ShownState>,
}

/// A state.
#[derive(Serialize)]
struct ShownState {
    name: String,
    bytes: u64,
    taken_at: String,
}

/// A state that was put back.
#[derive(Serialize)]
struct ShownRestore {
    name: String,
    rows: u64,
    taken_at: String,
    took_ms: u64,
}

impl From<KeptState> for ShownState {
    fn from(KeptState { name, bytes, taken_at }: KeptState) -> Self {
        Self { name: name.to_string(), bytes, taken_at: instant_text(taken_at) }
    }
}

impl From<RestoredState> for ShownRestore {
    fn from(RestoredState { name, rows, taken_at, took }: RestoredState) -> Self {
        let took_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        Self { name: name.to_string(), rows, taken_at: instant_text(taken_at), took_ms }
    }
}

pub(super) async fn list(app: web::Data<App>) -> HttpResponse {
    reply::blocking(move || {
        let states = app.kept_states().map_err(refused)?;
        Ok(ListedStates { states: states.into_iter().map(ShownState::from).collect() })
    })
    .await
}

pub(super) async fn keep(app: web::Data<App>, name: web::Path<String>) -> HttpResponse {
    reply::blocking(move || {
        require(&app)?;
        Ok(ShownState::from(app.keep_state(named(&name)?).map_err(refused)?))
    })
    .await
}

pub(super) async fn remove(app: web::Data<App>, name: web::Path<String>) -> HttpResponse {
    reply::blocking(move || {
        require(&app)?;
        app.remove_state(&named(&name)?).map_err(refused)?;
        Ok(serde_json::json!({}))
    })
    .await
}

pub(super) async fn restore(app: web::Data<App>, name: web::Path<String>) -> HttpResponse {
    let name = require(&app).and_then(|()| named(&name));
    let done = match name {
        Ok(name) => state_restore::restore(app, name, ActorName::token()).await.map_err(not_restored),
        Err(refusal) => Err(refusal),
    };
    reply::json(done.map(ShownRestore::from))
}

fn not_restored(fault: RestoreFault) -> ApiError {
    match fault {
        RestoreFault::State(fault) => refused(fault),
        fault @ RestoreFault::UnderWay => ApiError::new(StatusCode::CONFLICT, fault),
        fault @ RestoreFault::BrokeOff(_) => ApiError::broken(fault),
    }
}

/// 400 for a name with a slash, which no other route takes.
pub(super) async fn with_slash(app: web::Data<App>, tail: web::Path<String>) -> HttpResponse {
    let named = require(&app).and_then(|()| named(&tail));
    let refusal =
        named.map_or_else(|refusal| refusal, |_| ApiError::malformed("name", "there is no such path"));
    reply::json::<ShownState>(Err(refusal))
}

/// First, so that a service outside tests refuses without looking at the name.
fn require(app: &App) -> ApiResult<()> {
    app.require_states().map_err(refused)
}

fn named(name: &str) -> ApiResult<StateName> {
    name.parse().map_err(|malformed| ApiError::malformed("name", malformed))
}

fn refused(fault: StateFault) -> ApiError {
    let status = match &fault {
        StateFault::NotTest(_) | StateFault::NoFolder => StatusCode::FORBIDDEN,
        StateFault::Unknown(_) => StatusCode::NOT_FOUND,
        StateFault::Busy | StateFault::InUse | StateFault::JobRuns => StatusCode::CONFLICT,
        StateFault::Backup(_) => StatusCode::CONFLICT,
        StateFault::Folder(_) => StatusCode::INTERNAL_SERVER_ERROR,
        StateFault::Fault(_) => StatusCode::SERVICE_UNAVAILABLE,
    };
    if let StateFault::Fault(fault) = fault { ApiError::fault(fault) } else { ApiError::new(status, fault) }
}
