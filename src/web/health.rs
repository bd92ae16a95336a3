//! Whether the process lives, and whether it can answer.

use std::sync::atomic::{AtomicBool, Ordering};

use actix_web::{HttpResponse, dev::ServiceRequest, web};

use super::overload::Permits;
use crate::{metrics::Gauge, service::App};

/// As many looks at the store as are made at once.
pub(super) const LOOKS: usize = 4;

/// Looks whether the service can answer. Who asks while others look hears what was seen last: so no number of
/// questions wears out the store, and a busy service is not taken for one that cannot answer.
pub(super) struct Looks {
    permits: Permits,
    last: AtomicBool,
}

impl Looks {
    pub(super) fn new() -> Self {
        Self { permits: Permits::new(LOOKS, Gauge::default()), last: AtomicBool::new(true) }
    }
}

/// Whether a request asks for the health: it is told to everybody, and never held up.
pub(super) fn is_asked(request: &ServiceRequest) -> bool {
    request.path().starts_with("/health/")
}

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config.route("/health/live", web::get().to(|| async { HttpResponse::Ok().body("live\n") }));
    config.route("/health/ready", web::get().to(ready));
}

async fn ready(service: web::Data<App>, looks: web::Data<Looks>) -> HttpResponse {
    if is_ready(service, looks).await {
        HttpResponse::Ok().body("ready\n")
    } else {
        HttpResponse::ServiceUnavailable().body("not ready\n")
    }
}

async fn is_ready(service: web::Data<App>, looks: web::Data<Looks>) -> bool {
    let Ok(permit) = looks.permits.try_acquire() else { return looks.last.load(Ordering::Relaxed) };
    let look = move || {
        let is_ready = service.is_ready();
        looks.last.store(is_ready, Ordering::Relaxed);
        drop(permit);
        is_ready
    };
    web::block(look).await.unwrap_or(false)
}
