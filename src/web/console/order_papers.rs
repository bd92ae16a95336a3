//! The papers of an order, to be printed: labels, despatch note, statement. Their style sheet is an asset, as no style stands in a page
//! of the console.

use actix_web::{HttpResponse, web};

use super::{
    assets,
    frame::Frame,
    order::number_of,
    order_refusal::unreadable,
    page_error::{PageError, PageResult},
    reply::{self, Answer},
};
use crate::{
    domain::reflash::OrderNumber,
    service::App,
    web::papers::{PaperStyle, despatch_note_of, labels_of, statement_of},
};

fn style() -> PaperStyle {
    PaperStyle::In(format!("/console/{}", assets::version()))
}

fn written(paper: Option<askama::Result<String>>, missing: &str) -> PageResult<Answer> {
    let paper = paper.ok_or_else(|| PageError::not_found(missing))?;
    Answer::written(paper)
}

pub(super) async fn labels(app: web::Data<App>, frame: Frame, number: web::Path<String>) -> HttpResponse {
    let work = move |order: OrderNumber| {
        let found = app.reflash_delivery(order).map_err(unreadable)?;
        let paper = found.map(|delivery| labels_of(order, delivery, style()));
        written(paper, &format!("There is no order {order}, or it has no delivery that is agreed."))
    };
    reply::answer(frame, move || work(number_of(&number)?)).await
}

pub(super) async fn despatch_note(
    app: web::Data<App>,
    frame: Frame,
    number: web::Path<String>,
) -> HttpResponse {
    let work = move |order: OrderNumber| {
        let found = app.reflash_despatch(order).map_err(unreadable)?;
        let paper = found.map(|sent| despatch_note_of(order, sent, style()));
        written(paper, &format!("There is no order {order}, or it was not despatched."))
    };
    reply::answer(frame, move || work(number_of(&number)?)).await
}

pub(super) async fn statement(app: web::Data<App>, frame: Frame, number: web::Path<String>) -> HttpResponse {
    let work = move |order: OrderNumber| {
        let found = app.reflash_statement(order).map_err(unreadable)?;
        let paper = found.map(|statement| statement_of(order, statement, style()));
        written(paper, &format!("There is no order {order}, or it was not received."))
    };
    reply::answer(frame, move || work(number_of(&number)?)).await
}
