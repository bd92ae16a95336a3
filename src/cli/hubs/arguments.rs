//! The arguments of `smi hubs`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use jiff::civil::Date;

use crate::{
    cli::parsed,
    domain::{CspRegion, Eui64, HubReport, StockDivision, parse_date, tsat::VersionNumber},
};

#[derive(Debug, Args)]
pub(in crate::cli) struct HubsArguments {
    #[command(subcommand)]
    pub(super) command: HubsCommand,
}

#[derive(Debug, Subcommand)]
pub(super) enum HubsCommand {
    /// Prints a report of hubs in stock or installed.
    Report(ReportArguments),
    /// Lists the hubs in stock as CSV: by the day until which they are of use, then by delivery.
    List(ListArguments),
    /// Prints what is known of one hub.
    Show(ShowArguments),
}

#[derive(Debug, Args)]
pub(super) struct ReportArguments {
    /// Which one: at-risk, candidates, plan, outstanding, non-compliant or age.
    #[arg(value_parser = parsed::<HubReport>)]
    pub(super) report: HubReport,
    /// The day it is about; today in London by default.
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    pub(super) on: Option<Date>,
    /// Of at-risk: the days within which stock is at risk; those of `[hubs] risk_days` by default.
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(0..=36_500))]
    pub(super) within: Option<u32>,
    /// Of at-risk: divides the rows by region, band or location, too.
    #[arg(long, value_name = "WHAT", value_parser = parsed::<StockDivision>)]
    pub(super) by: Vec<StockDivision>,
    /// Only hubs of this Party, by its signifier; `unknown` where it is not known.
    #[arg(long)]
    pub(super) party: Option<String>,
    /// Only hubs of this CSP Region.
    #[arg(long, value_parser = parsed::<CspRegion>)]
    pub(super) region: Option<CspRegion>,
    /// For people, or for programs.
    #[arg(long, value_enum, default_value_t = ReportFormat::Table)]
    pub(super) format: ReportFormat,
    /// Writes to this file instead of standard output.
    #[arg(long, value_name = "FILE")]
    pub(super) out: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum ReportFormat {
    Table,
    Csv,
    Json,
}

#[derive(Debug, Args)]
pub(super) struct ListArguments {
    /// Only hubs of this Party, by its signifier; `unknown` where it is not known.
    #[arg(long)]
    pub(super) party: Option<String>,
    /// Only hubs of this CHTS version: `1.0`.
    #[arg(long, value_parser = version)]
    pub(super) version: Option<VersionNumber>,
    /// Only hubs of this GBCS version: `1.1`.
    #[arg(long, value_parser = version)]
    pub(super) gbcs: Option<VersionNumber>,
    /// Only hubs of this CSP Region.
    #[arg(long, value_parser = parsed::<CspRegion>)]
    pub(super) region: Option<CspRegion>,
    /// Only hubs with so many days or fewer left to install them.
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(0..=36_500))]
    pub(super) within: Option<u32>,
    /// Writes to this file instead of standard output.
    #[arg(long, value_name = "FILE")]
    pub(super) out: Option<PathBuf>,
}

/// Reads a version as Devices have it: `CHTS V1.0` is `1.0`.
fn version(text: &str) -> Result<VersionNumber, String> {
    VersionNumber::at_end_of(text).ok_or_else(|| format!("`{text}` does not end with a version like `1.0`"))
}

#[derive(Debug, Args)]
pub(super) struct ShowArguments {
    /// The ID of the hub's CHF.
    #[arg(value_parser = parsed::<Eui64>)]
    pub(super) chf: Eui64,
    /// The day it is judged on; today in London by default.
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    pub(super) on: Option<Date>,
    /// For people, or for programs.
    #[arg(long, value_enum, default_value_t = ShowFormat::Text)]
    pub(super) format: ShowFormat,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum ShowFormat {
    Text,
    Json,
}
