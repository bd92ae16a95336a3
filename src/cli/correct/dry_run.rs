//! `smi correct --dry-run`: the decision of the rules about every line, on a store that is not changed.

use std::{io, process::ExitCode};

use anyhow::{Context as _, bail};

use super::arguments::{CorrectArguments, SHOWN, default_first_counter};
use crate::{
    cli::{
        open,
        say::{say, show, tell},
    },
    db::ReadOnlyStore,
    domain::{Decision, Eui64, WebService},
    service::{App, Fault as ServiceFault},
    settings::Settings,
    tls::ClientTls,
    tools::correct::{
        CheckedFile, Correction, CorrectionPlan, LineOutcome, LineTable, ReportRow, ReportWriter, UnsentLines,
    },
};

/// Lines that are decided in one read transaction.
const BATCH: usize = 1_000;

pub(super) fn run(
    settings: &Settings,
    arguments: &CorrectArguments,
    originator: Eui64,
    checked: &CheckedFile,
    table: LineTable,
) -> anyhow::Result<ExitCode> {
    let report = arguments.report.as_deref();
    let mut writer = ReportWriter::new(report).context("the report")?;
    let mut unsent = UnsentLines::of(checked);
    let Some(service) = service(settings, arguments)? else {
        let good = table.len();
        for correction in table.corrections() {
            unsent.write_before(correction.line, &mut writer)?;
            let reason = "not asked about: there is no store to look in".to_owned();
            writer.write(LineOutcome::Left, &ReportRow { reason, ..ReportRow::of(correction) })?;
        }
        unsent.write_rest(&mut writer)?;
        tell!("smi: there is no store to look in, so only the file was checked: {good} lines can be sent");
        show!("{}", writer.finish()?);
        return Ok(code(checked.faults.is_empty()));
    };
    let mut shown = 0;
    let mut tell = |row: &ReportRow<'_>| {
        shown += 1;
        if shown <= SHOWN {
            let ReportRow { line, device, variant, code, rule, reason, .. } = row;
            say!("line {line}: {device} `{variant}` would be refused: {code} ({rule}): {reason}");
        }
    };
    let mut write = |outcome, row: &ReportRow<'_>| {
        unsent.write_before(row.line, &mut writer)?;
        if outcome == LineOutcome::WouldBeRefused {
            tell(row);
        }
        writer.write(outcome, row)
    };
    decide_all(settings, &service, originator, &table, &mut write)?;
    unsent.write_rest(&mut writer)?;
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

/// The service on that store; none where there is no store, since a dry run makes none.
fn service(settings: &Settings, arguments: &CorrectArguments) -> anyhow::Result<Option<App>> {
    let url = arguments.store.as_ref().unwrap_or(&settings.store_url);
    if ReadOnlyStore::open(url, settings.store_timeout)?.is_none() {
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
    table: &LineTable,
    write: &mut dyn FnMut(LineOutcome, &ReportRow<'_>) -> io::Result<()>,
) -> anyhow::Result<()> {
    let tls = ClientTls::none();
    let trust = service.trust();
    let plan = CorrectionPlan {
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
            let outcome = if decision.code.is_success() {
                LineOutcome::WouldBeDone
            } else {
                LineOutcome::WouldBeRefused
            };
            write(outcome, &row(correction, &decision))?;
        }
    }
    Ok(())
}

/// Decides a batch as `smi explain` does, without applying changes.
fn decide(plan: &CorrectionPlan<'_>, service: &App, batch: &[Correction]) -> anyhow::Result<Vec<Decision>> {
    let now = service.clock().now();
    let counter = default_first_counter();
    let requests = batch.iter().map(|correction| plan.request(*correction, counter));
    let requests = requests.collect::<Result<Vec<_>, _>>()?;
    let decided = service.store().read(|connection| {
        let decide = |request| service.decide(connection, request, WebService::NonDevice, now);
        requests.iter().map(decide).collect::<Result<Vec<_>, ServiceFault>>()
    })?;
    Ok(decided)
}

fn row<'a>(correction: &Correction, decision: &'a Decision) -> ReportRow<'a> {
    let rule = decision.decided_by();
    let failed = decision.steps.iter().find(|step| !step.holds);
    let reason = failed.map(|step| format!("{}; saw: {}", step.rule.requires, step.saw));
    ReportRow {
        code: decision.code.as_str(),
        rule: rule.map_or("", |rule| rule.id),
        reason: reason.unwrap_or_default(),
        ..ReportRow::of(correction)
    }
}
