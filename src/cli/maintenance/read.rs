//! What reads the store: `check` and `show`.

use std::process::ExitCode;

use anyhow::Context as _;

use super::{
    arguments::{CheckArguments, ShowArguments},
    print,
};
use crate::{
    cli::{open, say::say},
    domain::LondonMonth,
    rules::maintenance::PlanningContext,
    service::{MaintenanceOverview, WindowDetails, check_maintenance_month},
    settings::Settings,
    web::{ShownMaintenance, ShownMonthCheck, ShownWindow},
};

/// When and by what it is judged: with the clock and the calendar that a service with these settings would have.
fn context(settings: &Settings) -> PlanningContext<'_> {
    PlanningContext {
        settings: &settings.maintenance,
        calendar: &settings.calendar.calendar,
        now: open::clock(settings).now().0,
    }
}

/// Exit code 1 where a rule is broken.
pub(super) fn check(settings: &Settings, arguments: &CheckArguments) -> anyhow::Result<ExitCode> {
    let CheckArguments { month, json } = arguments;
    let context = context(settings);
    let check = open::store_to_read(settings)?
        .read(|connection| check_maintenance_month(connection, *month, context))?;
    let shown = ShownMonthCheck::from(&check);
    if *json {
        say!("{}", serde_json::to_string_pretty(&shown)?);
    } else {
        print::check(&shown);
    }
    Ok(if shown.ok { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

pub(super) fn show(settings: &Settings, arguments: &ShowArguments) -> anyhow::Result<ExitCode> {
    let ShowArguments { reference, month, json } = arguments;
    let context = context(settings);
    let store = open::store_to_read(settings)?;
    if let Some(reference) = reference {
        let found = store.read(|connection| WindowDetails::load(connection, reference, context.settings))?;
        let found = found.with_context(|| format!("there is no maintenance window {reference}"))?;
        let shown = ShownWindow::from(&found);
        if *json {
            say!("{}", serde_json::to_string_pretty(&shown)?);
        } else {
            print::window(&shown);
        }
        return Ok(ExitCode::SUCCESS);
    }
    let month = month.unwrap_or_else(|| LondonMonth::of(context.now));
    let found = store.read(|connection| MaintenanceOverview::of_month(connection, month, context))?;
    let shown = ShownMaintenance::from(&found);
    if *json {
        say!("{}", serde_json::to_string_pretty(&shown)?);
    } else {
        print::month(&shown);
    }
    Ok(ExitCode::SUCCESS)
}
