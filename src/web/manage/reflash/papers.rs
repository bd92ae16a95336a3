//! `GET .../{order}/labels`, `.../despatch-note` and `.../statement`: the papers of an order, each whole as a file.

use actix_web::{HttpResponse, http::StatusCode, web};

use super::{list::number, refusal::refusal};
use crate::{
    domain::reflash::OrderNumber,
    service::{App, OrderStatement},
    web::{
        manage::reply::{self, ApiError, ApiResult},
        papers::{Booking, DespatchNote, StatementPaper, labels as label_pages},
    },
};

pub(in crate::web::manage) async fn labels(app: web::Data<App>, order: web::Path<String>) -> HttpResponse {
    reply::html(move || labels_of(&app, number(&order)?)).await
}

fn labels_of(app: &App, order: OrderNumber) -> ApiResult<String> {
    let delivery = app.reflash_delivery(order).map_err(refusal)?;
    let delivery = delivery.ok_or_else(|| missing(order, "has no delivery that is agreed"))?;
    let hubs = delivery.hubs.iter().map(|(chf, package)| (*chf, package)).collect::<Vec<_>>();
    let (slot, number) = (delivery.slot, delivery.number);
    let booking = Booking {
        order,
        delivery: number,
        on: slot.on,
        window: slot.window,
        party: delivery.party.clone(),
        contact: delivery.contact.clone(),
        site: delivery.site.clone(),
    };
    written(label_pages(&booking, hubs))
}

pub(in crate::web::manage) async fn despatch_note(
    app: web::Data<App>,
    order: web::Path<String>,
) -> HttpResponse {
    reply::html(move || note_of(&app, number(&order)?)).await
}

fn note_of(app: &App, order: OrderNumber) -> ApiResult<String> {
    let sent = app.reflash_despatch(order).map_err(refusal)?;
    let (party, sent_at, hubs) = sent.ok_or_else(|| missing(order, "was not despatched"))?;
    written(DespatchNote { order, sent_at, party, hubs }.html())
}

pub(in crate::web::manage) async fn statement(app: web::Data<App>, order: web::Path<String>) -> HttpResponse {
    reply::html(move || statement_of(&app, number(&order)?)).await
}

fn statement_of(app: &App, order: OrderNumber) -> ApiResult<String> {
    let found = app.reflash_statement(order).map_err(refusal)?;
    let found = found.ok_or_else(|| missing(order, "was not received"))?;
    let OrderStatement { order: of, received_at, working_days, statement } = found;
    let paper = StatementPaper { order, party: of.asked.party, received_at, working_days, statement };
    written(paper.html())
}

/// 404, as for an order that is not there.
fn missing(order: OrderNumber, why: &str) -> ApiError {
    ApiError::new(StatusCode::NOT_FOUND, format!("there is no order {order}, or it {why}"))
}

fn written(paper: askama::Result<String>) -> ApiResult<String> {
    paper.map_err(ApiError::broken)
}
