//! `smi reflash`: requests, orders and their events (HUBS.md 6).

mod arguments;
mod orders;
mod print;
mod request;

use std::process::ExitCode;

pub(super) use arguments::ReflashCommand;

use crate::settings::Settings;

pub(super) fn run(settings: &Settings, command: ReflashCommand) -> anyhow::Result<ExitCode> {
    match command {
        ReflashCommand::Request(arguments) => request::run(settings, &arguments),
        ReflashCommand::List(arguments) => orders::list(settings, &arguments),
        ReflashCommand::Show { order, json } => orders::show(settings, order, json),
        ReflashCommand::Event(arguments) => orders::event(settings, &arguments),
        ReflashCommand::Slots { site, manage } => orders::slots(settings, &site, &manage),
    }
}
