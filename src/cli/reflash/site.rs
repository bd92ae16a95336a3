//! `smi reflash received`, `outcomes` and `batch`: what a site tells, and what its units take next.

use std::{path::Path, process::ExitCode};

use anyhow::Context as _;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;

use super::{
    arguments::{OutcomesArguments, ReceivedArguments},
    print,
};
use crate::{
    cli::{
        manage::{ByArguments, ManageArguments},
        say::say,
    },
    domain::reflash::OrderNumber,
    settings::Settings,
    tools::management::ManageMethod,
    web::{GivenOut, OrderBody},
};

pub(super) fn received(settings: &Settings, arguments: &ReceivedArguments) -> anyhow::Result<ExitCode> {
    let ReceivedArguments { order, file, unloaded_by, started, finished, reason, by, manage } = arguments;
    let query = query(&[
        ("unloaded_by", Some(unloaded_by.as_str())),
        ("started_at", Some(started)),
        ("finished_at", Some(finished)),
        ("by", Some(by.name()?.as_str())),
        ("reason", reason.as_deref()),
    ]);
    put(settings, manage, file, &format!("/manage/reflash/orders/{order}/received?{query}"))
}

pub(super) fn outcomes(settings: &Settings, arguments: &OutcomesArguments) -> anyhow::Result<ExitCode> {
    let OutcomesArguments { order, file, reason, by, manage } = arguments;
    let query = query(&[("by", Some(by.name()?.as_str())), ("reason", reason.as_deref())]);
    put(settings, manage, file, &format!("/manage/reflash/orders/{order}/outcomes?{query}"))
}

/// Sends a file, and prints the order after it.
fn put(settings: &Settings, manage: &ManageArguments, file: &Path, path: &str) -> anyhow::Result<ExitCode> {
    let csv = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
    let answer = manage.client(settings)?.send(ManageMethod::Put, path, "text/csv", &csv)?;
    print::order(&serde_json::from_str::<OrderBody>(&answer).context("the answer cannot be read")?);
    Ok(ExitCode::SUCCESS)
}

fn query(parameters: &[(&str, Option<&str>)]) -> String {
    let one = |(name, value): &(&str, Option<&str>)| {
        value.map(|value| format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC)))
    };
    parameters.iter().filter_map(one).collect::<Vec<_>>().join("&")
}

pub(super) fn batch(
    settings: &Settings,
    order: OrderNumber,
    by: &ByArguments,
    manage: &ManageArguments,
) -> anyhow::Result<ExitCode> {
    let path = format!("/manage/reflash/orders/{order}/batches");
    let given = manage.client(settings)?.post::<GivenOut>(&path, &json!({ "by": by.name()?.as_str() }))?;
    for unit in given.units {
        say!("{}: {}", unit.unit_id, unit.hubs.join(" "));
    }
    Ok(ExitCode::SUCCESS)
}
