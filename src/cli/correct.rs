//! `smi correct`: ESME Variants in bulk (MP125).

mod arguments;
mod dry_run;
mod progress;
mod rule_of_code;
mod signals;

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

use anyhow::{Context as _, bail};

pub(super) use self::arguments::CorrectArguments;
use self::{
    arguments::{SHOWN, default_first_counter},
    progress::Progress,
    rule_of_code::rule_of,
};
use super::{
    open,
    say::{show, tell},
};
use crate::{
    clock::Stopwatch,
    domain::{Eui64, RequestId},
    duis::signature::TrustStore,
    settings::Settings,
    tools::correct::{
        self, CheckedFile, CorrectionPlan, InFlightLine, Journal, JournalOwner, LineTable, ReportWriter,
        StopReason, StopSignal, Tally, write_report,
    },
};

pub(super) fn run(settings: &Settings, arguments: &CorrectArguments) -> anyhow::Result<ExitCode> {
    let CorrectArguments { file, .. } = arguments;
    let csv = fs::read(file).with_context(|| file.display().to_string())?;
    let mut checked = correct::read(csv).with_context(|| file.display().to_string())?;
    let mut table = LineTable::new(std::mem::take(&mut checked.corrections));
    let trust = open::trust(settings)?;
    let originator = originator(arguments, &trust, settings.trust.dcc_id)?;
    if arguments.dry_run {
        print_faults(file, &checked);
        return dry_run::run(settings, arguments, originator, &checked, table);
    }
    let tls = arguments.https.for_urls([&arguments.url.base])?;
    let plan = CorrectionPlan {
        url: &arguments.url.base,
        tls: &tls,
        trust: &trust,
        clock: open::clock(settings),
        originator,
        dcc: settings.trust.dcc_id,
        connections: usize::from(arguments.connections),
        rate: arguments.rate,
        patience: Duration::from_secs(arguments.patience),
    };
    let may_send = checked.faults.is_empty() || arguments.skip_faulty;
    let path = arguments.journal.clone().unwrap_or_else(|| beside(file, ".journal"));
    print_faults(file, &checked);
    let (mut in_flight, mut stopped) = (Vec::new(), None);
    let took = Stopwatch::start();
    if may_send || path.exists() {
        let mut journal = journal(arguments, &plan, &path, &mut table)?;
        if may_send {
            (in_flight, stopped) = send(&plan, &mut table, &mut journal)?;
        } else {
            in_flight = journal.in_flight_lines();
        }
    }
    // Its fault is returned last: a report that cannot be written must not hide why the run ended.
    let tally = report(arguments, settings, &plan, &checked, &table, &in_flight);
    if !may_send {
        tell!("{}: nothing sent; --skip-faulty sends the other lines", file.display());
    }
    match &stopped {
        Some(stopped) => tell!("smi: {}", stop_text(stopped)),
        None if !in_flight.is_empty() => {
            let count = in_flight.len();
            tell!(
                "smi: {count} messages have no answer, as the report says; run it again to send them again"
            );
        }
        None => {}
    }
    let tally = tally?;
    show!("{tally}");
    tell!("{}: {:.1} s", file.display(), took.elapsed().as_secs_f64());
    Ok(exit_code(&tally, stopped.as_ref()))
}

