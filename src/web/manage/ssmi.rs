//! `PUT /manage/ssmi/firmware`: the DCC's file of the firmware that hubs have now (HUBS.md 5; MP155-R28).

use actix_web::{HttpResponse, http::StatusCode, web};
use serde::Deserialize;

use super::{
    file_refusal::file_refusal,
    reply::{self, ApiError, ApiResult, BodyResult},
};
use crate::{
    service::{App, SsmiAnswer, SsmiFault},
    web::body::BufferedBody,
};

/// The query.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct UploadQuery {
    upload_id: String,
}

pub(super) async fn put(
    app: web::Data<App>,
    asked: Result<web::Query<UploadQuery>, actix_web::Error>,
    body: BodyResult,
) -> HttpResponse {
    let body = reply::buffered(body);
    match asked {
        Ok(asked) => reply::blocking(move || upload(&app, &asked.upload_id, body)).await,
        Err(error) => reply::json::<SsmiAnswer>(Err(ApiError::malformed("query", error))),
    }
}

fn upload(app: &App, upload_id: &str, body: ApiResult<BufferedBody>) -> ApiResult<SsmiAnswer> {
    let number = upload_id.parse().ok().filter(|number: &u64| number.to_string() == upload_id);
    let number = number.ok_or_else(|| ApiError::malformed("upload_id", "a number from 0 is wanted"))?;
    // Only now: a wrong query is reported even if the body failed too.
    let file = body?;
    app.upload_ssmi(number, file.as_bytes()).map_err(refusal)
}

/// 409 where the file is not taken, 413 for too many lines, 422 for one that cannot be read.
fn refusal(fault: SsmiFault) -> ApiError {
    let reason = fault.to_string();
    match fault {
        SsmiFault::NotTaken(step) => {
            ApiError::new(StatusCode::CONFLICT, reason).with("rule", step.rule.id.into())
        }
        SsmiFault::TooMany(_) => ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, reason),
        SsmiFault::Empty => ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, reason),
        SsmiFault::File(fault) => file_refusal(fault),
        SsmiFault::Answer(_) => ApiError::broken(fault),
        SsmiFault::Fault(fault) => ApiError::fault(fault),
    }
}
