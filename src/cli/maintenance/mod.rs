//! `smi maintenance`: planned maintenance: the windows in force, the forward schedule, and the old calculator.

mod feed;
mod now;
mod score;

use std::process::ExitCode;

use clap::Subcommand;

use crate::settings::Settings;

#[derive(Debug, Subcommand)]
pub(super) enum MaintenanceCommand {
    /// Prints the windows that are in force now, what they stop, and the next one to begin.
    Now(now::NowArguments),
    /// Prints the forward schedule: what is published, what is planned and what is withdrawn, as a calendar, CSV or JSON.
    Feed(feed::FeedArguments),
    /// Prints what the old Change Risk Calculator makes of a change. It is advisory and decides nothing.
    Score(score::ScoreArguments),
}

pub(super) fn run(settings: &Settings, command: &MaintenanceCommand) -> anyhow::Result<ExitCode> {
    match command {
        MaintenanceCommand::Now(asked) => now::run(settings, asked),
        MaintenanceCommand::Feed(asked) => feed::run(settings, asked),
        MaintenanceCommand::Score(asked) => score::run(asked),
    }
}
