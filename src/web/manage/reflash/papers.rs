//! `GET .../{order}/labels`, `.../despatch-note` and `.../statement`: the papers of an order, each whole as a file.

use actix_web::{HttpResponse, http::StatusCode, web};

use super::{list::number, refusal::refusal};
use crate::{
    domain::reflash::OrderNumber,
    service::App,
    web::{
        manage::reply::{self, ApiError, ApiResult},
        papers::{self, PaperStyle},
    },
};

pub(in crate::web::manage) async fn labels(app: web::Data<App>, order: web::Path<String>) -> HttpResponse {
    reply::html(move || labels_of(&app, number(&order)?)).await
}

fn labels_of(app: &App, order: OrderNumber) -> ApiResult<String> {
    let delivery = app.reflash_delivery(order).map_err(refusal)?;
    let delivery = delivery.ok_or_else(|| missing(order, "has no delivery that is agreed"))?;
    written(papers::labels_of(order, delivery, PaperStyle::Within))
}

pub(in crate::web::manage) async fn despatch_note(
    app: web::Data<App>,
    order: web::Path<String>,
) -> HttpResponse {
    reply::html(move || note_of(&app, number(&order)?)).await
}

fn note_of(app: &App, order: OrderNumber) -> ApiResult<String> {
    let sent = app.reflash_despatch(order).map_err(refusal)?;
    let sent = sent.ok_or_else(|| missing(order, "was not despatched"))?;
    written(papers::despatch_note_of(order, sent, PaperStyle::Within))
}

pub(in crate::web::manage) async fn statement(app: web::Data<App>, order: web::Path<String>) -> HttpResponse {
    reply::html(move || statement_of(&app, number(&order)?)).await
}

fn statement_of(app: &App, order: OrderNumber) -> ApiResult<String> {
    let found = app.reflash_statement(order).map_err(refusal)?;
    let found = found.ok_or_else(|| missing(order, "was not received"))?;
    written(papers::statement_of(order, found, PaperStyle::Within))
}

/// 404, as for an order that is not there.
fn missing(order: OrderNumber, why: &str) -> ApiError {
    ApiError::new(StatusCode::NOT_FOUND, format!("there is no order {order}, or it {why}"))
}

fn written(paper: askama::Result<String>) -> ApiResult<String> {
    paper.map_err(ApiError::broken)
}
