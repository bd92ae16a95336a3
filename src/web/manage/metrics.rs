//! `GET /metrics`: what was counted, for Prometheus.

use actix_web::{HttpResponse, web};

use crate::{metrics::MEDIA_TYPE, service::App};

pub(super) async fn show(service: web::Data<App>) -> HttpResponse {
    match web::block(move || service.metrics_page()).await {
        Ok(page) => HttpResponse::Ok().content_type(MEDIA_TYPE).body(page),
        Err(fault) => {
            tracing::error!(%fault, "the metrics could not be read");
            HttpResponse::InternalServerError().finish()
        }
    }
}
