//! `GET /manage/changes`: the changes of all Devices, oldest first, from any place on.

use actix_web::{HttpResponse, http::StatusCode, web};
use serde::{Deserialize, Serialize};

use super::{
    device_history::ShownRecordedChange,
    hubs::parsed,
    page::{limit, no_such_place},
    reply::{self, ApiError, ApiResult},
};
use crate::{
    domain::instant_text,
    service::{App, FeedChange, FeedFault, FeedPage, FeedQuestion},
    store::LostPlace,
};

/// The query: which changes, and the page.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangesQuery {
    field: Option<String>,
    user: Option<String>,
    after: Option<String>,
    limit: Option<String>,
}

pub(super) async fn list(
    app: web::Data<App>,
    asked: Result<web::Query<ChangesQuery>, actix_web::Error>,
) -> HttpResponse {
    match asked {
        Ok(asked) => reply::blocking(move || find(&app, &asked)).await,
        Err(error) => reply::json::<ListedFeed>(Err(ApiError::malformed("query", error))),
    }
}

fn find(app: &App, asked: &ChangesQuery) -> ApiResult<ListedFeed> {
    let question = FeedQuestion {
        field: parsed("field", asked.field.as_deref())?,
        user: parsed("user", asked.user.as_deref())?,
    };
    if let Some(user) = question.user {
        app.require_user("user", user).map_err(ApiError::asked)?;
    }
    let after = asked.after.as_deref().map(str::parse).transpose().map_err(|_| no_such_place())?;
    let page = app.change_feed(question, after, limit(asked.limit.as_deref())?).map_err(refused)?;
    let FeedPage { changes, next, is_last, kept_since } = page;
    Ok(ListedFeed {
        changes: changes.iter().map(ListedFeedChange::from).collect(),
        next: next.to_string(),
        is_last,
        kept_since: kept_since.map(instant_text),
    })
}

/// 410 or 409 for a place that the feed cannot go on from: the reader begins anew.
fn refused(fault: FeedFault) -> ApiError {
    let status = match fault {
        FeedFault::Lost(LostPlace::Purged) => StatusCode::GONE,
        FeedFault::Lost(LostPlace::OfAnotherStore) => StatusCode::CONFLICT,
        FeedFault::Service(fault) => return ApiError::fault(fault),
    };
    let advice = "read the feed without `after` to its end, and the inventory anew";
    ApiError::new(status, format!("after: {fault}; {advice}"))
}

#[derive(Serialize)]
struct ListedFeed {
    changes: Vec<ListedFeedChange>,
    /// What `after` of the next page says, later too.
    next: String,
    /// Whether nothing is behind the page now.
    is_last: bool,
    /// Since when every change is kept; null where all are.
    kept_since: Option<String>,
}

#[derive(Serialize)]
struct ListedFeedChange {
    device_id: String,
    #[serde(flatten)]
    change: ShownRecordedChange,
    /// Of a Device that joins: the fields whose value then is not known any more.
    unknown: Vec<&'static str>,
}

impl From<&FeedChange> for ListedFeedChange {
    fn from(FeedChange { device, change, unknown }: &FeedChange) -> Self {
        Self {
            device_id: device.to_string(),
            change: ShownRecordedChange::from(change),
            unknown: unknown.iter().map(|field| field.as_str()).collect(),
        }
    }
}
