//! `GET /manage/acts`: what people and programs did, why, and with which checks.

use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};

use super::{
    page::page,
    reply::{self, ApiError, ApiResult},
};
use crate::{
    domain::{ActArea, ActCheck, instant_text},
    service::App,
    store::{ActFilter, KeyedAct, ListOrder, Paged},
};

/// The query: which acts, and the page.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ActsQuery {
    area: Option<String>,
    about: Option<String>,
    after: Option<String>,
    limit: Option<String>,
}

pub(super) async fn list(
    app: web::Data<App>,
    asked: Result<web::Query<ActsQuery>, actix_web::Error>,
) -> HttpResponse {
    match asked {
        Ok(asked) => reply::blocking(move || find(&app, asked.into_inner())).await,
        Err(error) => reply::json::<ListedActs>(Err(ApiError::malformed("query", error))),
    }
}

fn find(app: &App, asked: ActsQuery) -> ApiResult<ListedActs> {
    let page = page(asked.after.as_deref(), asked.limit.as_deref())?;
    let area = asked.area.as_deref().map(str::parse::<ActArea>).transpose();
    let area = area.map_err(|reason| ApiError::malformed("area", reason))?;
    let filter = ActFilter { area, about: asked.about };
    let acts = app.acts(&filter, ListOrder::OldestFirst, page).map_err(ApiError::fault)?;
    let Paged { rows, next } = acts;
    Ok(ListedActs {
        acts: rows.into_iter().map(ShownAct::from).collect(),
        next: next.map(|id| id.to_string()),
    })
}

#[derive(Serialize)]
struct ListedActs {
    acts: Vec<ShownAct>,
    /// What `after` of the next page says; null on the last one.
    next: Option<String>,
}

/// An act as JSON.
#[derive(Serialize)]
pub(in crate::web) struct ShownAct {
    id: i64,
    at: String,
    by: String,
    area: &'static str,
    about: String,
    act: String,
    from: Option<String>,
    to: Option<String>,
    reason: Option<String>,
    detail: Option<String>,
    checks: Vec<ShownCheck>,
}

#[derive(Serialize)]
struct ShownCheck {
    rule: String,
    holds: bool,
    saw: String,
    derogation: Option<String>,
}

impl From<ActCheck> for ShownCheck {
    fn from(check: ActCheck) -> Self {
        let ActCheck { rule, holds, saw, derogation } = check;
        Self { rule, holds, saw, derogation }
    }
}

impl From<KeyedAct> for ShownAct {
    fn from(KeyedAct { id, act }: KeyedAct) -> Self {
        Self {
            id,
            at: instant_text(act.at),
            by: act.by.to_string(),
            area: act.area.as_str(),
            about: act.about,
            act: act.act,
            from: act.from,
            to: act.to,
            reason: act.reason.map(|reason| reason.to_string()),
            detail: act.detail,
            checks: act.checks.into_iter().map(ShownCheck::from).collect(),
        }
    }
}
