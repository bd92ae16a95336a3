//! One decision: every check in order, and the answer.

use actix_web::{HttpResponse, web};
use askama::Template;

use super::{
    frame::Frame,
    page_error::{PageError, PageResult},
    question, reply,
    shown::DecisionRow,
    verdict::StepRow,
    xml::{self, XmlRow},
};
use crate::service::{App, console::KeyedDecisionValue};

/// The most decisions of one RequestID that the page lists.
const MAX_OTHERS: u16 = 50;

#[derive(Template)]
#[template(path = "decision.html")]
struct DecisionPage {
    frame: Frame,
    row: DecisionRow,
    meaning: Option<&'static str>,
    steps: Vec<StepRow>,
    /// The address that asks the same as a question, of an SR 8.4.
    what_if: Option<String>,
    /// All decisions under this RequestID, where there are others.
    rows: Vec<DecisionRow>,
    answer: Option<Vec<XmlRow>>,
}

pub(super) async fn show(app: web::Data<App>, frame: Frame, key: web::Path<String>) -> HttpResponse {
    let frame = frame.titled("Decision").below("Decisions", "/decisions");
    reply::page(frame, move |frame| find(&app, frame, &key)).await
}

fn find(app: &App, frame: Frame, key: &str) -> PageResult<DecisionPage> {
    let missing =
        || PageError::not_found(format!("There is no decision {key}. Decisions may be purged by age."));
    let found = key.parse().ok().map(|key| app.decision(key)).transpose()?.flatten();
    let KeyedDecisionValue { key, record } = found.ok_or_else(missing)?;
    let others = app.keyed_decisions_of(&record.request_id, MAX_OTHERS)?;
    let rows = others.into_iter().map(DecisionRow::from).collect::<Vec<_>>();
    let answer = app.answer_to(&record.request_id)?.map(xml::rows);
    let steps = record.steps.iter().map(|step| StepRow::new(&step.rule, step.holds, &step.saw));
    let what_if = app.question_of(&record)?.map(|question| question::address_of(&question));
    Ok(DecisionPage {
        frame,
        meaning: record.code.meaning(),
        steps: steps.collect(),
        what_if,
        rows: if rows.len() > 1 { rows } else { Vec::new() },
        answer,
        row: DecisionRow::from(KeyedDecisionValue { key, record }),
    })
}
