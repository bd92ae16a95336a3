//! Whether the process lives, and whether it can answer.

use actix_web::{HttpResponse, web};

use crate::pipeline::Service;

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config.route("/health/live", web::get().to(|| async { HttpResponse::Ok().body("live\n") }));
    config.route("/health/ready", web::get().to(ready));
}

async fn ready(service: web::Data<Service>) -> HttpResponse {
    if web::block(move || service.is_ready()).await.unwrap_or(false) {
        HttpResponse::Ok().body("ready\n")
    } else {
        HttpResponse::ServiceUnavailable().body("not ready\n")
    }
}
