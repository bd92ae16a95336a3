//! Overload: the answer to a request for which no permit is free.

use actix_web::{
    Error, HttpResponse,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header,
    middleware::Next,
    web,
};

use super::{
    health,
    permits::{Overload, Permits},
};

/// 503 with Retry-After: nothing was done.
pub(super) fn service_unavailable(Overload { retry_after }: Overload) -> HttpResponse {
    HttpResponse::ServiceUnavailable()
        .insert_header((header::RETRY_AFTER, retry_after.to_string()))
        .content_type("text/plain; charset=utf-8")
        .body("busy, try again\n")
}

/// Middleware that lets a request through if a permit is free, and answers 503 at once if not.
pub(super) async fn limit_in_flight(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let permits = request.app_data::<web::Data<Permits>>().filter(|_| !health::is_health_request(&request));
    let permit = permits.map(|permits| permits.try_acquire()).transpose();
    match permit {
        Ok(permit) => {
            // The permit is held until the answer is made, also when it is an error.
            let response = next.call(request).await;
            drop(permit);
            Ok(response?.map_into_left_body())
        }
        Err(overload) => {
            tracing::warn!("request refused, too many at once");
            Ok(request.into_response(service_unavailable(overload)).map_into_right_body())
        }
    }
}
