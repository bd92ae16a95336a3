//! The three web services of DUIS: `POST /api/v1/serviceD`, `serviceS` and `serviceT` (SMI.md 3/1).

use actix_web::{
    HttpMessage as _, HttpRequest, HttpResponse, ResponseError as _,
    http::{StatusCode, header},
    rt, web,
};

use tracing::Instrument as _;

use super::{
    body::{self, BufferedBody, NotRead},
    overload::{self, Permit, Permits},
};
use crate::{
    clock::Stopwatch,
    domain::{Arrival, Peer, WebService},
    metrics::Stage,
    service::{App, Fault, Reply},
};

/// Registers the three paths; any method other than POST gets 405.
pub(super) fn configure(config: &mut web::ServiceConfig) {
    for at in WebService::ALL {
        let answer = move |request, payload, app, permits| answer(*at, request, payload, app, permits);
        let resource = web::resource(format!("/api/v1/{at}")).route(web::post().to(answer)).default_service(
            web::to(|| async {
                let mut reply = refusal(StatusCode::METHOD_NOT_ALLOWED, "send requests by POST");
                reply.headers_mut().insert(header::ALLOW, header::HeaderValue::from_static("POST"));
                reply
            }),
        );
        config.service(resource);
    }
}

async fn answer(
    at: WebService,
    request: HttpRequest,
    payload: web::Payload,
    app: web::Data<App>,
    permits: web::Data<Permits>,
) -> HttpResponse {
    let stopwatch = Stopwatch::start();
    if !is_xml(&request) {
        return refusal(StatusCode::UNSUPPORTED_MEDIA_TYPE, "send application/xml or text/xml");
    }
    let body = match body::read(&request, payload).await {
        Ok(body) => body,
        Err(reason) => return not_read(&reason),
    };
    let arrival = Arrival { at, peer: request.conn_data::<Peer>().copied() };
    // After the body: a slow sender holds up no other.
    let permit = match permits.try_acquire() {
        Ok(permit) => permit,
        Err(overload) => return busy(&"as many messages as may be are being answered", overload),
    };
    let work = process(app, body, arrival, stopwatch, permit);
    // A task of its own: a peer that goes away neither ends what was begun nor frees its permit.
    match rt::spawn(work.in_current_span()).await {
        Ok(Ok(reply)) => http_reply(reply),
        Ok(Err(fault)) if fault.is_transient() => busy(&fault, permits.overload()),
        Ok(Err(fault)) => failure(&fault),
        Err(fault) => failure(&fault),
    }
}

async fn process(
    app: web::Data<App>,
    body: BufferedBody,
    arrival: Arrival,
    stopwatch: Stopwatch,
    permit: Permit,
) -> Result<Reply, Fault> {
    let reply = app.submit(body, arrival).await;
    app.metrics().observe(Stage::Total, stopwatch.elapsed());
    drop(permit);
    reply
}

pub(super) fn is_xml(request: &HttpRequest) -> bool {
    let Ok(Some(media_type)) = request.mime_type() else { return false };
    // What RFC 7303 calls authoritative must not contradict what the document is read as.
    let is_utf_8 = media_type.get_param("charset").is_none_or(|charset| charset == "utf-8");
    is_utf_8 && ["application/xml", "text/xml"].contains(&media_type.essence_str())
}

fn http_reply(reply: Reply) -> HttpResponse {
    match reply {
        Reply::Answer(answer) => HttpResponse::Ok().content_type("application/xml").body(answer),
        Reply::NotXml(reason) => refusal(StatusCode::BAD_REQUEST, &reason),
        Reply::NotImplemented(variant) => {
            let reason = format!("Service Request {variant} {} is not implemented here", variant.name());
            refusal(StatusCode::NOT_IMPLEMENTED, &reason)
        }
    }
}

fn not_read(reason: &NotRead) -> HttpResponse {
    let response = reason.error_response();
    tracing::warn!(status = response.status().as_u16(), rule = rule_of(response.status()), "refused");
    response
}

fn refusal(status: StatusCode, reason: &str) -> HttpResponse {
    tracing::warn!(status = status.as_u16(), rule = rule_of(status), "refused");
    HttpResponse::build(status).content_type("text/plain; charset=utf-8").body(format!("{reason}\n"))
}

/// The row of SMI.md section 3 behind a status.
fn rule_of(status: StatusCode) -> &'static str {
    match status {
        StatusCode::BAD_REQUEST => "SR/2",
        StatusCode::NOT_IMPLEMENTED => "SR/3",
        _ => "SR/1",
    }
}

/// Nothing was done: the sender may try again.
pub(super) fn busy(reason: &dyn std::fmt::Display, overload: overload::Overload) -> HttpResponse {
    tracing::warn!(%reason, "a message could not be taken now");
    overload::come_back(overload)
}

/// The cause goes to the log, not to the peer.
pub(super) fn failure(fault: &dyn std::error::Error) -> HttpResponse {
    tracing::error!(fault = %fault, "a message could not be answered");
    HttpResponse::InternalServerError().content_type("text/plain; charset=utf-8").body("internal error\n")
}
