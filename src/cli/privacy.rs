//! `smi privacy`: the activity of Other Users, the assessments that it raises, and the report of a financial year.

use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, Subcommand, ValueEnum};
use serde::Serialize;
use serde_json::json;

use super::{
    manage::{ByArguments, ManageArguments},
    open, parsed,
    say::{StandardOutput, say},
};
use crate::{
    db::{Connection, StoreFault},
    domain::{Pence, RegulatoryYear, london_date, pounds},
    service::{privacy_activity, privacy_report, privacy_review},
    settings::Settings,
    web::{
        ACTIVITY_COLUMNS, NOT_ASSESSED_COLUMNS, REPORT_COLUMNS, SHARE_COLUMNS, ShownActivity,
        ShownEvaluation, ShownNotAssessed, ShownPrivacyReport, activity_cells, not_assessed_cells,
        report_cells, share_cells,
    },
};

#[derive(Debug, Subcommand)]
pub(super) enum PrivacyCommand {
    /// Counts the accepted Service Requests of each Other User against the threshold. It reads every decision that is kept.
    Activity(YearArguments),
    /// Raises an assessment for each Other User over the threshold that has none for the year yet.
    Evaluate {
        #[command(flatten)]
        asked: YearArguments,
        #[command(flatten)]
        by: ByArguments,
        #[command(flatten)]
        manage: ManageArguments,
    },
    /// Lists the Other Users without an assessment that was completed in the year.
    Review(YearArguments),
    /// Prints what assessments cost, and who pays: as it is, and as DP144 proposes.
    Report {
        #[command(flatten)]
        asked: YearArguments,
        /// What each User pays of the sums that all Users pay, instead.
        #[arg(long)]
        shares: bool,
    },
}

#[derive(Debug, Args)]
pub(super) struct YearArguments {
    /// The financial year, by the year it begins in; that of today by default.
    #[arg(long, value_parser = parsed::<RegulatoryYear>)]
    year: Option<RegulatoryYear>,
    /// For people, or for programs.
    #[arg(long, value_enum, default_value_t = PrivacyFormat::Text)]
    format: PrivacyFormat,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum PrivacyFormat {
    Text,
    Csv,
    Json,
}

impl YearArguments {
    fn year(&self, settings: &Settings) -> RegulatoryYear {
        let today = || london_date(open::clock(settings).now().0);
        self.year.unwrap_or_else(|| RegulatoryYear::of(today()))
    }

