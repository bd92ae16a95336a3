//! The CSP gateway: `POST /csp/n3`, authenticated by the CSP's client certificate (CSPM-N3; path and format are ours).

use actix_web::{
    HttpRequest, HttpResponse, ResponseError as _,
    http::{StatusCode, header},
    rt, web,
};
use tracing::Instrument as _;

use super::{body, duis, media_type::is_xml, permits::Permits};
use crate::{
    domain::{Csp, Peer},
    service::{App, Gateway, HubReply},
};

/// The path of hub notifications.
const PATH: &str = "/csp/n3";

/// Registers the path. Any method other than POST gets 405.
pub(super) fn configure(config: &mut web::ServiceConfig) {
    let resource =
        web::resource(PATH).route(web::post().to(notify_hubs)).default_service(web::to(|| async {
            let mut reply = refusal(StatusCode::METHOD_NOT_ALLOWED, "send hubs by POST");
            reply.headers_mut().insert(header::ALLOW, header::HeaderValue::from_static("POST"));
            reply
        }));
    config.service(resource);
    let no_such_path =
        || async { refusal(StatusCode::NOT_FOUND, &format!("no such path; send hubs by POST to {PATH}")) };
    config.default_service(web::to(no_such_path));
}

async fn notify_hubs(
    request: HttpRequest,
    payload: web::Payload,
    app: web::Data<App>,
    gateway: web::Data<Gateway>,
    permits: web::Data<Permits>,
) -> HttpResponse {
    // Before the body is read: a client without authority must not cost memory.
    let csp = match csp_of(&request, &gateway) {
        Ok(csp) => csp,
        Err(reason) => return refusal(StatusCode::FORBIDDEN, &reason),
    };
    if !is_xml(&request) {
        return refusal(StatusCode::UNSUPPORTED_MEDIA_TYPE, "send application/xml or text/xml");
    }
    let body = match body::read(&request, payload).await {
        Ok(body) => body,
        Err(reason) => return reason.error_response(),
    };
    // After the body is read: a slow sender must not hold a permit.
    let permit = match permits.try_acquire() {
        Ok(permit) => permit,
        Err(overload) => return duis::busy(&"as many batches as may be are being answered", overload),
    };
    let ticket = app.submit_hubs(body, csp, gateway.known_hubs);
    let work = async move {
        let reply = ticket.await;
        drop(permit);
        reply
    };
    // A separate task: the framework drops this future when the peer disconnects, but the permit must stay taken while the
    // batch is worked on.
    match rt::spawn(work.in_current_span()).await {
        Ok(Ok(reply)) => http_reply(reply),
        Ok(Err(fault)) if fault.is_transient() => duis::busy(&fault, permits.overload()),
        Ok(Err(fault)) => duis::failure(&fault),
        Err(fault) => duis::failure(&fault),
    }
}

/// The CSP that the client certificate names. Nothing in the message can claim another one.
fn csp_of(request: &HttpRequest, gateway: &Gateway) -> Result<Csp, String> {
    let eui = request.conn_data::<Peer>().and_then(|peer| peer.eui);
    let eui = eui.ok_or("there is no EUI-64 in the subject of the client certificate")?;
    let csp = gateway.csp(eui).cloned();
    csp.ok_or_else(|| format!("`{eui}`, of the client certificate, is no CSP of `csp_gateway.csps`"))
}

fn http_reply(reply: HubReply) -> HttpResponse {
    match reply {
        HubReply::Answer(answer) => HttpResponse::Ok().content_type("application/xml").body(answer),
        HubReply::NotXml(reason) => refusal(StatusCode::BAD_REQUEST, &reason),
        HubReply::Invalid(reason) => refusal(StatusCode::UNPROCESSABLE_ENTITY, &reason),
        HubReply::TooMany(reason) => refusal(StatusCode::PAYLOAD_TOO_LARGE, &reason),
        HubReply::Used(reason) => refusal(StatusCode::CONFLICT, &reason),
    }
}

fn refusal(status: StatusCode, reason: &str) -> HttpResponse {
    tracing::warn!(status = status.as_u16(), "request refused");
    HttpResponse::build(status).content_type("text/plain; charset=utf-8").body(format!("{reason}\n"))
}
