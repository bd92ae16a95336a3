//! `smi report`: a report by its name, and bulk reads. The store is opened to read; what is long is written as it is made.

mod read;

use std::{
    fmt::Display,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context as _;
use clap::{Args, Subcommand};

use super::{
    end_for_misplaced, open,
    output::{Progress, written},
    parsed,
    say::tell,
};
use crate::{
    domain::{LondonMonth, Timestamp, london_date, parse_instant},
    service::{
        AskedReport, MonthlyReport, RefusedValue, ReportBasis, ReportName,
        inventory_reports::{
            InventoryFault, InventoryFormat, InventoryQuestion, inventory_head, inventory_sink,
            write_inventory_report,
        },
        make_report,
    },
    settings::Settings,
    web::{report_csv, report_json},
};

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(super) struct ReportArguments {
    #[command(subcommand)]
    command: Option<ReportCommand>,
    /// Of the inventory: estate, status, firmware, model, hubs, suspended-though-active or gained-not-commissioned. Of a London month:
    /// firmware-trt, firmware-use, maintenance or changes.
    #[arg(required = true, value_parser = parsed::<ReportName>)]
    name: Option<ReportName>,
    /// Of a report of a month: the month, `2026-03`; that of today by default.
    #[arg(long, value_parser = parsed::<LondonMonth>)]
    month: Option<LondonMonth>,
    /// Of estate, status, firmware, model and hubs: as the inventory stood at this instant: a date, or a UTC time like 2026-01-31T09:30:00Z.
    #[arg(long, value_name = "INSTANT", value_parser = parse_instant)]
    as_at: Option<Timestamp>,
    /// Of a report of the inventory: only what this Party is the Responsible Supplier of, by its signifier.
    #[arg(long)]
    party: Option<String>,
    /// csv or json.
    #[arg(long, default_value = "csv", value_parser = parsed::<InventoryFormat>)]
    format: InventoryFormat,
    /// Writes to this file instead of standard output.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum ReportCommand {
    /// Answers a list of MPxNs, UPRNs and Device IDs, each as SR 8.2 would.
    Read(read::ReadArguments),
}

pub(super) fn run(settings: &Settings, arguments: &ReportArguments) -> anyhow::Result<ExitCode> {
    let ReportArguments { command, name, month, as_at, party, format, out } = arguments;
    if let Some(ReportCommand::Read(asked)) = command {
        return read::run(settings, asked);
    }
    let name = name.context("no report is named")?;
    match AskedReport::new(name, *month, *as_at, party.clone()) {
        Ok(AskedReport::Monthly(report, month)) => {
            let text = monthly(settings, report, month, *format)?;
            written(out.as_deref(), |to| Ok(to.write_all(text.as_bytes())?))?;
        }
        Ok(AskedReport::Inventory(question)) => inventory(settings, &question, *format, out.as_deref())?,
        Err(misplaced) => refuse(misplaced.field.as_str(), &misplaced),
    }
    Ok(ExitCode::SUCCESS)
}

/// Ends the command as clap does, with what is wrong with an option.
fn refuse(field: &str, reason: &dyn Display) -> ! {
    let flag = field.replace('_', "-");
    end_for_misplaced(&["report"], &format!("--{flag}: {reason}"))
}

fn monthly(
    settings: &Settings,
    report: MonthlyReport,
    month: Option<LondonMonth>,
    format: InventoryFormat,
) -> anyhow::Result<String> {
    let now = open::clock(settings).now();
    let month = month.unwrap_or_else(|| LondonMonth::of_day(london_date(now.0)));
    let basis = ReportBasis { rules: &settings.rules, calendar: &settings.calendar.calendar, now };
    let table =
        open::store_to_read(settings)?.read(|connection| make_report(connection, report, month, basis))?;
    Ok(match format {
        InventoryFormat::Json => {
            let shown = report_json(report.as_str(), &month.to_string(), &table);
            serde_json::to_string_pretty(&shown)? + "\n"
        }
        InventoryFormat::Csv => report_csv(&table),
    })
}

fn inventory(
    settings: &Settings,
    question: &InventoryQuestion,
    format: InventoryFormat,
    out: Option<&Path>,
) -> anyhow::Result<()> {
    let (store, clock) = (open::store_to_read(settings)?, open::clock(settings));
    let head = match inventory_head(&store, question, &clock) {
        Err(InventoryFault::Refused(RefusedValue { field, reason })) => refuse(field, &reason),
        head => head?,
    };
    if let Some(warning) = head.warning() {
        tell!("{warning}");
    }
    let (progress, mut rows) = (Progress::written("rows", out), 0);
    written(out, |to| {
        let mut sink = inventory_sink(format, to);
        let mut made = |written| {
            rows = written;
            progress.done(written);
        };
        Ok(write_inventory_report(&store, question, &head, sink.as_mut(), &mut made)?)
    })?;
    drop(progress);
    if let Some(file) = out {
        tell!("{}: {rows} rows", file.display());
    }
    Ok(())
}