/// Success only for a run that got to its end: one that was stopped may have left undone what no line shows, such as a
/// record that the journal lacks.
fn exit_code(tally: &Tally, stopped: Option<&StopReason>) -> ExitCode {
    if tally.is_all_done() && stopped.is_none() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The User named by `--as`, or the only one whose private key there is.
fn originator(arguments: &CorrectArguments, trust: &TrustStore, dcc: Eui64) -> anyhow::Result<Eui64> {
    if let Some(user) = arguments.originator {
        return Ok(user);
    }
    let users = trust.signers().map(|signer| signer.certificate().eui()).filter(|user| *user != dcc);
    let users = users.collect::<BTreeSet<_>>();
    match users.iter().collect::<Vec<_>>().as_slice() {
        [user] => Ok(**user),
        [] => bail!("there is no private key of a User"),
        several => {
            let named = several.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            bail!("--as is needed: there are private keys of {named}")
        }
    }
}

fn beside(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

fn print_faults(file: &Path, checked: &CheckedFile) {
    for fault in checked.faults.iter().take(SHOWN) {
        tell!("{}: {fault}", file.display());
    }
    match checked.faults.len().saturating_sub(SHOWN) {
        0 => {}
        more => tell!("{}: and {more} more faults", file.display()),
    }
}

fn journal(
    arguments: &CorrectArguments,
    plan: &CorrectionPlan<'_>,
    path: &Path,
    table: &mut LineTable,
) -> anyhow::Result<Journal> {
    let owner = JournalOwner { originator: plan.originator, dcc: plan.dcc, url: plan.url.to_owned() };
    let counter = arguments.first_counter.unwrap_or_else(default_first_counter);
    Ok(Journal::open(path, &owner, counter, arguments.retry_refused, table)?)
}

/// Runs the correction until its end or a stop signal. Returns the lines in flight, and why it was stopped.
fn send(
    plan: &CorrectionPlan<'_>,
    table: &mut LineTable,
    journal: &mut Journal,
) -> anyhow::Result<(Vec<InFlightLine>, Option<StopReason>)> {
    let stop = Arc::new(StopSignal::default());
    signals::stop_at_signals(&stop).context("waiting for signals")?;
    let known = table.iter().filter(|(_, _, outcome)| outcome.is_some()).count();
    if known > 0 {
        tell!("smi: {known} lines were answered in earlier runs");
    }
    let mut progress = Progress::new(table.len() - known);
    let in_flight = correct::run(plan, table, journal, &stop, &mut |code| progress.answered(code));
    progress.finish();
    Ok((in_flight, stop.reason()))
}

fn stop_text(stopped: &StopReason) -> String {
    let (why, then) = match stopped {
        StopReason::Interrupted => ("interrupted".to_owned(), "run it again to go on"),
        StopReason::GaveUp(reason) => {
            (format!("no answer within --patience: {reason}"), "run it again to go on")
        }
        StopReason::Refused(reason) => (reason.clone(), "run it again once that is mended"),
        StopReason::Journal(reason) => {
            (format!("the journal cannot be kept: {reason}"), "run it again once it can")
        }
    };
    format!("ended early: {why}; {then}")
}

fn report(
    arguments: &CorrectArguments,
    settings: &Settings,
    plan: &CorrectionPlan<'_>,
    checked: &CheckedFile,
    table: &LineTable,
    in_flight: &[InFlightLine],
) -> anyhow::Result<Tally> {
    let path = arguments.report.clone().unwrap_or_else(|| beside(&arguments.file, ".report.csv"));
    let write = || {
        let id = RequestId { originator: plan.originator, target: plan.dcc, counter: 0 };
        let writer = ReportWriter::new(Some(&path))?;
        write_report(writer, checked, table, id, in_flight, |code| rule_of(code, &settings.codes))
    };
    write().with_context(|| format!("the report: {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tools::correct::{LineOutcome, ReportRow};

    #[test]
    fn a_run_that_ended_early_fails_whatever_its_lines_came_to() {
        let code = |state, stopped: Option<StopReason>| {
            let mut writer = ReportWriter::new(None).unwrap();
            writer.write(state, &ReportRow::default()).unwrap();
            exit_code(&writer.finish().unwrap(), stopped.as_ref())
        };
        assert_eq!(code(LineOutcome::Done, None), ExitCode::SUCCESS);
        assert_eq!(code(LineOutcome::Left, None), ExitCode::FAILURE);
        assert_eq!(code(LineOutcome::Done, Some(StopReason::Journal(String::new()))), ExitCode::FAILURE);
    }
}
