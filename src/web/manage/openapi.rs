//! `GET /openapi.json`: the OpenAPI description of this listener.

use actix_web::HttpResponse;

const DOCUMENT: &str = include_str!("openapi.json");

pub(super) async fn show() -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(DOCUMENT)
}
