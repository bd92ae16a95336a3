//! One decision: every check in order, and the answer.

use actix_web::{HttpResponse, web};
use askama::Template;

use super::{
    frame::Frame,
    page_error::{PageError, PageResult},
    reply,
    shown::DecisionRow,
    xml::{self, XmlRow},
};
use crate::{
    rules::rulebook,
    service::{App, console::KeyedDecisionValue},
};

/// The most decisions of one RequestID that the page lists.
const MAX_OTHERS: u16 = 50;

#[derive(Template)]
#[template(path = "decision.html")]
struct DecisionPage {
    frame: Frame,
    row: DecisionRow,
    meaning: Option<&'static str>,
    steps: Vec<StepRow>,
    /// All decisions under this RequestID, where there are others.
    rows: Vec<DecisionRow>,
    answer: Option<Vec<XmlRow>>,
}

/// A check, with its rule from today's rulebook.
struct StepRow {
    rule: String,
    holds: bool,
    saw: String,
    /// What the rule requires, its source and its standing; absent if it was removed since.
    known: Option<KnownRule>,
}

struct KnownRule {
    requires: &'static str,
    source: &'static str,
    standing: &'static str,
    remedy: &'static str,
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
    let steps = record.steps.iter().map(|step| StepRow {
        rule: step.rule.clone(),
        holds: step.holds,
        saw: step.saw.clone(),
        known: rulebook::rule(&step.rule).map(|rule| KnownRule {
            requires: rule.requires,
            source: rule.source,
            standing: rule.standing.as_str(),
            remedy: rule.remedy,
        }),
    });
    Ok(DecisionPage {
        frame,
        meaning: record.code.meaning(),
        steps: steps.collect(),
        rows: if rows.len() > 1 { rows } else { Vec::new() },
        answer,
        row: DecisionRow::from(KeyedDecisionValue { key, record }),
    })
}
