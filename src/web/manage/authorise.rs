//! Who may use the listener: whoever has the token.

use actix_web::{
    Error, HttpResponse,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header,
    middleware::Next,
    web,
};

use super::reply;
use crate::{secret::Secret, web::health};

/// Lets a request through that has the token, or asks for the health alone; any other gets 401, whatever it asks for.
pub(in crate::web) async fn authorise(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let given = request.headers().get(header::AUTHORIZATION).map(header::HeaderValue::as_bytes);
    let token = request.app_data::<web::Data<Secret>>();
    let is_known = given.and_then(bearer).zip(token).is_some_and(|(given, token)| token.is(given));
    if is_known || health::is_asked(&request) {
        Ok(next.call(request).await?.map_into_left_body())
    } else {
        Ok(request.into_response(refusal()).map_into_right_body())
    }
}

/// The token after the scheme, whose case does not matter (RFC 7235, 2.1).
fn bearer(given: &[u8]) -> Option<&[u8]> {
    let (scheme, token) = given.split_at_checked("Bearer ".len())?;
    scheme.eq_ignore_ascii_case(b"Bearer ").then_some(token)
}

fn refusal() -> HttpResponse {
    let mut refusal = reply::unauthorised("send the token of `[manage]` as `Authorization: Bearer ...`");
    let challenge = header::HeaderValue::from_static("Bearer realm=\"smi\"");
    refusal.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
    refusal
}
