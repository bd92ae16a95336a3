//! The three web services of DUIS: `POST /api/v1/serviceD`, `serviceS` and `serviceT` (SMI.md 3/1).

use actix_web::{
    HttpRequest, HttpResponse, ResponseError as _,
    http::{StatusCode, header},
    rt, web,
};

use tracing::Instrument as _;

use super::{
    answer_body::AnswerBody,
    body::{self, BodyFault, SharedBody},
    explain::{self, SERVICE, because, explained, phrase, phrased},
    forwarding, maintenance,
    media_type::is_xml,
    on_purpose, overload,
    permits::{Overload, Permit, Permits},
    recording::{self, Recording},
};
use crate::{
    clock::Stopwatch,
    domain::{Arrival, CommandVariant, Peer, WebService},
    metrics::Stage,
    rules::{
        access::{LOCAL_DELIVERY, PRE_COMMAND},
        rulebook::{common, sr_11_3},
    },
    service::{App, Fault, Handover, Reason, Reply},
};

/// Registers the three paths. Any method other than POST gets 405.
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
    config.default_service(web::to(no_such_path));
}

/// 404 with the paths there are: a wrong path is a mistake in a client's settings.
async fn no_such_path() -> HttpResponse {
    let paths = WebService::ALL.iter().map(|at| format!("/api/v1/{at}")).collect::<Vec<_>>();
    refusal(StatusCode::NOT_FOUND, &format!("no such path; send requests by POST to {}", paths.join(", ")))
}

async fn answer(
    at: WebService,
    request: HttpRequest,
    payload: web::Payload,
    app: web::Data<App>,
    permits: web::Data<Permits>,
) -> HttpResponse {
    let recording = recording::of(&request);
    let handover = Handover::default();
    app.draw_faults(&handover);
    let response = match on_purpose::in_place_of_decision(&handover) {
        Some(response) => response,
        None => {
            let to = (app, permits);
            decided(at, &request, payload, to, (handover.clone(), recording.clone())).await
        }
    };
    let fault = handover.fault().cloned();
    if let Some(recording) = &recording {
        recording.know(&handover);
    }
    // The handover ends with the body of the answer.
    drop(handover);
    let closes = on_purpose::closes(fault.as_ref());
    let response = on_purpose::to_answer(fault, recording::with_body(recording.as_ref(), response)).await;
    if closes { recording::not_sent(response) } else { response }
}

/// Reads the message and has it decided.
async fn decided(
    at: WebService,
    request: &HttpRequest,
    payload: web::Payload,
    (app, permits): (web::Data<App>, web::Data<Permits>),
    (handover, recording): (Handover, Option<Recording>),
) -> HttpResponse {
    let stopwatch = Stopwatch::start();
    // Before the body is read.
    if let Some(stop) = app.refuse_for_maintenance() {
        return maintenance::refused(&stop);
    }
    if !is_xml(request) {
        let response = refusal(StatusCode::UNSUPPORTED_MEDIA_TYPE, "send application/xml or text/xml");
        return phrased(response, phrase::MEDIA_TYPE);
    }
    let body = match body::read(request, payload).await {
        Ok(body) => body,
        Err(reason) => return not_read(&reason),
    };
    if let Some(recording) = &recording {
        recording.request(body.as_bytes());
    }
    let arrival = Arrival { at, peer: request.conn_data::<Peer>().copied() };
    // After the body is read: a slow sender must not hold a permit.
    let permit = match permits.try_acquire() {
        Ok(permit) => permit,
        Err(overload) => return busy(&"as many messages as may be are being answered", overload),
    };
    let body = SharedBody::from(body);
    let forwarded = (app.clone(), body.clone());
    let work = process(app, body, (arrival, handover.clone()), stopwatch, permit);
    // A separate task: the framework drops this future when the peer disconnects. The message must still be finished, and
    // its permit stay taken until then.
    match rt::spawn(work.in_current_span()).await {
        Ok(Ok(reply)) if reply.is_not_answered_here() && handover.may_forward() => {
            forwarding::forward(request, forwarded, &handover, recording.as_ref()).await
        }
        Ok(Ok(reply)) => http_reply(reply, handover, recording.as_ref()),
        Ok(Err(fault)) if fault.is_transient() => busy(&fault, permits.overload()),
        Ok(Err(fault)) => failure(&fault),
        Err(fault) => failure(&fault),
    }
}

async fn process(
    app: web::Data<App>,
    body: SharedBody,
    (arrival, handover): (Arrival, Handover),
    stopwatch: Stopwatch,
    permit: Permit,
) -> Result<Reply, Fault> {
    // Until it is decided: a restore of a state waits for it.
    let _passed = app.gate().pass().await;
    let reply = app.submit_for(body, arrival, handover).await;
    app.metrics().observe(Stage::Total, stopwatch.elapsed());
    drop(permit);
    reply
}

