//! `GET /metrics`: the metrics in a text format of Prometheus.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{Accept, Header as _},
    web,
};

use crate::{metrics::TextFormat, service::App};

pub(super) async fn show(request: HttpRequest, app: web::Data<App>) -> HttpResponse {
    let format = format_of(&request);
    // The page also reads from the store, which blocks.
    match web::block(move || app.metrics_page()).await {
        Ok(page) => HttpResponse::Ok().content_type(format.media_type()).body(format.write(page)),
        Err(fault) => {
            tracing::error!(%fault, "metrics failed");
            HttpResponse::InternalServerError().finish()
        }
    }
}

/// The format that the scraper prefers; OpenMetrics where it does not say.
fn format_of(request: &HttpRequest) -> TextFormat {
    let accepted = Accept::parse(request).map(|accept| accept.ranked()).unwrap_or_default();
    let known = accepted.iter().find_map(|media| match media.essence_str() {
        "text/plain" | "text/*" => Some(TextFormat::Prometheus),
        "application/openmetrics-text" | "application/*" | "*/*" => Some(TextFormat::OpenMetrics),
        _ => None,
    });
    known.unwrap_or(TextFormat::OpenMetrics)
}
