//! Overload: what a request gets that finds no permit.

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

/// 503: nothing was done, and when to try again.
pub(super) fn come_back(Overload { retry_after }: Overload) -> HttpResponse {
    HttpResponse::ServiceUnavailable()
        .insert_header((header::RETRY_AFTER, retry_after.to_string()))
        .content_type("text/plain; charset=utf-8")
        .body("busy, try again\n")
}

/// Lets a request through while there are permits; any other gets 503 at once.
pub(super) async fn bounded(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let permits = request.app_data::<web::Data<Permits>>().filter(|_| !health::is_asked(&request));
    let permit = permits.map(|permits| permits.try_acquire()).transpose();
    match permit {
        Ok(permit) => {
            let response = next.call(request).await;
            drop(permit);
            Ok(response?.map_into_left_body())
        }
        Err(overload) => {
            tracing::warn!("refused: too many requests at once");
            Ok(request.into_response(come_back(overload)).map_into_right_body())
        }
    }
}
