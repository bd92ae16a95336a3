//! `smi tsat`: the TS Applicability Tables, questions to them, the difference of two versions, the review, the dates of a decision,
//! and compatibility (HUBS.md 6). The store is read, and neither created nor migrated.
//! Versions and a test are shipped with the program, so that most questions have an answer where there is no store yet.

mod ask;
mod markdown;

use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, Subcommand, ValueEnum};
use serde::Serialize;

use self::{ask::AskArguments, markdown::Markdown};
use super::{
    open, parsed,
    say::{show, tell},
};
use crate::{
    db::{Connection, StoreFault},
    domain::{
        Date, Malformed, TsatVersion, london_date, parse_date,
        tsat::{
            CompatibilityRecords, MAX_REVIEW_MONTHS, Review, Specification, Table, Tables, VersionNumber,
            difference, effective_dates,
        },
    },
    settings::Settings,
    store,
    web::{
        ShownCompatibility, ShownDifference, ShownEffectiveDates, ShownJudgement, ShownReview, ShownTables,
    },
};

/// How an answer is printed.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum TsatFormat {
    Md,
    Json,
    Csv,
}

#[derive(Debug, Args)]
struct FormatArgument {
    /// For people, or for programs.
    #[arg(long, value_enum, default_value_t = TsatFormat::Md)]
    format: TsatFormat,
}

#[derive(Debug, Subcommand)]
pub(super) enum TsatCommand {
    /// Prints the tables as at a day, with what stands around them.
    Show(ShowArguments),
    /// May this Device or version be installed, maintained, operated? Each answer with its row and dates.
    Ask(AskArguments),
    /// Prints the dates that differ between two versions of the tables.
    Diff(DiffArguments),
    /// Lists the rows with a date that ends before the next review.
    Review(ReviewArguments),
    /// Prints when a decision takes effect, and the last day on which it can be referred.
    Effective(EffectiveArguments),
    /// Were Devices of a SMETS version tested with hubs of a CHTS version?
    Compatibility(CompatibilityArguments),
}

#[derive(Debug, Args)]
pub(super) struct ShowArguments {
    /// The day whose version is printed; today in London by default.
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    as_at: Option<Date>,
    /// This specification alone, such as CHTS or "SMETS1 ESMSTS".
    #[arg(long, value_name = "SPECIFICATION", value_parser = parsed::<Specification>)]
    spec: Option<Specification>,
    #[command(flatten)]
    format: FormatArgument,
}

#[derive(Debug, Args)]
pub(super) struct DiffArguments {
    /// The first version, such as 9.0.
    #[arg(value_parser = parsed::<TsatVersion>)]
    from: TsatVersion,
    /// The second version, such as MP139.
    #[arg(value_parser = parsed::<TsatVersion>)]
    to: TsatVersion,
    #[command(flatten)]
    format: FormatArgument,
}

#[derive(Debug, Args)]
pub(super) struct ReviewArguments {
    /// The day of the review; today in London by default.
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    on: Option<Date>,
    /// The months until the next review; those of `hubs.review_months` by default.
    #[arg(long, value_name = "N")]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=i64::from(MAX_REVIEW_MONTHS)))]
    months: Option<u16>,
    #[command(flatten)]
    format: FormatArgument,
}

#[derive(Debug, Args)]
pub(super) struct EffectiveArguments {
    /// The day of the decision.
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    decision: Date,
    #[command(flatten)]
    format: FormatArgument,
}

#[derive(Debug, Args)]
pub(super) struct CompatibilityArguments {
    /// The SMETS version of the Devices.
    #[arg(long, value_name = "VERSION", value_parser = version_number)]
    smets: VersionNumber,
    /// The CHTS version of the hubs.
    #[arg(long, value_name = "VERSION", value_parser = version_number)]
    chts: VersionNumber,
    #[command(flatten)]
    format: FormatArgument,
}

fn version_number(text: &str) -> Result<VersionNumber, Malformed> {
    VersionNumber::in_text(text)
}

pub(super) fn run(settings: &Settings, command: TsatCommand) -> anyhow::Result<ExitCode> {
    match command {
        TsatCommand::Show(arguments) => {
            let as_at = day(settings, arguments.as_at);
            print(&ShownTables::new(&tables(settings)?, as_at, arguments.spec), &arguments.format)
        }
        TsatCommand::Ask(arguments) => ask::run(settings, arguments),
        TsatCommand::Diff(DiffArguments { from, to, format }) => {
            let tables = tables(settings)?;
            let (from, to) = (named(&tables, &from)?, named(&tables, &to)?);
            print(&ShownDifference::new(from, to, &difference(from, to)), &format)
        }
        TsatCommand::Review(ReviewArguments { on, months, format }) => {
            let (on, tables) = (day(settings, on), tables(settings)?);
            let months = months.unwrap_or(settings.hubs.review_months);
            let table = tables.in_force(on);
            let review = Review::of(table, on, months).context("the calendar does not reach so far")?;
            print(&ShownReview::new(on, months, table, &review), &format)
        }
        TsatCommand::Effective(EffectiveArguments { decision, format }) => {
            let dates = effective_dates(decision, &settings.calendar.calendar)?;
            print(&ShownEffectiveDates::new(decision, dates), &format)
        }
        TsatCommand::Compatibility(CompatibilityArguments { smets, chts, format }) => {
            let shipped = || CompatibilityRecords::over_shipped(Vec::new());
            let records = over_shipped(settings, store::compatibility_records, shipped)?;
            print(&ShownCompatibility::new(&smets, &chts, &records), &format)
        }
    }
}

/// That day, or today in London by the clock of the settings.
fn day(settings: &Settings, day: Option<Date>) -> Date {
    day.unwrap_or_else(|| london_date(open::clock(settings).now().0))
}

fn tables(settings: &Settings) -> anyhow::Result<Tables> {
    over_shipped(settings, store::tsat_tables, || Tables::shipped().clone())
}

/// What was imported, over what is shipped. Where there is no database nothing was imported, or the folder is a wrong one: it is told.
fn over_shipped<T>(
    settings: &Settings,
    load: impl FnOnce(&mut Connection) -> Result<T, StoreFault>,
    shipped: impl FnOnce() -> T,
) -> anyhow::Result<T> {
    let Some(store) = open::store_if_any(settings)? else {
        tell!("smi: there is no database yet: this is as it is shipped");
        return Ok(shipped());
    };
    Ok(store.read(load)?)
}

fn named<'t>(tables: &'t Tables, version: &TsatVersion) -> anyhow::Result<&'t Table> {
    let all = || tables.all().iter().map(|table| table.version().as_str()).collect::<Vec<_>>().join(", ");
    tables
        .named(version)
        .with_context(|| format!("there is no version `{version}` of the tables; there are {}", all()))
}

/// What is printed in each format.
trait Printed: Serialize + Markdown {
    fn csv(&self) -> String;
}

macro_rules! printed {
    ($($shown:ident),+) => { $(impl Printed for $shown { fn csv(&self) -> String { Self::csv(self) } })+ };
}
printed!(ShownTables, ShownJudgement, ShownDifference, ShownReview, ShownEffectiveDates, ShownCompatibility);

fn print(shown: &impl Printed, FormatArgument { format }: &FormatArgument) -> anyhow::Result<ExitCode> {
    match format {
        TsatFormat::Md => show!("{}", shown.markdown()),
        TsatFormat::Json => show!("{}\n", serde_json::to_string_pretty(shown)?),
        TsatFormat::Csv => show!("{}", shown.csv()),
    }
    Ok(ExitCode::SUCCESS)
}
