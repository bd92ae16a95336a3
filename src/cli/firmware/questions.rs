//! `smi firmware check`, `plan` and `targets`: they change nothing.

use std::{io::Write, process::ExitCode};

use anyhow::Context as _;

use super::{
    arguments::{CheckArguments, PlanArguments, TargetArguments},
    print,
};
use crate::{
    cli::{
        open, output,
        say::{StandardOutput, say, tell},
    },
    domain::london_date,
    rules::firmware::ProposedDelivery,
    service::{FirmwareCheck, check_firmware, image_targets, plan_firmware},
    settings::Settings,
    web::{ShownContactCheck, ShownFirmwarePlan, ShownImageTargets},
};

pub(super) fn check(settings: &Settings, asked: &CheckArguments) -> anyhow::Result<ExitCode> {
    let day = asked.on.unwrap_or_else(|| london_date(open::clock(settings).now().0));
    let CheckArguments { bytes: size, images, smets, user, json, .. } = *asked;
    let delivery = ProposedDelivery { size, images, is_smets1: smets == 1, day };
    let question = FirmwareCheck { delivery, user };
    let store = open::store_to_read(settings)?;
    let found = store.read(|connection| check_firmware(connection, &settings.rules.firmware, &question))?;
    let shown = ShownContactCheck::from(found);
    if json {
        print::json(&shown)?;
        return Ok(ExitCode::SUCCESS);
    }
    let answer = if shown.contact { "contact the Service Desk and agree a schedule" } else { "no contact" };
    say!("{answer}; response time: {}", shown.response_time);
    print::checks("rule", &shown.checks);
    Ok(ExitCode::SUCCESS)
}

pub(super) fn plan(settings: &Settings, asked: &PlanArguments) -> anyhow::Result<ExitCode> {
    let question = (asked.images, asked.from, asked.per_day);
    let store = open::store_to_read(settings)?;
    let days = store.read(|connection| plan_firmware(connection, &settings.rules.firmware, question))?;
    let shown = ShownFirmwarePlan::from(days);
    if asked.json {
        print::json(&shown)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut csv = csv::Writer::from_writer(StandardOutput);
    csv.write_record(["day", "images"]).context("standard output")?;
    for batch in &shown.batches {
        csv.write_record([&batch.day, &batch.images.to_string()]).context("standard output")?;
    }
    csv.flush().context("standard output")?;
    tell!("{} days, the last one is {}", shown.days, shown.last_day.as_deref().unwrap_or("-"));
    Ok(ExitCode::SUCCESS)
}

pub(super) fn targets(settings: &Settings, asked: &TargetArguments) -> anyhow::Result<ExitCode> {
    let TargetArguments { user, image, out, json } = asked;
    let now = open::clock(settings).now();
    let store = open::store_to_read(settings)?;
    let found = store.read(|connection| image_targets(connection, *user, *image, now))?;
    let shown = ShownImageTargets::new(*user, *image, found);
    if *json {
        print::json(&shown)?;
        return Ok(ExitCode::SUCCESS);
    }
    output::written(out.as_deref(), |to| Ok(write_targets(&shown, to)?))?;
    let count = |state: &str| shown.devices.iter().filter(|device| device.state == state).count();
    let [to_do, on_it, awaited] = ["to_do", "on_it", "awaited"].map(count);
    tell!("{to_do} to do, {awaited} awaited, {on_it} on version {}", shown.firmware_version);
    Ok(ExitCode::SUCCESS)
}

fn write_targets(targets: &ShownImageTargets, to: impl Write) -> csv::Result<()> {
    let mut csv = csv::Writer::from_writer(to);
    csv.write_record(["device_id", "firmware_version", "state"])?;
    for device in &targets.devices {
        let version = device.firmware_version.as_deref().unwrap_or_default();
        csv.write_record([device.device_id.as_str(), version, &device.state])?;
    }
    Ok(csv.flush()?)
}
