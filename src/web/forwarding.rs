//! Forwards a request that is not answered here to another DUIS endpoint, and its answer back, byte for byte (HARNESS.md 3).

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{self, HeaderValue},
    },
    web,
};

use super::{
    body::SharedBody,
    explain::{explained, phrase, phrased},
    on_purpose,
    recording::Recording,
};
use crate::{
    metrics::ForwardOutcome,
    service::{
        App, Handover,
        forward::{ForwardFault, Forwarder, OtherAnswer, ToForward},
    },
};

/// What stands for a rule where another endpoint answers.
const FORWARD: &str = "forward";
/// The Retry-After of what was not sent.
const RETRY_AFTER: &str = "5";

/// Forwards the message, and answers as the other endpoint does.
pub(super) async fn forward(
    request: &HttpRequest,
    (app, body): (web::Data<App>, SharedBody),
    handover: &Handover,
    recording: Option<&Recording>,
) -> HttpResponse {
    let header = |name: &str| request.headers().get(name).map(|value| value.as_bytes().to_vec());
    let content_type = header(header::CONTENT_TYPE.as_str()).unwrap_or_default();
    let forwarded_by = header(Forwarder::header()).map(|names| String::from_utf8_lossy(&names).into_owned());
    let path = request.path().to_owned();
    let work = move || {
        let to_forward = ToForward {
            path: &path,
            content_type: &content_type,
            forwarded_by: forwarded_by.as_deref(),
            body: body.as_ref(),
        };
        app.forwarder().map(|forwarder| forwarder.forward(&to_forward))
    };
    // On the blocking pool: its bound is the semaphore's, twice over.
    let outcome = web::block(work).await.ok().flatten().unwrap_or(Err(ForwardFault::Down));
    if let Some(recording) = recording {
        let counted = outcome.as_ref().map_or_else(ForwardFault::outcome, |_| ForwardOutcome::Answered);
        recording.forwarded(counted);
    }
    match outcome {
        Ok(answer) => answered(answer, handover),
        Err(fault) => failed(&fault),
    }
}

/// The answer of the other endpoint, to the last byte; but for a fault on purpose.
fn answered(answer: OtherAnswer, handover: &Handover) -> HttpResponse {
    let OtherAnswer { status, content_type, retry_after, body } = answer;
    let code = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
    let mut response = HttpResponse::build(code);
    for (name, value) in [(header::CONTENT_TYPE, content_type), (header::RETRY_AFTER, retry_after)] {
        if let Some(value) = value.and_then(|value| HeaderValue::from_bytes(&value).ok()) {
            response.insert_header((name, value));
        }
    }
    let response = response.body(on_purpose::spoiled(handover.fault(), body));
    explained(response, FORWARD, format!("forwarded: the other endpoint answered HTTP {status}"))
}

fn failed(fault: &ForwardFault) -> HttpResponse {
    let status = match fault {
        ForwardFault::Loop => StatusCode::CONFLICT,
        ForwardFault::BreakerOpen | ForwardFault::Busy => StatusCode::SERVICE_UNAVAILABLE,
        ForwardFault::Timeout(_) => StatusCode::GATEWAY_TIMEOUT,
        ForwardFault::Down | ForwardFault::TooLong => StatusCode::BAD_GATEWAY,
    };
    tracing::warn!(status = status.as_u16(), rule = FORWARD, "request refused");
    let mut response = HttpResponse::build(status);
    response.content_type("text/plain; charset=utf-8");
    let not_sent = status == StatusCode::SERVICE_UNAVAILABLE;
    if not_sent {
        response.insert_header((header::RETRY_AFTER, RETRY_AFTER));
    }
    let response = explained(response.body(format!("{fault}\n")), FORWARD, fault.to_string());
    if not_sent { phrased(response, phrase::BUSY) } else { response }
}
