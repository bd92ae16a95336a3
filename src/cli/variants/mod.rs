//! `smi variants`: ESMEs that are recorded under a wrong variant, as far as evidence goes. The store is opened to read.

mod report;
mod suspects;

use std::process::ExitCode;

use clap::Subcommand;

use crate::{clock::Clock, service::variants::VariantBasis, settings::Settings};

#[derive(Debug, Subcommand)]
pub(super) enum VariantsCommand {
    /// Lists the suspects, with the evidence, what it suggests, and who may correct each.
    Suspects(suspects::SuspectsArguments),
    /// Counts ESMEs and suspects, what was corrected by SR 8.4, and what is left.
    Report(report::ReportArguments),
}

pub(super) fn run(settings: &Settings, command: &VariantsCommand) -> anyhow::Result<ExitCode> {
    match command {
        VariantsCommand::Suspects(asked) => suspects::run(settings, asked),
        VariantsCommand::Report(asked) => report::run(settings, asked),
    }
}

/// What a search goes by, by the settings.
const fn basis<'a>(settings: &'a Settings, clock: &'a Clock) -> VariantBasis<'a> {
    VariantBasis { settings: settings.variants, rules: settings.rules, codes: &settings.codes, clock }
}
