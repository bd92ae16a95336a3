//! `smi reflash request`: by the management listener, so that one clock and one writer judge.

use std::{collections::BTreeSet, path::Path, process::ExitCode};

use anyhow::Context as _;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::{arguments::RequestArguments, print};
use crate::{
    cli::{output, say::tell},
    settings::Settings,
    store,
    tools::management::ManageMethod,
    web::OrderBody,
};

pub(super) fn run(settings: &Settings, arguments: &RequestArguments) -> anyhow::Result<ExitCode> {
    let file = &arguments.file;
    let csv = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
    let path = format!("/manage/reflash/requests?{}", query(arguments));
    let answer = arguments.manage.client(settings)?.send(ManageMethod::Post, &path, "text/csv", &csv)?;
    let answer = serde_json::from_str::<OrderBody>(&answer).context("the answer cannot be read")?;
    print::order(&answer);
    if let Some(good) = &arguments.good {
        write_good((file, &csv), &answer.faulty_lines, good)?;
    }
    Ok(if answer.reasons_total == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn query(arguments: &RequestArguments) -> String {
    let parameters = [
        ("user", Some(arguments.user.to_string())),
        ("hubs", arguments.hubs.map(|hubs| hubs.to_string())),
        ("location", arguments.redeliver_to.clone()),
        ("redeliver_on", arguments.redeliver_on.clone()),
        ("window", arguments.window.clone()),
        ("site", arguments.site.clone()),
        ("amends", arguments.amends.clone()),
        ("reference", arguments.reference.clone()),
        ("dry_run", arguments.dry_run.then(|| "true".to_owned())),
    ];
    let parameter = |(name, value): (&str, Option<String>)| {
        value.map(|value| format!("{name}={}", utf8_percent_encode(&value, NON_ALPHANUMERIC)))
    };
    parameters.into_iter().filter_map(parameter).collect::<Vec<_>>().join("&")
}

/// Writes the lines without fault, to be sent again.
fn write_good((file, csv): (&Path, &str), faulty: &[u32], to: &Path) -> anyhow::Result<()> {
    let faulty = faulty.iter().copied().collect::<BTreeSet<_>>();
    let good = store::read_reflash_request(csv.as_bytes());
    let mut good = good.with_context(|| file.display().to_string())?;
    good.retain(|line| !faulty.contains(&line.line));
    output::written(Some(to), |to| Ok(store::write_reflash_request(to, &good)?))?;
    tell!("{}: {} lines without fault", to.display(), good.len());
    Ok(())
}