fn http_reply(reply: Reply, handover: Handover, recording: Option<&Recording>) -> HttpResponse {
    let excerpt = handover.excerpt().cloned();
    let mut response = explained_reply(reply, handover, recording);
    if let Some(excerpt) = excerpt {
        // For the list of refused messages.
        response.extensions_mut().insert(excerpt);
    }
    response
}

fn explained_reply(reply: Reply, handover: Handover, recording: Option<&Recording>) -> HttpResponse {
    match reply {
        Reply::Answer(answer) => {
            let reason = handover.reason().cloned();
            let answer = on_purpose::spoiled(handover.fault(), answer);
            if let Some(recording) = recording {
                recording.answer(&answer);
            }
            let body = AnswerBody::new(answer, handover);
            let response = HttpResponse::Ok().content_type("application/xml").body(body);
            match reason {
                Some(reason) => because(response, reason),
                None => response,
            }
        }
        Reply::Withheld => {
            on_purpose::in_place_of_decision(&handover).unwrap_or_else(|| failure(&Fault::BrokeOff))
        }
        Reply::NotXml(reason) => phrased(refusal(StatusCode::BAD_REQUEST, &reason), phrase::NOT_XML),
        Reply::NotImplemented(variant) => {
            let reason = format!("Service Request {variant} {} is not implemented here", variant.name());
            let response = refusal(StatusCode::NOT_IMPLEMENTED, &reason);
            let reason = Reason { variant: Some(variant), ..Reason::of("SR/3", reason) };
            phrased(because(response, reason), explain::not_implemented(variant))
        }
        Reply::PreCommand(variant) => {
            let reason =
                format!("{PRE_COMMAND}; Service Request {variant} is answered for SMETS1 Devices alone");
            refused_by(sr_11_3::PRE_COMMAND.id, StatusCode::NOT_IMPLEMENTED, &reason)
        }
        Reply::LocalDelivery(variant) => {
            let reason = format!(
                "{LOCAL_DELIVERY}; send Service Request {variant} with Command Variant {} to {}",
                CommandVariant::SEND.get(),
                WebService::SendCommand
            );
            refused_by(common::COMMAND_VARIANT.id, StatusCode::NOT_IMPLEMENTED, &reason)
        }
    }
}

fn not_read(reason: &BodyFault) -> HttpResponse {
    let response = reason.error_response();
    let rule = rule_of(response.status());
    tracing::warn!(status = response.status().as_u16(), rule, "request refused");
    let phrase = match reason {
        BodyFault::Encoded => Some(phrase::ENCODED),
        BodyFault::TooLong(_) => Some(phrase::TOO_LONG),
        BodyFault::OverBudget => Some(phrase::BUSY),
        BodyFault::Upgrade | BodyFault::Broken(_) => Some(phrase::NOT_READ),
        // 408 has no sentence of its own.
        BodyFault::TooSlow(_) => None,
    };
    let response = explained(response, rule, reason.to_string());
    match phrase {
        Some(phrase) => phrased(response, phrase),
        None => response,
    }
}

fn refusal(status: StatusCode, reason: &str) -> HttpResponse {
    refused_by(rule_of(status), status, reason)
}

fn refused_by(rule: &'static str, status: StatusCode, reason: &str) -> HttpResponse {
    tracing::warn!(status = status.as_u16(), rule, "request refused");
    let body = format!("{reason}\n");
    explained(HttpResponse::build(status).content_type("text/plain; charset=utf-8").body(body), rule, reason)
}

/// The rule behind a status: a row of SMI.md section 3.
fn rule_of(status: StatusCode) -> &'static str {
    match status {
        StatusCode::BAD_REQUEST => "SR/2",
        StatusCode::NOT_IMPLEMENTED => "SR/3",
        _ => "SR/1",
    }
}

/// 503 with Retry-After: nothing was done, and the sender may retry.
pub(super) fn busy(reason: &dyn std::fmt::Display, overload: Overload) -> HttpResponse {
    tracing::warn!(%reason, "request refused, retry later");
    let response = overload::service_unavailable(overload);
    // Without the cause, which may name the database.
    phrased(explained(response, SERVICE, "busy: nothing was done, send the same bytes again"), phrase::BUSY)
}

/// 500. The cause goes to the log only, since it may tell an attacker about the service.
pub(super) fn failure(fault: &dyn std::error::Error) -> HttpResponse {
    tracing::error!(%fault, "request failed");
    let response = HttpResponse::InternalServerError()
        .content_type("text/plain; charset=utf-8")
        .body("internal error\n");
    explained(response, SERVICE, "internal error: the log has the cause, under X-Request-Id")
}
