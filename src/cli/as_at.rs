//! `smi explain --device ID --as-at T`: the record of a Device as it stood at an instant.

use std::process::ExitCode;

use super::{
    open,
    say::{say, tell},
};
use crate::{
    domain::{
        DeviceField, Eui64, FieldChange, PastRecord, PastValue, RecordedChange, Timestamp, escape_invisible,
        instant_text,
    },
    settings::Settings,
    store,
};

/// Prints the record; exit code 1 where the Device was not in the SMI.
pub(super) fn run(settings: &Settings, device: Eui64, at: Timestamp) -> anyhow::Result<ExitCode> {
    let found =
        open::store_to_read(settings)?.read(|connection| store::record_as_at(connection, device, at))?;
    let Some(found) = found else {
        tell!("smi: device `{device}` is not in the inventory and never was");
        return Ok(ExitCode::FAILURE);
    };
    if found.record.values().is_none() {
        tell!("smi: device `{device}` was not in the inventory at {}", instant_text(at));
        if let Some(joined) = found.record.joined_at() {
            tell!("it joined at {}", instant_text(joined));
        }
        return Ok(ExitCode::FAILURE);
    }
    print(&found);
    Ok(ExitCode::SUCCESS)
}

fn print(found: &PastRecord) {
    say!("{} as at {}", found.device, instant_text(found.at));
    for (field, value) in found.record.values().into_iter().flatten() {
        match value {
            PastValue::Known(None) => {}
            PastValue::Known(Some(value)) => say!("{:24} {}", field.as_str(), shown(*field, value)),
            PastValue::Unknown => say!("{:24} not known", field.as_str()),
        }
    }
    match (found.unknown_before, found.kept_since) {
        (Some(until), _) => say!("not every change before {} was kept", instant_text(until)),
        (None, Some(since)) => {
            say!("others before {} may have followed the last change that is kept", instant_text(since));
        }
        (None, None) => {}
    }
    if let Some(change) = &found.last_change {
        print_change(change);
    }
}

/// A value, of a variant with its type for people (MP125-R10).
fn shown(field: DeviceField, value: &str) -> String {
    match (field, value.parse::<crate::domain::EsmeVariant>()) {
        (DeviceField::EsmeVariant, Ok(variant)) => format!("{variant} ({})", variant.type_text()),
        _ => escape_invisible(value).to_string(),
    }
}

fn print_change(change: &RecordedChange) {
    let RecordedChange { at, by, request_id, interface, reason, fields } = change;
    let by = by.map(|by| format!(" by {by}")).unwrap_or_default();
    let request = request_id.map(|id| format!(", request {id}")).unwrap_or_default();
    let reason = reason.as_deref().map(|reason| format!(", {reason}")).unwrap_or_default();
    say!("{} at {}{by} through {interface}{request}{reason}", change.event(), instant_text(*at));
    for FieldChange { field, before, after } in fields {
        let text = |value: &Option<String>| {
            value.as_deref().map_or_else(|| "none".to_owned(), |value| escape_invisible(value).to_string())
        };
        say!("{:24} {} to {}", field.as_str(), text(before), text(after));
    }
}
