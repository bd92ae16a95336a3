//! What changes something: `publish`, `announce`, `extend`, `close`, `withdraw` and `case`, by the management listener.

use std::process::ExitCode;

use anyhow::Context as _;
use serde_json::{Map, Value};

use super::{
    arguments::{
        AnnounceArguments, CaseArguments, ChangeArguments, CloseArguments, ExtendArguments, PublishArguments,
        WithdrawArguments,
    },
    print,
};
use crate::{
    cli::say::say,
    domain::{instant_text, maintenance::WindowReference},
    settings::Settings,
    web::{MaintenanceChange, ShownPublication},
};

pub(super) fn publish(settings: &Settings, arguments: &PublishArguments) -> anyhow::Result<ExitCode> {
    let PublishArguments { month, note, change } = arguments;
    let body = body(change, [("month", Some(month.to_string())), ("note", note.clone())])?;
    let client = change.manage.client(settings)?;
    let published = client.post::<ShownPublication>("/manage/maintenance/publish", &body)?;
    if change.json {
        say!("{}", serde_json::to_string_pretty(&published)?);
    } else {
        print::publication(&published);
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) fn announce(settings: &Settings, arguments: &AnnounceArguments) -> anyhow::Result<ExitCode> {
    let AnnounceArguments { reference, aware, not_rdp, change } = arguments;
    let mut body = body(change, [("aware_at", aware.map(instant_text))])?;
    if let Some(body) = body.as_object_mut() {
        body.insert("not_rdp".to_owned(), (*not_rdp).into());
    }
    send(settings, change, &of_window(reference, "announce"), &body)
}

pub(super) fn extend(settings: &Settings, arguments: &ExtendArguments) -> anyhow::Result<ExitCode> {
    let ExtendArguments { reference, ends, note, change } = arguments;
    let body = body(change, [("ends_at", Some(instant_text(*ends))), ("note", Some(note.clone()))])?;
    send(settings, change, &of_window(reference, "extend"), &body)
}

pub(super) fn close(settings: &Settings, arguments: &CloseArguments) -> anyhow::Result<ExitCode> {
    let CloseArguments { reference, actual_start, actual_end, disrupted, change } = arguments;
    let body = body(
        change,
        [
            ("actual_start", actual_start.map(instant_text)),
            ("actual_end", actual_end.map(instant_text)),
            ("disrupted", Some(disrupted.to_string())),
        ],
    )?;
    send(settings, change, &of_window(reference, "close"), &body)
}

pub(super) fn withdraw(settings: &Settings, arguments: &WithdrawArguments) -> anyhow::Result<ExitCode> {
    let WithdrawArguments { reference, reason, change } = arguments;
    let body = body(change, [("reason", Some(reason.clone()))])?;
    send(settings, change, &of_window(reference, "withdraw"), &body)
}

pub(super) fn case(settings: &Settings, arguments: &CaseArguments) -> anyhow::Result<ExitCode> {
    let CaseArguments { reference, kind, party, reasons, close, outcome, reason, change } = arguments;
    if let Some(id) = close {
        let outcome = outcome.map(|outcome| outcome.to_string());
        let body = body(change, [("outcome", outcome), ("reason", reason.clone())])?;
        return send(settings, change, &format!("/manage/maintenance/cases/{id}/close"), &body);
    }
    let reference = reference.as_ref().context("name the window")?;
    let kind = kind.map(|kind| kind.to_string());
    let body = body(change, [("kind", kind), ("party", party.clone()), ("reasons", reasons.clone())])?;
    send(settings, change, &of_window(reference, "cases"), &body)
}

fn of_window(reference: &WindowReference, act: &str) -> String {
    format!("/manage/maintenance/windows/{reference}/{act}")
}

/// The body of a change: who, and what is given.
fn body<const N: usize>(
    change: &ChangeArguments,
    fields: [(&str, Option<String>); N],
) -> anyhow::Result<Value> {
    let by = ("by", Some(change.by.name()?.to_string()));
    let given = fields.into_iter().chain([by]).filter_map(|(name, text)| Some((name, text?)));
    Ok(Value::Object(given.map(|(name, text)| (name.to_owned(), text.into())).collect::<Map<_, _>>()))
}

fn send(settings: &Settings, change: &ChangeArguments, path: &str, body: &Value) -> anyhow::Result<ExitCode> {
    let changed = change.manage.client(settings)?.post::<MaintenanceChange>(path, body)?;
    if change.json {
        say!("{}", serde_json::to_string_pretty(&changed)?);
    } else {
        print::change(&changed);
    }
    Ok(ExitCode::SUCCESS)
}
