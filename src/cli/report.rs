//! `smi report`: a report of a London month, read from the store.

use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, ValueEnum};

use super::{
    open, parsed,
    say::{StandardOutput, say},
};
use crate::{
    domain::{london_date, reflash::Month},
    service::{MonthlyReport, ReportBasis, make_report},
    settings::Settings,
    web::{report_cells_text, report_json},
};

#[derive(Debug, Args)]
pub(super) struct ReportArguments {
    /// The report: firmware-trt, firmware-use, maintenance or changes.
    #[arg(value_parser = parsed::<MonthlyReport>)]
    name: MonthlyReport,
    /// The London month, `2026-03`; that of today by default.
    #[arg(long, value_parser = parsed::<Month>)]
    month: Option<Month>,
    /// For people and spreadsheets, or for programs.
    #[arg(long, value_enum, default_value_t = MonthlyFormat::Csv)]
    format: MonthlyFormat,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum MonthlyFormat {
    Csv,
    Json,
}

pub(super) fn run(settings: &Settings, arguments: &ReportArguments) -> anyhow::Result<ExitCode> {
    let ReportArguments { name, month, format } = arguments;
    let now = open::clock(settings).now();
    let month = month.unwrap_or_else(|| Month::of(london_date(now.0)));
    let basis = ReportBasis { rules: &settings.rules, calendar: &settings.calendar.calendar, now };
    let table = open::store(settings)?.read(|connection| make_report(connection, *name, month, basis))?;
    match format {
        MonthlyFormat::Json => {
            let shown = report_json(name.as_str(), &month.to_string(), &table);
            say!("{}", serde_json::to_string_pretty(&shown)?);
        }
        MonthlyFormat::Csv => {
            let mut csv = csv::Writer::from_writer(StandardOutput);
            csv.write_record(table.columns).context("standard output")?;
            for row in &table.rows {
                csv.write_record(report_cells_text(row)).context("standard output")?;
            }
            csv.flush().context("standard output")?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
