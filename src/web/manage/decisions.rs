//! `GET /manage/decisions`: the recorded decisions of a request or a Device, with their steps (SMI.md 8).

use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};

use super::{
    device_id::device_id,
    page::page,
    reply::{self, ApiError, ApiResult},
};
use crate::{
    domain::instant_text,
    rules::rulebook,
    service::App,
    store::{DecisionRecord, Paged, RecordedStep},
};

/// The query: exactly one of the first two, and the page.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DecisionQuery {
    request_id: Option<String>,
    device_id: Option<String>,
    after: Option<String>,
    limit: Option<String>,
}

pub(super) async fn list(
    app: web::Data<App>,
    asked: Result<web::Query<DecisionQuery>, actix_web::Error>,
) -> HttpResponse {
    match asked {
        Ok(asked) => reply::blocking(move || find(&app, &asked)).await,
        Err(error) => reply::json::<ListedDecisions>(Err(ApiError::malformed("query", error))),
    }
}

fn find(app: &App, asked: &DecisionQuery) -> ApiResult<ListedDecisions> {
    let page = page(asked.after.as_deref(), asked.limit.as_deref())?;
    let decisions = match (&asked.request_id, &asked.device_id) {
        (Some(request), None) => {
            let id = request.parse().map_err(|reason| ApiError::malformed("request_id", reason))?;
            app.decisions_of_request(&id, page)
        }
        (None, Some(device)) => app.decisions_of_device(device_id(device)?, page),
        (None, None) | (Some(_), Some(_)) => {
            return Err(ApiError::malformed("query", "give `request_id` or `device_id`, and not both"));
        }
    };
    let Paged { rows, next } = decisions.map_err(ApiError::fault)?;
    Ok(ListedDecisions {
        decisions: rows.iter().map(ShownDecision::from).collect(),
        next: next.map(|key| key.to_string()),
    })
}

#[derive(Serialize)]
struct ListedDecisions {
    decisions: Vec<ShownDecision>,
    /// What `after` of the next page says; null on the last one.
    next: Option<String>,
}

#[derive(Serialize)]
struct ShownDecision {
    request_id: String,
    user_id: String,
    device_id: Option<String>,
    service_reference_variant: Option<String>,
    code: String,
    rule: Option<String>,
    decided_at: String,
    steps: Vec<ShownStep>,
}

impl From<&DecisionRecord> for ShownDecision {
    fn from(decision: &DecisionRecord) -> Self {
        let DecisionRecord { request_id, user, device, variant, code, rule, at, steps } = decision;
        Self {
            request_id: request_id.to_string(),
            user_id: user.to_string(),
            device_id: device.map(|device| device.to_string()),
            service_reference_variant: variant.map(|variant| variant.to_string()),
            code: code.to_string(),
            rule: rule.clone(),
            decided_at: instant_text(*at),
            steps: steps.iter().map(ShownStep::from).collect(),
        }
    }
}

/// A step with its rule from today's rulebook. The fields of the rule are null if it was removed since.
#[derive(Serialize)]
struct ShownStep {
    rule: String,
    holds: bool,
    saw: String,
    requires: Option<&'static str>,
    source: Option<&'static str>,
    standing: Option<&'static str>,
    /// Who could do it, and how; null if the rule held.
    remedy: Option<&'static str>,
}

impl From<&RecordedStep> for ShownStep {
    fn from(step: &RecordedStep) -> Self {
        let RecordedStep { rule, holds, saw } = step;
        let known = rulebook::rule(rule);
        Self {
            rule: rule.clone(),
            holds: *holds,
            saw: saw.clone(),
            requires: known.map(|rule| rule.requires),
            source: known.map(|rule| rule.source),
            standing: known.map(|rule| rule.standing.as_str()),
            remedy: known.filter(|_| !holds).map(|rule| rule.remedy),
        }
    }
}
