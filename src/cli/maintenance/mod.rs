//! `smi maintenance`: months are checked and published, windows shown, announced, extended, closed and withdrawn; the windows in force,
//! the forward schedule, and the old calculator (SERVICE.md 5.1).

mod arguments;
mod change;
mod feed;
mod now;
mod print;
mod read;
mod score;

use std::process::ExitCode;

use clap::Subcommand;

use self::arguments::{
    AnnounceArguments, CaseArguments, CheckArguments, CloseArguments, ExtendArguments, PublishArguments,
    ShowArguments, WithdrawArguments,
};
use crate::settings::Settings;

#[derive(Debug, Subcommand)]
pub(super) enum MaintenanceCommand {
    /// Checks the windows of a month against every rule; exit code 1 where one is broken.
    Check(CheckArguments),
    /// Publishes the next revision of a month.
    Publish(PublishArguments),
    /// Shows a window, or those of a month.
    Show(ShowArguments),
    /// Announces a window that is not planned.
    Announce(AnnounceArguments),
    /// Moves the end of a window that runs.
    Extend(ExtendArguments),
    /// Closes a window with the times that it took.
    Close(CloseArguments),
    /// Withdraws a window.
    Withdraw(WithdrawArguments),
    /// Opens a case about a window, or closes one.
    Case(CaseArguments),
    /// Prints the windows that are in force now, what they stop, and the next one to begin.
    Now(now::NowArguments),
    /// Prints the forward schedule: what is published, what is planned and what is withdrawn, as a calendar, CSV or JSON.
    Feed(feed::FeedArguments),
    /// Prints what the old Change Risk Calculator makes of a change. It is advisory and decides nothing.
    Score(score::ScoreArguments),
}

pub(super) fn run(settings: &Settings, command: &MaintenanceCommand) -> anyhow::Result<ExitCode> {
    match command {
        MaintenanceCommand::Check(asked) => read::check(settings, asked),
        MaintenanceCommand::Publish(asked) => change::publish(settings, asked),
        MaintenanceCommand::Show(asked) => read::show(settings, asked),
        MaintenanceCommand::Announce(asked) => change::announce(settings, asked),
        MaintenanceCommand::Extend(asked) => change::extend(settings, asked),
        MaintenanceCommand::Close(asked) => change::close(settings, asked),
        MaintenanceCommand::Withdraw(asked) => change::withdraw(settings, asked),
        MaintenanceCommand::Case(asked) => change::case(settings, asked),
        MaintenanceCommand::Now(asked) => now::run(settings, asked),
        MaintenanceCommand::Feed(asked) => feed::run(settings, asked),
        MaintenanceCommand::Score(asked) => score::run(asked),
    }
}
