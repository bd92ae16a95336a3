//! `GET /metrics`: the metrics in the text format of Prometheus.

use actix_web::{HttpResponse, web};

use crate::{metrics::MEDIA_TYPE, service::App};

pub(super) async fn show(app: web::Data<App>) -> HttpResponse {
    // The page also reads from the store, which blocks.
    match web::block(move || app.metrics_page()).await {
        Ok(page) => HttpResponse::Ok().content_type(MEDIA_TYPE).body(page),
        Err(fault) => {
            tracing::error!(%fault, "metrics failed");
            HttpResponse::InternalServerError().finish()
        }
    }
}
