//! `GET /manage/devices/{id}?as_at=`: the SMI record of a Device as it stood at an instant.

use actix_web::http::StatusCode;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{
    device_history::ShownRecordedChange,
    device_id::never_known,
    reply::{ApiError, ApiResult},
};
use crate::{
    domain::{DeviceField, EsmeVariant, Eui64, PastRecord, Timestamp, instant_text},
    service::App,
};

/// The answer: the record, what is not known of it, and the change that made it so.
#[derive(Serialize)]
pub(super) struct ShownPastRecord {
    as_at: String,
    /// As the record of today is shown. A field whose value is not known is null, and named in `unknown`.
    device: Map<String, Value>,
    unknown: Vec<&'static str>,
    /// Until when not every change was kept; null where the record is known whole.
    unknown_before: Option<String>,
    /// The last change until then that is kept; null where none is.
    last_change: Option<ShownRecordedChange>,
    /// Since when every change is kept, where another change may have followed `last_change`; null where none did.
    kept_since: Option<String>,
}

pub(super) fn find(app: &App, id: Eui64, at: Timestamp) -> ApiResult<ShownPastRecord> {
    let found = app.device_as_at(id, at).map_err(ApiError::fault)?.ok_or_else(|| never_known(id))?;
    if found.record.values().is_none() {
        let then = format!("device `{id}` was not in the inventory at {}", instant_text(at));
        let joined = found.record.joined_at().map(|at| format!("; it joined at {}", instant_text(at)));
        return Err(ApiError::new(StatusCode::NOT_FOUND, then + &joined.unwrap_or_default()));
    }
    Ok(ShownPastRecord {
        as_at: instant_text(at),
        device: columns(&found),
        unknown: found.unknown().map(DeviceField::as_str).collect(),
        unknown_before: found.unknown_before.map(instant_text),
        last_change: found.last_change.as_ref().map(ShownRecordedChange::from),
        kept_since: found.kept_since.map(instant_text),
    })
}

/// The columns of devices.csv, and the type text of the variant.
fn columns(record: &PastRecord) -> Map<String, Value> {
    let value = |field: DeviceField| match (field, record.value(field)) {
        // A number, as in the record of today.
        (DeviceField::Uprn, Some(uprn)) => {
            uprn.parse::<u64>().map_or_else(|_| json!(uprn), |uprn| json!(uprn))
        }
        (_, value) => json!(value),
    };
    let variant = record.value(DeviceField::EsmeVariant).and_then(|text| text.parse::<EsmeVariant>().ok());
    let fields = DeviceField::ALL.iter().map(|field| (field.to_string(), value(*field)));
    std::iter::once(("device_id".to_owned(), json!(record.device.to_string())))
        .chain(fields)
        .chain([("esme_variant_type".to_owned(), json!(variant.map(EsmeVariant::type_text)))])
        .collect()
}
