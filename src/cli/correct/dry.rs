//! `smi correct --dry-run`: what the rules would decide about every line, against a store as it is.

use std::{io, process::ExitCode};

use anyhow::{Context as _, bail};

use super::arguments::{Arguments, SHOWN, first_counter};
use crate::{
    cli::{
        open,
        say::{say, show},
    },
    db::Existing,
    domain::{Decision, Eui64, WebService},
    service::{App, Fault as ServiceFault},
    settings::Settings,
    tls::ClientTls,
    tools::correct::{Checked, Correction, Others, Plan, ReportWriter, Row, State, Table},
};

/// As many lines are looked at in one reading of the store.
const BATCH: usize = 1_000;

pub(super) fn run(
    settings: &Settings,
    arguments: &Arguments,
    originator: Eui64,
    checked: &Checked,
    table: Table,
) -> anyhow::Result<ExitCode> {
    let report = arguments.report.as_deref();
    let mut writer = ReportWriter::new(report).context("the report")?;
    let mut others = Others::of(checked);
    let Some(service) = service(settings, arguments)? else {
        let good = table.len();
        for correction in table.corrections() {
            others.write_before(correction.line, &mut writer)?;
            let reason = "not asked about: there is no store to look in".to_owned();
            writer.write(State::Left, &Row { reason, ..Row::of(correction) })?;
        }
        others.write_rest(&mut writer)?;
        eprintln!(
            "smi: there is no store to look in, so only the file was checked: {good} lines can be sent"
        );
        show!("{}", writer.finish()?);
        return Ok(code(checked.faults.is_empty()));
    };
    let mut shown = 0;
    let mut tell = |row: &Row<'_>| {
        shown += 1;
        if shown <= SHOWN {
            let Row { line, device, variant, code, rule, reason, .. } = row;
            say!("line {line}: {device} `{variant}` would be refused: {code} ({rule}): {reason}");
        }
    };
    let mut write = |state, row: &Row<'_>| {
        others.write_before(row.line, &mut writer)?;
        if state == State::WouldBeRefused {
            tell(row);
        }
        writer.write(state, row)
    };
    decide_all(settings, &service, originator, &table, &mut write)?;
    others.write_rest(&mut writer)?;
    if shown > SHOWN {
        say!("and {} more; --report FILE has them all", shown - SHOWN);
    }
    let tally = writer.finish()?;
    show!("{tally}");
    Ok(code(tally.is_all_done()))
}

fn code(is_good: bool) -> ExitCode {
    if is_good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// What decides, where there is a store; none is made.
fn service(settings: &Settings, arguments: &Arguments) -> anyhow::Result<Option<App>> {
    let url = arguments.store.as_ref().unwrap_or(&settings.store_url);
    if Existing::open(url)?.is_none() {
        return match &arguments.store {
            None => Ok(None),
            Some(_) => bail!("--store: there is no database"),
        };
    }
    open::service(&Settings { store_url: url.clone(), ..settings.clone() }).map(Some)
}

fn decide_all(
    settings: &Settings,
    service: &App,
    originator: Eui64,
    table: &Table,
    write: &mut dyn FnMut(State, &Row<'_>) -> io::Result<()>,
) -> anyhow::Result<()> {
    let tls = ClientTls::none();
    let trust = service.trust();
    let plan = Plan {
        url: "",
        tls: &tls,
        trust: &trust,
        clock: service.clock().clone(),
        originator,
        dcc: settings.trust.dcc_id,
        connections: 1,
        rate: None,
        patience: std::time::Duration::ZERO,
    };
    for batch in table.corrections().chunks(BATCH) {
        for (correction, decision) in batch.iter().zip(decide(&plan, service, batch)?) {
            let state = if decision.code.is_success() { State::WouldBeDone } else { State::WouldBeRefused };
            write(state, &row(correction, &decision))?;
        }
    }
    Ok(())
}

/// As `smi explain` decides: nothing is changed.
fn decide(plan: &Plan<'_>, service: &App, batch: &[Correction]) -> anyhow::Result<Vec<Decision>> {
    let now = service.clock().now();
    let counter = first_counter();
    let requests = batch.iter().map(|correction| plan.request(*correction, counter));
    let requests = requests.collect::<Result<Vec<_>, _>>()?;
    let decided = service.store().read(|connection| {
        let decide = |request| service.decide(connection, request, WebService::NonDevice, now);
        requests.iter().map(decide).collect::<Result<Vec<_>, ServiceFault>>()
    })?;
    Ok(decided)
}

fn row<'a>(correction: &Correction, decision: &'a Decision) -> Row<'a> {
    let rule = decision.decided_by();
    let failed = decision.steps.iter().find(|step| !step.holds);
    let reason = failed.map(|step| format!("{}; saw: {}", step.rule.requires, step.saw));
    Row {
        code: decision.code.as_str(),
        rule: rule.map_or("", |rule| rule.id),
        reason: reason.unwrap_or_default(),
        ..Row::of(correction)
    }
}
