//! `smi reflash request`: by the management listener, so that one clock and one writer judge.

use std::{collections::BTreeSet, path::Path, process::ExitCode};

use anyhow::Context as _;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::{arguments::RequestArguments, print};
use crate::{cli::say::tell, settings::Settings, store, tools::management::ManageMethod, web::OrderBody};

pub(super) fn run(settings: &Settings, arguments: &RequestArguments) -> anyhow::Result<ExitCode> {
    let file = &arguments.file;
    let csv = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
    let path = format!("/manage/reflash/requests?{}", query(arguments));
    let answer = arguments.manage.client(settings)?.send(ManageMethod::Post, &path, "text/csv", &csv)?;
    let answer = serde_json::from_str::<OrderBody>(&answer).context("the answer cannot be read")?;
    print::order(&answer);
    if let Some(good) = &arguments.good {
        write_good(&csv, &answer.faulty_lines, good).with_context(|| good.display().to_string())?;
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
fn write_good(csv: &str, faulty: &[u32], to: &Path) -> anyhow::Result<()> {
    let faulty = faulty.iter().copied().collect::<BTreeSet<_>>();
    let lines = store::read_reflash_request(csv.as_bytes())?;
    let has_packages = lines.iter().any(|line| line.package.is_some());
    let mut out = csv::Writer::from_path(to)?;
    let columns =
        ["chf_device_id", "firmware_version", "device_manufacturer", "device_model", "pallet", "carton"];
    let wanted = if has_packages { 6 } else { 4 };
    out.write_record(columns.iter().take(wanted))?;
    let mut written = 0_u64;
    for line in lines.iter().filter(|line| !faulty.contains(&line.line)) {
        let text = |value: Option<String>| value.unwrap_or_default();
        let package = line.package.clone().unwrap_or_default();
        let values = [
            text(line.chf.map(|chf| chf.to_string())),
            text(line.firmware_version.as_ref().map(ToString::to_string)),
            text(line.manufacturer.as_ref().map(ToString::to_string)),
            text(line.model.as_ref().map(ToString::to_string)),
            text(package.pallet.as_ref().map(ToString::to_string)),
            text(package.carton.as_ref().map(ToString::to_string)),
        ];
        out.write_record(values.iter().take(wanted))?;
        written += 1;
    }
    out.flush()?;
    tell!("{}: {written} lines without fault", to.display());
    Ok(())
}
