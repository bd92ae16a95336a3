//! Answers in JSON; refusals are `{"error": "..."}` and name place and reason.

use actix_web::{
    HttpResponse, ResponseError as _,
    http::{StatusCode, header},
    web,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::json;
use validator::{Validate, ValidationErrors};

use crate::{
    service::Fault,
    web::body::{BufferedBody, NotRead},
};

/// Why a request is refused, and with which status.
#[derive(Debug)]
pub(super) struct Refused {
    status: StatusCode,
    body: serde_json::Value,
}

impl Refused {
    pub(super) fn new(status: StatusCode, reason: impl ToString) -> Self {
        Self { status, body: json!({ "error": reason.to_string() }) }
    }

    /// With more than a reason.
    pub(super) fn with(mut self, key: &str, more: serde_json::Value) -> Self {
        if let Some(object) = self.body.as_object_mut() {
            object.insert(key.to_owned(), more);
        }
        self
    }

    /// 400: the request itself is wrong, at that place.
    pub(super) fn malformed(place: &str, reason: impl ToString) -> Self {
        Self::new(StatusCode::BAD_REQUEST, format!("{place}: {}", reason.to_string()))
    }

    /// 503 for what passes, else 500; the cause goes to the log, not to the peer.
    pub(super) fn fault(fault: Fault) -> Self {
        if fault.is_transient() {
            tracing::warn!(fault = %fault, "a management request came too early");
            return Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy; try again");
        }
        Self::broken(fault)
    }

    fn broken(fault: impl std::error::Error) -> Self {
        tracing::error!(fault = %fault, "a management request failed");
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

/// What a handler comes to.
pub(super) type Outcome<T> = Result<T, Refused>;

/// 200 with the value, or the refusal.
pub(super) fn json<T: Serialize>(outcome: Outcome<T>) -> HttpResponse {
    match outcome {
        Ok(value) => HttpResponse::Ok().json(value),
        Err(refused) => refused.into_response(),
    }
}

/// Runs what blocks, the store above all, away from the threads that serve connections.
pub(super) async fn blocking<T, W>(work: W) -> HttpResponse
where
    T: Serialize + Send + 'static,
    W: FnOnce() -> Outcome<T> + Send + 'static,
{
    json(web::block(work).await.unwrap_or_else(|fault| Err(Refused::broken(fault))))
}

/// A body as it came, or why it did not.
pub(super) type Body = Result<BufferedBody, NotRead>;

/// A body: 413 where it is too long, 408 where it is too slow.
pub(super) fn whole(body: Body) -> Outcome<BufferedBody> {
    body.map_err(|reason| Refused::new(reason.status_code(), reason))
}

/// As many bytes as a JSON body may have.
const LONGEST_JSON: usize = 65_536;

/// Reads a JSON body and checks the limits of its fields.
pub(super) fn read<T: DeserializeOwned + Validate>(body: Outcome<BufferedBody>) -> Outcome<T> {
    let body = body?;
    let bytes = body.as_bytes();
    if bytes.len() > LONGEST_JSON {
        let reason = format!("body: longer than {LONGEST_JSON} bytes");
        return Err(Refused::new(StatusCode::PAYLOAD_TOO_LARGE, reason));
    }
    let value = serde_json::from_slice::<T>(bytes).map_err(|error| Refused::malformed("body", error))?;
    value.validate().map_err(|faults| beyond_limits(&faults))?;
    Ok(value)
}

/// 400, with the first field that is beyond its limits, and which limits these are.
fn beyond_limits(faults: &ValidationErrors) -> Refused {
    let faults = faults.field_errors();
    let first = faults.iter().min_by(|(one, _), (other, _)| one.cmp(other));
    let fault = first.and_then(|(field, faults)| Some((field, faults.first()?)));
    match fault {
        Some((field, fault)) => Refused::malformed(field, fault),
        None => Refused::malformed("body", "a field is beyond its limits"),
    }
}

/// 401.
pub(super) fn unauthorised(reason: &str) -> HttpResponse {
    Refused::new(StatusCode::UNAUTHORIZED, reason).into_response()
}

/// 404 for a path that nobody answers.
pub(super) async fn no_such_path() -> HttpResponse {
    Refused::new(StatusCode::NOT_FOUND, "no such path; see /openapi.json").into_response()
}

/// 405 for a path that answers another method.
pub(super) fn no_such_method(allowed: &'static str) -> HttpResponse {
    let reason = format!("this path answers {allowed} alone");
    let mut response = Refused::new(StatusCode::METHOD_NOT_ALLOWED, reason).into_response();
    let allowed = header::HeaderValue::from_static(allowed);
    response.headers_mut().insert(header::ALLOW, allowed);
    response
}
