//! Authorisation of the management listener, by a bearer token.

use actix_web::{
    Error, HttpResponse,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header,
    middleware::Next,
    web,
};

use super::{reply, routes::is_of_api};
use crate::{secret::Secret, web::health};

/// Middleware that lets requests with the token and health checks through. Others of the API get 401, for unknown paths too, so
/// that a client without the token learns nothing about the paths. Pages of the console have a guard of their own; a client that
/// sends `Authorization` is none of its people.
pub(in crate::web) async fn authorise(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let given = request.headers().get(header::AUTHORIZATION).map(header::HeaderValue::as_bytes);
    let token = request.app_data::<web::Data<Secret>>();
    // `Secret::is` compares in constant time.
    let is_known = given.and_then(bearer).zip(token).is_some_and(|(given, token)| token.is(given));
    let is_for_people = given.is_none() && !is_of_api(request.path());
    if is_known || is_for_people || health::is_health_request(&request) {
        Ok(next.call(request).await?.map_into_left_body())
    } else {
        Ok(request.into_response(refusal()).map_into_right_body())
    }
}

/// The token of an Authorization header. The case of the scheme does not matter, and there may be several spaces after it
/// (RFC 9110, 11.4).
fn bearer(given: &[u8]) -> Option<&[u8]> {
    let (scheme, token) = given.split_at_checked("Bearer".len())?;
    let is_bearer = scheme.eq_ignore_ascii_case(b"Bearer") && token.starts_with(b" ");
    is_bearer.then(|| token.trim_ascii())
}

fn refusal() -> HttpResponse {
    let mut refusal = reply::unauthorised("send the token of `[manage]` as `Authorization: Bearer ...`");
    let challenge = header::HeaderValue::from_static("Bearer realm=\"smi\"");
    refusal.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
    refusal
}

#[cfg(test)]
mod tests {
    use super::bearer;

    #[test]
    fn a_token_follows_its_scheme_after_any_number_of_spaces() {
        for given in ["Bearer t0ken", "bearer t0ken", "BEARER   t0ken"] {
            assert_eq!(bearer(given.as_bytes()), Some(&b"t0ken"[..]), "{given}");
        }
        for given in ["", "Bearer", "Bearert0ken", "Basic t0ken", "t0ken"] {
            assert_eq!(bearer(given.as_bytes()), None, "{given}");
        }
    }
}
