//! `smi variants report`.

use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, ValueEnum};

use super::basis;
use crate::{
    cli::{
        open,
        output::Progress,
        parsed,
        say::{StandardOutput, say},
    },
    domain::VariantDivision,
    service::variants::{VariantQuestion, report},
    settings::Settings,
    web::{ShownCorrections, ShownVariantReport, VARIANT_REPORT_COLUMNS, variant_report_cells},
};

#[derive(Debug, Args)]
pub(in crate::cli) struct ReportArguments {
    /// Divides the lines by party (of the Responsible Supplier), pre-notifier, manufacturer, model or status.
    #[arg(long, value_parser = parsed::<VariantDivision>)]
    by: Option<VariantDivision>,
    /// The ESMEs that were estimated to be wrong at the start: 719000 in July 2020, by MP125.
    #[arg(long, value_name = "NUMBER")]
    baseline: Option<u64>,
    /// Shows the corrections of so many weeks: the last ones in which there were any.
    #[arg(long, value_name = "N", default_value_t = 12)]
    weeks: u16,
    /// For people, or for programs; CSV has the lines and the total alone.
    #[arg(long, value_enum, default_value_t = VariantsFormat::Text)]
    format: VariantsFormat,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum VariantsFormat {
    Text,
    Csv,
    Json,
}

pub(super) fn run(settings: &Settings, arguments: &ReportArguments) -> anyhow::Result<ExitCode> {
    let ReportArguments { by, baseline, weeks, format } = arguments;
    let (store, clock) = (open::store_to_read(settings)?, open::clock(settings));
    let question = VariantQuestion { by: *by, baseline: *baseline };
    let counted = Progress::of("ESMEs counted");
    let mut progress = |esmes| {
        counted.done(esmes);
        Ok(())
    };
    let made = report(&store, question, &basis(settings, &clock), &mut progress)?;
    drop(counted);
    let shown = ShownVariantReport::new(made, (*weeks).into());
    match format {
        VariantsFormat::Text => print(&shown),
        VariantsFormat::Json => say!("{}", serde_json::to_string_pretty(&shown)?),
        VariantsFormat::Csv => {
            let mut csv = csv::Writer::from_writer(StandardOutput);
            csv.write_record(VARIANT_REPORT_COLUMNS).context("standard output")?;
            let rows = variant_report_cells(&shown);
            rows.iter().try_for_each(|row| csv.write_record(row)).context("standard output")?;
            csv.flush().context("standard output")?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn print(report: &ShownVariantReport) {
    say!("Counted from {} to {}", report.counted_from, report.counted_to);
    let reason = report.no_evidence.as_deref().unwrap_or_default();
    say!("{reason}{}", if reason.is_empty() { "" } else { "\n" });
    let heads = VARIANT_REPORT_COLUMNS.map(str::to_owned);
    let rows = variant_report_cells(report);
    for [division, numbers @ ..] in std::iter::once(&heads).chain(&rows) {
        let numbers = numbers.iter().map(|number| format!("{number:>12}")).collect::<String>();
        say!("{division:<32}{numbers}");
    }
    print_corrections(&report.corrections);
    if let Some((baseline, left)) = report.baseline.zip(report.left_of_baseline) {
        let again = report.corrections.still_wrong;
        let again = match again {
            0 => String::new(),
            again => format!("; among them {again} that were corrected and are wrong today"),
        };
        say!("\nof {baseline} at the start, {left} are left{again}");
    }
}

fn print_corrections(corrections: &ShownCorrections) {
    let variant = |variant: &Option<String>| variant.clone().unwrap_or_else(|| "none".to_owned());
    let again = corrections.to_date - corrections.esmes;
    let again = if again > 0 {
        format!(", {again} of them of ESMEs that were corrected before")
    } else {
        String::new()
    };
    say!("\ncorrected to date: {}{again}", corrections.to_date);
    if let Some(since) = &corrections.kept_since {
        say!("  not every correction before {since} is kept");
    }
    corrections.weeks.iter().for_each(|week| say!("  week of {}: {}", week.from, week.corrections));
    for pair in &corrections.pairs {
        say!("  from {} to {}: {}", variant(&pair.from), variant(&pair.to), pair.corrections);
    }
    if corrections.against_evidence > 0 {
        say!("against the evidence: {}", corrections.against_evidence);
        for one in &corrections.named {
            say!("  {} at {}: from {} to {}", one.device_id, one.at, variant(&one.from), variant(&one.to));
        }
    }
}
