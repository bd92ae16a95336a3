//! `smi reflash`: requests, orders and their events (HUBS.md 6).

mod arguments;
mod capacity;
mod orders;
mod papers;
mod price;
mod print;
mod request;
mod site;

use std::process::ExitCode;

pub(super) use arguments::ReflashCommand;

use crate::settings::Settings;

pub(super) fn run(settings: &Settings, command: ReflashCommand) -> anyhow::Result<ExitCode> {
    match command {
        ReflashCommand::Request(arguments) => request::run(settings, &arguments),
        ReflashCommand::List(arguments) => orders::list(settings, &arguments),
        ReflashCommand::Show { order, json } => orders::show(settings, order, json),
        ReflashCommand::Event(arguments) => orders::event(settings, &arguments),
        ReflashCommand::Received(arguments) => site::received(settings, &arguments),
        ReflashCommand::Outcomes(arguments) => site::outcomes(settings, &arguments),
        ReflashCommand::Batch(arguments) => site::batch(settings, &arguments),
        ReflashCommand::Label(arguments) => papers::run(settings, &arguments, "labels"),
        ReflashCommand::Note(arguments) => papers::run(settings, &arguments, "despatch-note"),
        ReflashCommand::Statement(arguments) => papers::run(settings, &arguments, "statement"),
        ReflashCommand::Price(arguments) => price::run(&arguments),
        ReflashCommand::Capacity { site, hubs } => capacity::run(settings, &site, hubs),
        ReflashCommand::Slots { site, manage } => orders::slots(settings, &site, &manage),
    }
}
