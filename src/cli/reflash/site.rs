//! `smi reflash received`, `outcomes` and `batch`: what a site tells, and what its units take next.

use std::{path::Path, process::ExitCode};

use anyhow::Context as _;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;

use super::{
    arguments::{ChangeArguments, OutcomesArguments, ReceivedArguments},
    print,
};
use crate::{
    cli::say::say,
    settings::Settings,
    tools::management::ManageMethod,
    web::{GivenOut, OrderBody},
};

pub(super) fn received(settings: &Settings, arguments: &ReceivedArguments) -> anyhow::Result<ExitCode> {
    let ReceivedArguments { change, file, unloaded_by, started, finished, reason } = arguments;
    let query = query(&[
        ("unloaded_by", Some(unloaded_by.as_str())),
        ("started_at", Some(started)),
        ("finished_at", Some(finished)),
        ("by", Some(change.by.name()?.as_str())),
        ("reason", reason.as_deref()),
    ]);
    put(settings, change, file, &format!("received?{query}"))
}

pub(super) fn outcomes(settings: &Settings, arguments: &OutcomesArguments) -> anyhow::Result<ExitCode> {
    let OutcomesArguments { change, file, reason } = arguments;
    let query = query(&[("by", Some(change.by.name()?.as_str())), ("reason", reason.as_deref())]);
    put(settings, change, file, &format!("outcomes?{query}"))
}

/// Sends a file about an order, and prints the order after it.
fn put(settings: &Settings, change: &ChangeArguments, file: &Path, what: &str) -> anyhow::Result<ExitCode> {
    let ChangeArguments { order, by: _, manage } = change;
    let path = format!("/manage/reflash/orders/{order}/{what}");
    let csv = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
    let answer = manage.client(settings)?.send(ManageMethod::Put, &path, "text/csv", &csv)?;
    print::order(&serde_json::from_str::<OrderBody>(&answer).context("the answer cannot be read")?);
    Ok(ExitCode::SUCCESS)
}

fn query(parameters: &[(&str, Option<&str>)]) -> String {
    let one = |(name, value): &(&str, Option<&str>)| {
        value.map(|value| format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC)))
    };
    parameters.iter().filter_map(one).collect::<Vec<_>>().join("&")
}

pub(super) fn batch(settings: &Settings, change: &ChangeArguments) -> anyhow::Result<ExitCode> {
    let ChangeArguments { order, by, manage } = change;
    let path = format!("/manage/reflash/orders/{order}/batches");
    let given = manage.client(settings)?.post::<GivenOut>(&path, &json!({ "by": by.name()?.as_str() }))?;
    for unit in given.units {
        say!("{}: {}", unit.unit_id, unit.hubs.join(" "));
    }
    Ok(ExitCode::SUCCESS)
}
