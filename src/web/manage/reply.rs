//! JSON answers and errors. An error is `{"error": "..."}` and names location and reason.

use actix_web::{
    HttpResponse, ResponseError as _,
    http::{StatusCode, header},
    web,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::json;
use validator::{Validate, ValidationErrors};

use crate::{
    service::{AskedFault, Fault},
    web::body::{BodyFault, BufferedBody},
};

/// An error answer: its status and its body.
#[derive(Debug)]
pub(super) struct ApiError {
    status: StatusCode,
    body: serde_json::Value,
}

impl ApiError {
    pub(super) fn new(status: StatusCode, reason: impl ToString) -> Self {
        Self { status, body: json!({ "error": reason.to_string() }) }
    }

    /// Adds a field to the body.
    pub(super) fn with(mut self, key: &str, more: serde_json::Value) -> Self {
        if let Some(object) = self.body.as_object_mut() {
            object.insert(key.to_owned(), more);
        }
        self
    }

    /// 400: the request is wrong at `place`, such as a field or the query.
    pub(super) fn malformed(place: &str, reason: impl ToString) -> Self {
        Self::new(StatusCode::BAD_REQUEST, format!("{place}: {}", reason.to_string()))
    }

    /// 503 for a transient fault, else 500. The cause goes to the log only.
    pub(super) fn fault(fault: Fault) -> Self {
        if fault.is_transient() {
            tracing::warn!(%fault, "management request refused, retry later");
            return Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy; try again");
        }
        Self::broken(fault)
    }

    /// 400 for a value that nobody is, or that is refused; else as [`Self::fault`].
    pub(super) fn asked(fault: AskedFault) -> Self {
        match fault {
            AskedFault::Refused(refused) => Self::malformed(refused.field, refused.reason),
            AskedFault::Store(fault) => Self::fault(fault.into()),
        }
    }

    pub(super) fn broken(fault: impl std::error::Error) -> Self {
        tracing::error!(%fault, "management request failed");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal error")
    }

    fn into_response(self) -> HttpResponse {
        tracing::warn!(status = self.status.as_u16(), "management request refused");
        let mut response = HttpResponse::build(self.status);
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            response.insert_header((header::RETRY_AFTER, "1"));
        }
        response.json(self.body)
    }
}

/// The result of a handler.
pub(super) type ApiResult<T> = Result<T, ApiError>;

/// 200 with the value, or the error answer.
pub(super) fn json<T: Serialize>(outcome: ApiResult<T>) -> HttpResponse {
    match outcome {
        Ok(value) => HttpResponse::Ok().json(value),
        Err(refused) => refused.into_response(),
    }
}

/// Runs blocking work, such as store queries, on the blocking pool: on a worker it would stall all its connections.
pub(super) async fn blocking<T, W>(work: W) -> HttpResponse
where
    T: Serialize + Send + 'static,
    W: FnOnce() -> ApiResult<T> + Send + 'static,
{
    json(web::block(work).await.unwrap_or_else(|fault| Err(ApiError::broken(fault))))
}

/// The same with a page as the answer.
pub(super) async fn html<W>(work: W) -> HttpResponse
where
    W: FnOnce() -> ApiResult<String> + Send + 'static,
{
    text("text/html; charset=utf-8", work).await
}

/// The same with a CSV file as the answer.
pub(super) async fn csv<W>(work: W) -> HttpResponse
where
    W: FnOnce() -> ApiResult<String> + Send + 'static,
{
    text("text/csv; charset=utf-8", work).await
}

/// 200 with the bytes of a body, or the error answer.
pub(super) fn bytes(media_type: &'static str, outcome: ApiResult<Vec<u8>>) -> HttpResponse {
    match outcome {
        Ok(bytes) => HttpResponse::Ok().content_type(media_type).body(bytes),
        Err(refused) => refused.into_response(),
    }
}

async fn text<W>(media_type: &'static str, work: W) -> HttpResponse
where
    W: FnOnce() -> ApiResult<String> + Send + 'static,
{
    match web::block(work).await.unwrap_or_else(|fault| Err(ApiError::broken(fault))) {
        Ok(text) => HttpResponse::Ok().content_type(media_type).body(text),
        Err(refused) => refused.into_response(),
    }
}

/// The body as extracted by the framework.
pub(super) type BodyResult = Result<BufferedBody, BodyFault>;

/// Converts the error of a body to JSON: 413 if it is too long, 408 if it is too slow.
pub(super) fn buffered(body: BodyResult) -> ApiResult<BufferedBody> {
    body.map_err(|reason| ApiError::new(reason.status_code(), reason))
}

/// The maximum length of a JSON body in bytes. The limit of the listener is larger, for CSV imports.
const MAX_JSON_BYTES: usize = 65_536;

/// Parses a JSON body and validates its fields.
pub(super) fn read<T: DeserializeOwned + Validate>(body: ApiResult<BufferedBody>) -> ApiResult<T> {
    let body = body?;
    let bytes = body.as_bytes();
    if bytes.len() > MAX_JSON_BYTES {
        let reason = format!("body: longer than {MAX_JSON_BYTES} bytes");
        return Err(ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, reason));
    }
    let value = serde_json::from_slice::<T>(bytes).map_err(|error| ApiError::malformed("body", error))?;
    value.validate().map_err(|faults| beyond_limits(&faults))?;
    Ok(value)
}

/// 400, with the first invalid field and its limits.
fn beyond_limits(faults: &ValidationErrors) -> ApiError {
    let faults = faults.field_errors();
    // By name, since the map has no order and the answer must not vary.
    let first = faults.iter().min_by(|(one, _), (other, _)| one.cmp(other));
    let fault = first.and_then(|(field, faults)| Some((field, faults.first()?)));
    match fault {
        Some((field, fault)) => ApiError::malformed(field, fault),
        None => ApiError::malformed("body", "a field is beyond its limits"),
    }
}

/// 401.
pub(super) fn unauthorised(reason: &str) -> HttpResponse {
    ApiError::new(StatusCode::UNAUTHORIZED, reason).into_response()
}

/// 404 for an unknown path.
pub(in crate::web) async fn no_such_path() -> HttpResponse {
    ApiError::new(StatusCode::NOT_FOUND, "no such path; see /openapi.json").into_response()
}

/// 405 for another method than those that the path has.
pub(super) fn no_such_method(allowed: &str) -> HttpResponse {
    let reason = format!("this path answers {allowed} alone");
    let mut response = ApiError::new(StatusCode::METHOD_NOT_ALLOWED, reason).into_response();
    if let Ok(allowed) = header::HeaderValue::from_str(allowed) {
        response.headers_mut().insert(header::ALLOW, allowed);
    }
    response
}
