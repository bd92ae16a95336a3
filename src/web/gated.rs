//! Has what may change the store pass the gate, so that a restore of a state waits for it and holds back what follows.

use actix_web::{
    Error,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::Method,
    middleware::Next,
    web,
};

use crate::service::App;

/// Paths below which a request restores a state, and so closes the gate itself.
const CLOSING: [&str; 2] = ["/manage/states", "/states/"];

/// Middleware that lets a request which may change the store pass once the gate is open, and counts it as under way until it is
/// answered.
pub(super) async fn pass(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let reads = [Method::GET, Method::HEAD].contains(request.method());
    let closes = CLOSING.iter().any(|path| request.path().starts_with(path));
    let app = request.app_data::<web::Data<App>>().cloned().filter(|_| !reads && !closes);
    let passed = match &app {
        Some(app) => Some(app.gate().pass().await),
        None => None,
    };
    let response = next.call(request).await;
    drop(passed);
    response
}
