//! Health checks: `/health/live` and `/health/ready`, on each listener.

use std::sync::atomic::{AtomicBool, Ordering};

use actix_web::{HttpResponse, Route, dev::ServiceRequest, guard, http::header, web};

use super::permits::Permits;
use crate::{metrics::Gauge, service::App};

/// The maximum of concurrent readiness checks, which each ask the store.
pub(super) const MAX_PROBES: usize = 4;

/// The readiness probe: a limit of concurrent checks and the last result.
///
/// A request beyond the limit gets the last result. So many requests cannot overload the store, and a busy service is not
/// reported as one that cannot answer.
pub(super) struct ReadinessProbe {
    permits: Permits,
    last: AtomicBool,
}

impl ReadinessProbe {
    pub(super) fn new() -> Self {
        Self { permits: Permits::new(MAX_PROBES, Gauge::default()), last: AtomicBool::new(true) }
    }
}

/// Whether a request is a health check. These need no token and no permit: a monitor must get an answer under load too.
pub(super) fn is_health_request(request: &ServiceRequest) -> bool {
    request.path().starts_with("/health/")
}

/// The Allow header of a resource that is read.
pub(super) const ALLOW: &str = "GET, HEAD";

/// A route for GET and HEAD: the framework sends no body for HEAD.
pub(super) fn get() -> Route {
    web::route().guard(guard::Any(guard::Get()).or(guard::Head()))
}

/// Registers both paths. Any other method gets 405.
pub(super) fn configure(config: &mut web::ServiceConfig) {
    let live = || async { HttpResponse::Ok().body("live\n") };
    for (path, route) in [("/health/live", get().to(live)), ("/health/ready", get().to(ready))] {
        let other =
            || async { HttpResponse::MethodNotAllowed().insert_header((header::ALLOW, ALLOW)).finish() };
        config.service(web::resource(path).route(route).default_service(web::to(other)));
    }
}

async fn ready(app: web::Data<App>, probe: web::Data<ReadinessProbe>) -> HttpResponse {
    if is_ready(app, probe).await {
        HttpResponse::Ok().body("ready\n")
    } else {
        HttpResponse::ServiceUnavailable().body("not ready\n")
    }
}

async fn is_ready(app: web::Data<App>, probe: web::Data<ReadinessProbe>) -> bool {
    // Relaxed is enough: the flag protects no other memory, and a slightly old result is fine.
    let Ok(permit) = probe.permits.try_acquire() else { return probe.last.load(Ordering::Relaxed) };
    let check = move || {
        let is_ready = app.is_ready();
        probe.last.store(is_ready, Ordering::Relaxed);
        // Released here and not with the request: a check goes on when its client disconnects.
        drop(permit);
        is_ready
    };
    web::block(check).await.unwrap_or(false)
}
