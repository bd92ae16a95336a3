//! `GET /openapi.json`: this listener, described for tools.

use actix_web::HttpResponse;

const DOCUMENT: &str = include_str!("openapi.json");

pub(super) async fn show() -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(DOCUMENT)
}
