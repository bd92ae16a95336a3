//! `/manage/maintenance/windows/{reference}`: a window is shown, and saved.

use std::collections::BTreeMap;

use actix_web::{HttpResponse, http::StatusCode, web};
use serde::Deserialize;
use validator::Validate;

use super::{refusal::refusal, value};
use crate::{
    domain::maintenance::WindowReference,
    service::{App, ExpectedWindow},
    store::PlanColumns,
    web::{
        body::BufferedBody,
        manage::reply::{self, ApiError, ApiResult, BodyResult},
        planned_maintenance::ShownWindow,
    },
};

pub(in crate::web::manage) async fn show(app: web::Data<App>, reference: web::Path<String>) -> HttpResponse {
    reply::blocking(move || {
        let reference = value::<WindowReference>("reference", &reference)?;
        let found = app.maintenance_window(&reference).map_err(refusal)?;
        let unknown =
            || ApiError::new(StatusCode::NOT_FOUND, format!("there is no maintenance window {reference}"));
        Ok(ShownWindow::from(&found.ok_or_else(unknown)?))
    })
    .await
}

/// The body: the columns of `maintenance.csv` as texts, and who saves them.
#[derive(Deserialize, Validate)]
struct SaveBody {
    #[validate(length(min = 1, max = 100, message = "has 1 to 100 characters"))]
    by: String,
    #[serde(flatten)]
    columns: BTreeMap<String, serde_json::Value>,
}

pub(in crate::web::manage) async fn save(
    app: web::Data<App>,
    reference: web::Path<String>,
    body: BodyResult,
) -> HttpResponse {
    let body = reply::buffered(body);
    reply::blocking(move || put(&app, &reference, body)).await
}

fn put(app: &App, reference: &str, body: ApiResult<BufferedBody>) -> ApiResult<ShownWindow> {
    let reference = value::<WindowReference>("reference", reference)?;
    let SaveBody { by, columns } = reply::read(body)?;
    let by = value("by", &by)?;
    let columns = serde_json::Value::Object(columns.into_iter().collect());
    let columns = serde_json::from_value::<PlanColumns>(columns);
    let columns = columns.map_err(|error| ApiError::malformed("body", error))?;
    if !columns.reference.is_empty() && columns.reference != reference.as_str() {
        return Err(ApiError::malformed("reference", "is not the one of the path"));
    }
    let saved = app.save_maintenance_window(&reference, columns, ExpectedWindow::Any, by).map_err(refusal)?;
    Ok((&saved).into())
}