    /// Prints an answer: as lines for people, as CSV, or as JSON.
    fn print<const N: usize>(
        &self,
        answer: &impl Serialize,
        columns: [&str; N],
        rows: &[[String; N]],
        text: impl Fn(),
    ) -> anyhow::Result<ExitCode> {
        match self.format {
            PrivacyFormat::Text => text(),
            PrivacyFormat::Json => say!("{}", serde_json::to_string_pretty(answer)?),
            PrivacyFormat::Csv => {
                let mut csv = csv::Writer::from_writer(StandardOutput);
                csv.write_record(columns).context("standard output")?;
                rows.iter().try_for_each(|row| csv.write_record(row)).context("standard output")?;
                csv.flush().context("standard output")?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

pub(super) fn run(settings: &Settings, command: &PrivacyCommand) -> anyhow::Result<ExitCode> {
    match command {
        PrivacyCommand::Activity(asked) => activity(settings, asked),
        PrivacyCommand::Evaluate { asked, by, manage } => evaluate(settings, asked, by, manage),
        PrivacyCommand::Review(asked) => review(settings, asked),
        PrivacyCommand::Report { asked, shares } => report(settings, asked, *shares),
    }
}

fn read<T>(
    settings: &Settings,
    work: impl FnOnce(&mut Connection) -> Result<T, StoreFault>,
) -> anyhow::Result<T> {
    Ok(open::store_to_read(settings)?.read::<_, StoreFault>(work)?)
}

fn activity(settings: &Settings, asked: &YearArguments) -> anyhow::Result<ExitCode> {
    let year = asked.year(settings);
    let found = read(settings, |connection| privacy_activity(connection, &settings.privacy, year))?;
    let shown = ShownActivity::from(found);
    let rows = shown.users.iter().map(activity_cells).collect::<Vec<_>>();
    asked.print(&shown, ACTIVITY_COLUMNS, &rows, || {
        say!("Year from 1 April {year}; threshold {}", threshold(shown.threshold));
        for user in &shown.users {
            let over = if user.over { "  over the threshold" } else { "" };
            let raised = user.assessment_id.as_ref().map(|id| format!("  {id}")).unwrap_or_default();
            say!("{}  {:>9}{over}{raised}  {}", user.user_id, user.requests, user.party_name);
        }
    })
}

fn threshold(threshold: u64) -> String {
    if threshold == 0 { "not set".to_owned() } else { threshold.to_string() }
}

fn evaluate(
    settings: &Settings,
    asked: &YearArguments,
    by: &ByArguments,
    manage: &ManageArguments,
) -> anyhow::Result<ExitCode> {
    let body = json!({ "year": asked.year(settings).get(), "by": by.name()?.as_str() });
    let done = manage.client(settings)?.post::<ShownEvaluation>("/manage/privacy/evaluate", &body)?;
    let rows =
        |ids: &[String], what: &str| ids.iter().map(|id| [id.clone(), what.to_owned()]).collect::<Vec<_>>();
    let rows = [rows(&done.raised, "raised"), rows(&done.existing, "existing")].concat();
    asked.print(&done, ["assessment_id", "outcome"], &rows, || {
        done.raised.iter().for_each(|id| say!("raised {id}"));
        done.existing.iter().for_each(|id| say!("{id} had been raised"));
        if rows.is_empty() {
            say!("nobody is over the threshold");
        }
    })
}

fn review(settings: &Settings, asked: &YearArguments) -> anyhow::Result<ExitCode> {
    let year = asked.year(settings);
    let users = read(settings, |connection| privacy_review(connection, year))?;
    let shown = ShownNotAssessed::new(year.get(), users);
    let rows = shown.users.iter().map(not_assessed_cells).collect::<Vec<_>>();
    asked.print(&shown, NOT_ASSESSED_COLUMNS, &rows, || {
        say!("Not assessed in the year from 1 April {year}: {}", shown.users.len());
        shown.users.iter().for_each(|user| say!("{}  {}", user.user_id, user.party_name));
    })
}

fn report(settings: &Settings, asked: &YearArguments, with_shares: bool) -> anyhow::Result<ExitCode> {
    let year = asked.year(settings);
    let (found, shares) = read(settings, |connection| privacy_report(connection, year))?;
    let shown = ShownPrivacyReport::new(found, with_shares.then_some(shares));
    if let Some(shares) = &shown.shares {
        let rows = shares.iter().map(share_cells).collect::<Vec<_>>();
        return asked.print(&shown, SHARE_COLUMNS, &rows, || {
            say!("Shares of what all Users pay for the year from 1 April {year}: baseline, proposed");
            for share in shares {
                let [baseline, proposed] = [share.baseline_share_pence, share.proposed_share_pence]
                    .map(|pence| pounds(Pence::new(pence)));
                say!("{}  {baseline:>14}  {proposed:>14}", share.user_id);
            }
        });
    }
    let rows = report_cells(&shown);
    asked.print(&shown, REPORT_COLUMNS, &rows, || {
        say!("Assessments raised in the year from 1 April {year}, in pounds");
        let heads = REPORT_COLUMNS.map(str::to_owned);
        for [user, name, number, amounts @ ..] in std::iter::once(&heads).chain(&rows) {
            let amounts = amounts.iter().map(|amount| format!("{amount:>20}")).collect::<String>();
            say!("{user:<23}  {number:>11}{amounts}  {name}");
        }
    })
}
