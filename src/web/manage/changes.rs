//! `GET /manage/changes`: the changes of all Devices, oldest first, from any place on.

use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};

use super::{
    device_history::ShownRecordedChange,
    hubs::parsed,
    page::{limit, no_such_place},
    reply::{self, ApiError, ApiResult},
};
use crate::{
    domain::{Eui64, RecordedChange},
    service::{App, FeedPage, FeedQuestion},
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
    let after = asked.after.as_deref().map(str::parse).transpose().map_err(|_| no_such_place())?;
    let page = app.change_feed(question, after, limit(asked.limit.as_deref())?).map_err(ApiError::fault)?;
    let FeedPage { changes, next, is_last } = page;
    let change = |(device, change): &(Eui64, RecordedChange)| FeedChange {
        device_id: device.to_string(),
        change: ShownRecordedChange::from(change),
    };
    Ok(ListedFeed { changes: changes.iter().map(change).collect(), next: next.to_string(), is_last })
}

#[derive(Serialize)]
struct ListedFeed {
    changes: Vec<FeedChange>,
    /// What `after` of the next page says, later too.
    next: String,
    /// Whether nothing is behind the page now.
    is_last: bool,
}

#[derive(Serialize)]
struct FeedChange {
    device_id: String,
    #[serde(flatten)]
    change: ShownRecordedChange,
}
