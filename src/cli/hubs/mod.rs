//! `smi hubs`: reports of hub stock, the list of hubs, and one hub. The store is opened to read.

mod arguments;
mod list;
mod output;
mod report;
mod show;
mod table;

use std::process::ExitCode;

pub(super) use arguments::HubsArguments;
use arguments::HubsCommand;

use crate::settings::Settings;

pub(super) fn run(settings: &Settings, arguments: &HubsArguments) -> anyhow::Result<ExitCode> {
    match &arguments.command {
        HubsCommand::Report(asked) => report::run(settings, asked),
        HubsCommand::List(asked) => list::run(settings, asked),
        HubsCommand::Show(asked) => show::run(settings, asked),
    }
}
