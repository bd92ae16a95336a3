//! `GET /manage/devices/{id}/history`: every change of a Device, with its fields before and after.

use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};

use super::{
    device_id::{device_id, never_known},
    page::{limit, no_such_place},
    reply::{self, ApiError, ApiResult},
};
use crate::{
    domain::{FieldChange, RecordedChange, instant_text},
    service::App,
};

/// The query: the page.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HistoryQuery {
    after: Option<String>,
    limit: Option<String>,
}

pub(super) async fn list(
    app: web::Data<App>,
    id: web::Path<String>,
    asked: Result<web::Query<HistoryQuery>, actix_web::Error>,
) -> HttpResponse {
    match asked {
        Ok(asked) => reply::blocking(move || find(&app, &id, &asked)).await,
        Err(error) => reply::json::<ListedChanges>(Err(ApiError::malformed("query", error))),
    }
}

fn find(app: &App, id: &str, asked: &HistoryQuery) -> ApiResult<ListedChanges> {
    let (id, limit) = (device_id(id)?, limit(asked.limit.as_deref())?);
    let after = asked.after.as_deref().map(str::parse).transpose().map_err(|_| no_such_place())?;
    let page = app.device_history(id, after, limit).map_err(ApiError::fault)?;
    let page = page.ok_or_else(|| never_known(id))?;
    Ok(ListedChanges {
        changes: page.changes.iter().map(ShownRecordedChange::from).collect(),
        next: page.next.map(|place| place.to_string()),
        kept_since: page.kept_since.map(instant_text),
    })
}

#[derive(Serialize)]
struct ListedChanges {
    changes: Vec<ShownRecordedChange>,
    /// What `after` of the next page says; null on the last one.
    next: Option<String>,
    /// Since when every change of the Device is kept; null where all are.
    kept_since: Option<String>,
}

/// A change: who made it, when, by which request or interface, and each field.
#[derive(Serialize)]
pub(in crate::web) struct ShownRecordedChange {
    pub(in crate::web) event: &'static str,
    pub(in crate::web) at: String,
    pub(in crate::web) by: Option<String>,
    pub(in crate::web) request_id: Option<String>,
    pub(in crate::web) interface: String,
    pub(in crate::web) reason: Option<String>,
    pub(in crate::web) fields: Vec<ShownField>,
}

/// A field before and after.
#[derive(Serialize)]
pub(in crate::web) struct ShownField {
    pub(in crate::web) field: &'static str,
    pub(in crate::web) before: Option<String>,
    pub(in crate::web) after: Option<String>,
}

impl From<&RecordedChange> for ShownRecordedChange {
    fn from(change: &RecordedChange) -> Self {
        let RecordedChange { at, by, request_id, interface, reason, fields } = change;
        let field = |FieldChange { field, before, after }: &FieldChange| ShownField {
            field: field.as_str(),
            before: before.clone(),
            after: after.clone(),
        };
        Self {
            event: change.event().as_str(),
            at: instant_text(*at),
            by: by.map(|by| by.to_string()),
            request_id: request_id.map(|id| id.to_string()),
            interface: interface.clone(),
            reason: reason.clone(),
            fields: fields.iter().map(field).collect(),
        }
    }
}
