//! `smi conform`.

use std::{collections::BTreeMap, fs, path::PathBuf, process::ExitCode};

use anyhow::{Context as _, bail, ensure};
use indicatif::{ProgressBar, ProgressStyle};

use super::{
    https::HttpsArguments,
    say::{say, show, tell},
};
use crate::{
    clock::Clock,
    domain::{Eui64, Now},
    duis::signature::{TrustStore, ValidityCheck},
    settings::Settings,
    tools::{
        client::Client,
        conform::{
            self, CspGateway, Players, RunFacts, Scenario, ScenarioFiles, ScenarioOutcome, ScenarioReport,
            Setup, StepReport, Suite, first_counter,
        },
        management::Management,
        service_url::{NoServiceUrl, ServiceUrl},
    },
};

#[derive(Debug, clap::Args)]
pub(super) struct ConformArguments {
    /// Where the endpoint is, without the path.
    #[arg(long)]
    url: ServiceUrl,
    /// Certificates and keys to sign with and to verify answers by: a folder of PEM files, or a key store.
    #[arg(long, value_name = "DIR|keystore.json")]
    pki: PathBuf,
    /// The endpoint's management interface: there the suite sets up what a scenario needs, after a reset.
    #[arg(long, value_name = "URL", requires = "token", value_parser = management_url)]
    manage: Option<String>,
    /// The token of the management interface.
    #[arg(long, requires = "manage")]
    token: Option<String>,
    /// The endpoint's listener for CSPs, for scenarios of CSPM-N3.
    #[arg(long, value_name = "URL", requires_all = ["csp_cert", "csp_key", "ca"])]
    csp: Option<ServiceUrl>,
    /// The certificate of the CSP of Central and South there: PEM.
    #[arg(long, value_name = "FILE", requires = "csp")]
    csp_cert: Option<PathBuf>,
    /// Its private key: PEM.
    #[arg(long, value_name = "FILE", requires = "csp")]
    csp_key: Option<PathBuf>,
    /// A setting that the endpoint has, for scenarios that need it: `reflash.enabled=true`.
    #[arg(long = "setting", value_name = "KEY=VALUE", value_parser = setting)]
    settings: Vec<(String, String)>,
    /// Plays this scenario alone.
    #[arg(long, value_name = "ID")]
    only: Option<String>,
    /// Scenarios of a folder, instead of those that come with the program.
    #[arg(long, value_name = "DIR")]
    scenarios: Option<PathBuf>,
    /// Lets another User play a role of the scenarios: `gaining=00-DB-12-34-56-78-00-04`; by default their own Users
    /// play, or others where the keys of these are not valid.
    #[arg(long = "user", value_name = "ROLE=EUI64", value_parser = player)]
    users: Vec<(String, Eui64)>,
    /// Signs with certificates that are not valid now, and takes answers signed so.
    #[arg(long)]
    ignore_validity: bool,
    /// Writes a JUnit report.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Writes a page with each step: request, answer, difference and requirement.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
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
    let (trust, dcc, clock) = (trust(settings, arguments)?, settings.trust.dcc_id, Clock::System);
    let (at, url) = (clock.now(), &arguments.url.base);
    let (scenarios, players) = chosen(arguments, (&trust, dcc, at))?;
    players.changes().for_each(|change| tell!("smi: {change}"));
    let tls = arguments.https.for_urls([url].into_iter().chain(&arguments.manage))?;
    let management = match (&arguments.manage, &arguments.token) {
        (Some(url), Some(token)) => Some(Management::over_tls(url, &tls, token.clone())),
        (Some(_), None) | (None, _) => None,
    };
    let setup = management.as_ref().map(|management| management as &dyn Setup);
    let counter = arguments.counter.unwrap_or_else(|| first_counter(at));
    let client = Client::over_tls(url, &tls, &trust, clock.clone(), dcc);
    let told = arguments.settings.iter().cloned().collect::<BTreeMap<_, _>>();
    let mut suite =
        Suite::new(url, &trust, clock, dcc, setup, counter).with_client(client).with_settings(told);
    if let (Some(csp), Some(cert), Some(key)) = (&arguments.csp, &arguments.csp_cert, &arguments.csp_key) {
        let tls = arguments.https.for_client(&csp.base, (cert.clone(), key.clone()))?;
        suite = suite.with_gateway(CspGateway::new(&csp.base, &tls));
    }
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
    if let (true, Some(folder)) = (arguments.accept, &arguments.scenarios) {
        for (scenario, report) in scenarios.iter().zip(&reports) {
            accept(folder, &report.steps, |answer| players.take_out_of(answer, scenario))?;
        }
    }
    conclude(arguments, &reports, RunFacts { url, at: at.0, players: &players })
}

