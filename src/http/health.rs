//! Whether the process lives, and whether it can answer.

use actix_web::{HttpResponse, web};

use crate::pipeline::Service;

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config.route("/health/live", web::get().to(|| async { HttpResponse::Ok().body("live\n") }));
    config.route("/health/ready", web::get().to(ready));
}

/// Ready is: the store answers, and there is a key to sign with.
async fn ready(service: web::Data<Service>) -> HttpResponse {
    let ready = web::block(move || {
        let signer = service.trust().signer_for(service.choices().dcc, service.clock().now().0);
        signer.is_some() && service.store().is_ready()
    });
    if ready.await.unwrap_or(false) {
        HttpResponse::Ok().body("ready\n")
    } else {
        HttpResponse::ServiceUnavailable().body("not ready\n")
    }
}
