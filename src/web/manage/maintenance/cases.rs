//! `POST /manage/maintenance/windows/{reference}/cases` and `.../cases/{id}/close`.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use validator::Validate;

use super::{optional, refusal::refusal, value};
use crate::{
    service::{App, CaseOpening},
    web::{
        body::BufferedBody,
        manage::reply::{self, ApiResult, BodyResult},
        planned_maintenance::MaintenanceChange,
    },
};

/// The body of `POST .../cases`.
#[derive(Deserialize, Validate)]
#[serde(deny_unknown_fields)]
struct OpenBody {
    #[validate(length(min = 1, max = 100, message = "has 1 to 100 characters"))]
    by: String,
    kind: String,
    party: String,
    reasons: Option<String>,
}

pub(in crate::web::manage) async fn open(
    app: web::Data<App>,
    reference: web::Path<String>,
    body: BodyResult,
) -> HttpResponse {
    let body = reply::buffered(body);
    reply::blocking(move || opened(&app, &reference, body)).await
}

fn opened(app: &App, reference: &str, body: ApiResult<BufferedBody>) -> ApiResult<MaintenanceChange> {
    let OpenBody { by, kind, party, reasons } = reply::read(body)?;
    let opening = CaseOpening {
        reference: value("reference", reference)?,
        kind: value("kind", &kind)?,
        party: value("party", &party)?,
        // What is empty is missing, which PM/x refuses, and not malformed.
        reasons: optional("reasons", reasons.as_deref().filter(|reasons| !reasons.is_empty()))?,
    };
    let (details, id) = app.open_maintenance_case(opening, value("by", &by)?).map_err(refusal)?;
    Ok(MaintenanceChange { case: Some(id.0.get()), ..MaintenanceChange::new(&details, None) })
}

/// The body of `POST .../close`.
#[derive(Deserialize, Validate)]
#[serde(deny_unknown_fields)]
struct CloseBody {
    #[validate(length(min = 1, max = 100, message = "has 1 to 100 characters"))]
    by: String,
    outcome: Option<String>,
    reason: Option<String>,
}

pub(in crate::web::manage) async fn close(
    app: web::Data<App>,
    id: web::Path<String>,
    body: BodyResult,
) -> HttpResponse {
    let body = reply::buffered(body);
    reply::blocking(move || closed(&app, &id, body)).await
}

fn closed(app: &App, id: &str, body: ApiResult<BufferedBody>) -> ApiResult<MaintenanceChange> {
    let CloseBody { by, outcome, reason } = reply::read(body)?;
    let outcome = optional("outcome", outcome.as_deref().filter(|outcome| !outcome.is_empty()))?;
    let reason = optional("reason", reason.as_deref().filter(|reason| !reason.is_empty()))?;
    let details = app.close_maintenance_case(value("id", id)?, outcome, reason, value("by", &by)?);
    Ok(MaintenanceChange::new(&details.map_err(refusal)?, None))
}
