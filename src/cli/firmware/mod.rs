//! `smi firmware`: delivery schedules of large SMETS1 images (SERVICE.md 5.1). What changes something calls the management listener, so
//! that one clock and one writer judge; what reads opens the store.

mod arguments;
mod lists;
mod print;
mod questions;
mod schedules;

use std::process::ExitCode;

pub(super) use arguments::FirmwareCommand;

use crate::settings::Settings;

pub(super) fn run(settings: &Settings, command: &FirmwareCommand) -> anyhow::Result<ExitCode> {
    match command {
        FirmwareCommand::Check(asked) => questions::check(settings, asked),
        FirmwareCommand::Plan(asked) => questions::plan(settings, asked),
        FirmwareCommand::Targets(asked) => questions::targets(settings, asked),
        FirmwareCommand::Ask(asked) => schedules::ask(settings, asked),
        FirmwareCommand::Agree(asked) => schedules::agree(settings, asked),
        FirmwareCommand::Withdraw(asked) => schedules::withdraw(settings, asked),
        FirmwareCommand::List(asked) => lists::list(settings, asked),
        FirmwareCommand::Show { id, json } => lists::show(settings, *id, *json),
        FirmwareCommand::Days { from, days, json } => lists::days(settings, *from, *days, *json),
        FirmwareCommand::Scope { json } => lists::scope(settings, *json),
    }
}
