//! The three web services of DUIS: `POST /api/v1/serviceD`, `serviceS` and `serviceT` (SMI.md 3/1).

use actix_web::{
    HttpMessage as _, HttpRequest, HttpResponse, ResponseError as _,
    http::{StatusCode, header},
    rt, web,
};

use tokio::sync::oneshot;
use tracing::Instrument as _;

use super::{
    body::{self, NotRead, Whole},
    overload::{self, Permit, Permits},
    verify_pool::VerifyPool,
};
use crate::{
    clock::Stopwatch,
    domain::{Arrival, Peer, WebService},
    metrics::Stage,
    service::{App, Fault, News, Proven, Reply},
};

/// Registers the three paths; any method other than POST gets 405.
pub(super) fn configure(config: &mut web::ServiceConfig) {
    for at in WebService::ALL {
        let answer = move |request, payload, service, permits, verify_pool| {
            answer(*at, request, payload, service, permits, verify_pool)
        };
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
    service: web::Data<App>,
    permits: web::Data<Permits>,
    verify_pool: web::Data<VerifyPool>,
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
    // After the body: who sends slowly holds up nobody.
    let permit = match permits.take() {
        Ok(permit) => permit,
        Err(overload) => return busy(&"as many messages as may be are being answered", overload),
    };
    let work = settle(service.clone(), verify_pool, body, arrival, stopwatch, permit);
    // On its own, and not by the peer's leave: who goes away does not end what was begun, nor frees its place.
    match rt::spawn(work.in_current_span()).await {
        Ok(Ok(reply)) => http_reply(reply),
        Ok(Err(fault)) if fault.is_transient() => busy(&fault, permits.overload()),
        Ok(Err(fault)) => failure(&fault),
        Err(fault) => failure(&fault),
    }
}

/// What is to be computed keeps a core busy and is done aside; waiting for the disk keeps nobody.
async fn settle(
    service: web::Data<App>,
    verify_pool: web::Data<VerifyPool>,
    body: Whole,
    arrival: Arrival,
    stopwatch: Stopwatch,
    permit: Permit,
) -> Result<Reply, Fault> {
    let (tell, told) = oneshot::channel();
    let (span, taker) = (tracing::Span::current(), service.clone());
    verify_pool.run(move || span.in_scope(|| taker.take(body.as_bytes(), arrival, tell)));
    let reply = match told.await {
        Ok(News::Over(ending)) => service.conclude(ending),
        Ok(News::Asks(proven)) => ask(&service, proven).await,
        Err(_) => Err(Fault::BrokeOff),
    };
    service.metrics().observe(Stage::Total, stopwatch.elapsed());
    drop(permit);
    reply
}

/// CSPs may take their time: that is waited for aside.
async fn ask(service: &web::Data<App>, mut proven: Box<Proven>) -> Result<Reply, Fault> {
    let (span, asker) = (tracing::Span::current(), service.clone());
    let asked = web::block(move || span.in_scope(|| asker.ask(&mut proven).map(|()| proven)));
    let proven = asked.await.unwrap_or(Err(Fault::BrokeOff))?;
    let (tell, told) = oneshot::channel();
    service.settle(*proven, tell);
    match told.await {
        Ok(News::Over(ending)) => service.conclude(ending),
        Ok(News::Asks(_)) | Err(_) => Err(Fault::BrokeOff),
    }
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
