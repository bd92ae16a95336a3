//! `smi conform`.

use std::{fs, path::PathBuf, process::ExitCode};

use anyhow::{Context as _, bail, ensure};
use indicatif::{ProgressBar, ProgressStyle};

use super::{
    https::HttpsArguments,
    say::{say, show},
};
use crate::{
    clock::Clock,
    duis::signature::{TrustStore, ValidityCheck},
    settings::Settings,
    tools::{
        client::Client,
        conform::{
            self, Management, Scenario, ScenarioFiles, ScenarioOutcome, ScenarioReport, Setup, StepReport,
            Suite, first_counter,
        },
    },
};

#[derive(Debug, clap::Args)]
pub(super) struct ConformArguments {
    /// Where the endpoint is, without the path.
    #[arg(long)]
    url: String,
    /// Certificates and keys to sign with and to verify answers by: a folder of PEM files, or a key store.
    #[arg(long, value_name = "DIR|keystore.json")]
    pki: PathBuf,
    /// The endpoint's management interface: there the suite sets up what a scenario needs, after a reset.
    #[arg(long, value_name = "URL", requires = "token")]
    manage: Option<String>,
    /// The token of the management interface.
    #[arg(long, requires = "manage")]
    token: Option<String>,
    /// Plays this scenario alone.
    #[arg(long, value_name = "ID")]
    only: Option<String>,
    /// Scenarios of a folder, instead of those that come with the program.
    #[arg(long, value_name = "DIR")]
    scenarios: Option<PathBuf>,
    /// Writes a JUnit report.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Writes answers that differ into the scenarios' folder, as what is expected from now on.
    #[arg(long, requires = "scenarios")]
    accept: bool,
    /// The first counter of the run's RequestIDs; by default it comes from the clock.
    #[arg(long, value_name = "NUMBER")]
    counter: Option<u64>,
    #[command(flatten)]
    https: HttpsArguments,
}

pub(super) fn run(settings: &Settings, arguments: &ConformArguments) -> anyhow::Result<ExitCode> {
    let scenarios = chosen(arguments)?;
    let trust = trust(settings, arguments)?;
    let tls = arguments.https.for_urls([&arguments.url].into_iter().chain(&arguments.manage))?;
    let management = match (&arguments.manage, &arguments.token) {
        (Some(url), Some(token)) => Some(Management::over_tls(url, &tls, token.clone())),
        (Some(_), None) | (None, _) => None,
    };
    let setup = management.as_ref().map(|management| management as &dyn Setup);
    let clock = Clock::System;
    let counter = arguments.counter.unwrap_or_else(|| first_counter(clock.now()));
    let (url, dcc) = (&arguments.url, settings.trust.dcc_id);
    let client = Client::over_tls(url, &tls, &trust, clock.clone(), dcc);
    let mut suite = Suite::new(url, &trust, clock, dcc, setup, counter).with_client(client);
    let bar = bar(scenarios.iter().map(|scenario| scenario.steps.len()).sum());
    let mut reports = Vec::new();
    for scenario in &scenarios {
        bar.suspend(|| say!("{}: {}", scenario.id, scenario.title));
        let report = suite.play(scenario, &mut |step| {
            bar.inc(1);
            bar.suspend(|| say!("{step}"));
        });
        if let Some(reason) = &report.skipped {
            bar.suspend(|| say!("  skipped: {reason}"));
        }
        reports.push(report);
    }
    bar.finish_and_clear();
    conclude(arguments, &reports)
}

fn conclude(arguments: &ConformArguments, reports: &[ScenarioReport]) -> anyhow::Result<ExitCode> {
    if let (true, Some(folder)) = (arguments.accept, &arguments.scenarios) {
        let steps = reports.iter().flat_map(|report| &report.steps);
        accept(folder, steps)?;
    }
    if let Some(file) = &arguments.report {
        fs::write(file, conform::junit(reports)).with_context(|| file.display().to_string())?;
    }
    show!("\n{}", conform::summary(reports));
    let failed = reports.iter().any(|report| report.outcome() == ScenarioOutcome::Failed);
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn accept<'a>(folder: &std::path::Path, steps: impl Iterator<Item = &'a StepReport>) -> anyhow::Result<()> {
    for (name, answer) in steps.filter_map(|step| step.new_answer.as_ref()) {
        let file = folder.join(name);
        fs::write(&file, answer).with_context(|| file.display().to_string())?;
        say!("{}: written", file.display());
    }
    Ok(())
}

fn chosen(arguments: &ConformArguments) -> anyhow::Result<Vec<Scenario>> {
    let files = arguments
        .scenarios
        .as_deref()
        .map_or_else(|| Ok(ScenarioFiles::embedded()), ScenarioFiles::of_folder)?;
    let mut scenarios = conform::read(&files)?;
    ensure!(!scenarios.is_empty(), "there is no scenario");
    if let Some(id) = &arguments.only {
        let known = scenarios.iter().map(|scenario| scenario.id.as_str()).collect::<Vec<_>>().join(", ");
        scenarios.retain(|scenario| scenario.id == *id);
        if scenarios.is_empty() {
            bail!("there is no scenario `{id}`; there are {known}");
        }
    }
    Ok(scenarios)
}

fn trust(settings: &Settings, arguments: &ConformArguments) -> anyhow::Result<TrustStore> {
    let validity = if settings.trust.check_validity { ValidityCheck::Enforced } else { ValidityCheck::Off };
    let mut trust = TrustStore::new(validity);
    if arguments.pki.is_dir() {
        trust.load_folder(&arguments.pki)?;
    } else {
        trust.load_keystore(&arguments.pki)?;
    }
    Ok(trust)
}

/// A progress bar; indicatif shows it on a terminal only.
fn bar(steps: usize) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} steps {elapsed}");
    ProgressBar::new(u64::try_from(steps).unwrap_or(u64::MAX))
        .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