fn conclude(
    arguments: &ConformArguments,
    reports: &[ScenarioReport],
    facts: RunFacts<'_>,
) -> anyhow::Result<ExitCode> {
    if let Some(file) = &arguments.report {
        fs::write(file, conform::junit(reports)).with_context(|| file.display().to_string())?;
    }
    if let Some(file) = &arguments.html {
        fs::write(file, conform::html(reports, facts)).with_context(|| file.display().to_string())?;
    }
    show!("\n{}", conform::summary(reports));
    let failed = reports.iter().any(|report| report.outcome() == ScenarioOutcome::Failed);
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn accept(
    folder: &std::path::Path,
    steps: &[StepReport],
    of_scenario: impl Fn(&str) -> String,
) -> anyhow::Result<()> {
    for (name, answer) in steps.iter().filter_map(|step| step.new_answer.as_ref()) {
        let file = folder.join(name);
        fs::write(&file, of_scenario(answer)).with_context(|| file.display().to_string())?;
        say!("{}: written", file.display());
    }
    Ok(())
}

/// The scenarios to play, and who plays in them.
fn chosen(
    arguments: &ConformArguments,
    from: (&TrustStore, Eui64, Now),
) -> anyhow::Result<(Vec<Scenario>, Players)> {
    let files = arguments
        .scenarios
        .as_deref()
        .map_or_else(|| Ok(ScenarioFiles::embedded()), ScenarioFiles::of_folder)?;
    // Chosen among all scenarios, so that a scenario alone has the same Users as among others.
    let players = Players::choose(&conform::read(&files)?, &arguments.users, from).context("--user")?;
    let mut scenarios = conform::read(&players.put_into(&files))?;
    ensure!(!scenarios.is_empty(), "there is no scenario");
    if let Some(id) = &arguments.only {
        let known = scenarios.iter().map(|scenario| scenario.id.as_str()).collect::<Vec<_>>().join(", ");
        scenarios.retain(|scenario| scenario.id == *id);
        if scenarios.is_empty() {
            bail!("there is no scenario `{id}`; there are {known}");
        }
    }
    Ok((scenarios, players))
}

fn trust(settings: &Settings, arguments: &ConformArguments) -> anyhow::Result<TrustStore> {
    let is_checked = settings.trust.check_validity && !arguments.ignore_validity;
    let mut trust = TrustStore::new(if is_checked { ValidityCheck::Enforced } else { ValidityCheck::Off });
    if arguments.pki.is_dir() {
        trust.load_folder(&arguments.pki)?;
    } else {
        trust.load_keystore(&arguments.pki)?;
    }
    Ok(trust)
}

/// The URL of a management interface, without the path that all its calls share.
fn management_url(text: &str) -> Result<String, NoServiceUrl> {
    let ServiceUrl { base, .. } = text.parse()?;
    Ok(base.strip_suffix("/manage").map(str::to_owned).unwrap_or(base))
}

/// A setting and its value.
fn setting(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("wanted is KEY=VALUE, as in `reflash.enabled=true`")?;
    Ok((key.to_owned(), value.to_owned()))
}

/// A role and the User that plays it.
fn player(text: &str) -> Result<(String, Eui64), String> {
    let (role, user) =
        text.split_once('=').ok_or("wanted is ROLE=EUI64, as in `gaining=00-DB-12-34-56-78-00-04`")?;
    Ok((role.to_owned(), user.parse::<Eui64>().map_err(|reason| reason.to_string())?))
}

/// A progress bar; indicatif shows it on a terminal only.
fn bar(steps: usize) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} steps {elapsed}");
    ProgressBar::new(u64::try_from(steps).unwrap_or(u64::MAX))
        .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
