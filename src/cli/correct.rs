//! `smi correct`: ESME Variants in bulk (MP125).

mod arguments;
mod dry;
mod progress;

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

use anyhow::{Context as _, bail};

use super::{open, say::show};
use crate::{
    clock::Stopwatch,
    domain::{CodeOverrides, Eui64, RequestId, Rule},
    duis::signature::TrustStore,
    rules::rulebook::{common, sr_8_4},
    settings::Settings,
    tools::correct::{
        self, Checked, Control, Ending, Journal, Owner, Plan, ReportWriter, Table, Tally, UnderWay,
        write_report,
    },
};
pub(super) use arguments::Arguments;
use arguments::{SHOWN, first_counter};
use progress::Progress;

pub(super) fn run(settings: &Settings, arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let Arguments { file, .. } = arguments;
    let csv = fs::read(file).with_context(|| file.display().to_string())?;
    let mut checked = correct::read(csv).with_context(|| file.display().to_string())?;
    let mut table = Table::new(std::mem::take(&mut checked.corrections));
    let trust = open::trust(settings)?;
    let originator = originator(arguments, &trust, settings.trust.dcc_id)?;
    if arguments.dry_run {
        tell_faults(file, &checked);
        return dry::run(settings, arguments, originator, &checked, table);
    }
    let tls = arguments.https.for_urls([&arguments.url])?;
    let plan = Plan {
        url: arguments.url.trim_end_matches('/'),
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
    tell_faults(file, &checked);
    let (mut under_way, mut ending) = (Vec::new(), None);
    let took = Stopwatch::start();
    if may_send || path.exists() {
        let mut journal = journal(arguments, &plan, &path, &mut table)?;
        if may_send {
            (under_way, ending) = send(&plan, &mut table, &mut journal)?;
        } else {
            under_way = journal.left();
        }
    }
    let tally = report(arguments, settings, &plan, &checked, &table, &under_way);
    if !may_send {
        eprintln!("{}: nothing sent; --skip-faulty sends the other lines", file.display());
    }
    match &ending {
        Some(ending) => eprintln!("smi: {}", told(ending)),
        None if !under_way.is_empty() => {
            let count = under_way.len();
            eprintln!(
                "smi: {count} messages have no answer, as the report says; run it again to send them again"
            );
        }
        None => {}
    }
    let tally = tally?;
    show!("{tally}");
    eprintln!("{}: {:.1} s", file.display(), took.elapsed().as_secs_f64());
    Ok(exit_code(&tally, ending.as_ref()))
}

/// A run that ended early may have left something undone that no line shows.
fn exit_code(tally: &Tally, ending: Option<&Ending>) -> ExitCode {
    if tally.is_all_done() && ending.is_none() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The User that was named, or the only one there is a key of.
fn originator(arguments: &Arguments, trust: &TrustStore, dcc: Eui64) -> anyhow::Result<Eui64> {
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

fn tell_faults(file: &Path, checked: &Checked) {
    for fault in checked.faults.iter().take(SHOWN) {
        eprintln!("{}: {fault}", file.display());
    }
    match checked.faults.len().saturating_sub(SHOWN) {
        0 => {}
        more => eprintln!("{}: and {more} more faults", file.display()),
    }
}

fn journal(
    arguments: &Arguments,
    plan: &Plan<'_>,
    path: &Path,
    table: &mut Table,
) -> anyhow::Result<Journal> {
    let owner = Owner { originator: plan.originator, dcc: plan.dcc, url: plan.url.to_owned() };
    let counter = arguments.first_counter.unwrap_or_else(first_counter);
    Ok(Journal::open(path, &owner, counter, arguments.retry_refused, table)?)
}

/// Sends what is to be sent. What was left under way, and why it ended where it ended early.
fn send(
    plan: &Plan<'_>,
    table: &mut Table,
    journal: &mut Journal,
) -> anyhow::Result<(Vec<UnderWay>, Option<Ending>)> {
    let control = Arc::new(Control::default());
    stop_at_signals(&control).context("waiting for signals")?;
    let known = table.iter().filter(|(_, _, outcome)| outcome.is_some()).count();
    if known > 0 {
        eprintln!("smi: {known} lines were answered in earlier runs");
    }
    let mut progress = Progress::new(table.len() - known);
    let under_way = correct::run(plan, table, journal, &control, &mut |code| progress.answered(code));
    progress.finish();
    Ok((under_way, control.ending()))
}

fn told(ending: &Ending) -> String {
    let (why, then) = match ending {
        Ending::Interrupted => ("interrupted".to_owned(), "run it again to go on"),
        Ending::GaveUp(reason) => (format!("no answer within --patience: {reason}"), "run it again to go on"),
        Ending::Refused(reason) => (reason.clone(), "run it again once that is mended"),
        Ending::Journal(reason) => {
            (format!("the journal cannot be kept: {reason}"), "run it again once it can")
        }
    };
    format!("ended early: {why}; {then}")
}

fn report(
    arguments: &Arguments,
    settings: &Settings,
    plan: &Plan<'_>,
    checked: &Checked,
    table: &Table,
    under_way: &[UnderWay],
) -> anyhow::Result<Tally> {
    let path = arguments.report.clone().unwrap_or_else(|| beside(&arguments.file, ".report.csv"));
    let write = || {
        let id = RequestId { originator: plan.originator, target: plan.dcc, counter: 0 };
        let writer = ReportWriter::new(Some(&path))?;
        write_report(writer, checked, table, id, under_way, |code| rule_of(code, &settings.codes))
    };
    write().with_context(|| format!("the report: {}", path.display()))
}

/// The rule that refuses by that code, where only one does that a variant alone can meet.
fn rule_of(code: &str, codes: &CodeOverrides) -> &'static str {
    let of_a_variant = [
        sr_8_4::VARIANT_OF_AN_ESME,
        sr_8_4::PRE_NOTIFIER_CHANGES_PENDING,
        sr_8_4::VARIANT_STATUS,
        sr_8_4::VARIANT_SMETS2,
        sr_8_4::VARIANT_BY_RESPONSIBLE_SUPPLIER,
    ];
    let of_every = common::ALL.iter().copied().filter(|rule| !common::OF_A_MOVE.contains(rule));
    let refuses = |rule: &&Rule| codes.code_of(rule).as_str() == code;
    match of_every.chain(of_a_variant).filter(refuses).collect::<Vec<_>>().as_slice() {
        [rule] => rule.id,
        [] | [_, _, ..] => "",
    }
}

/// The first SIGINT or SIGTERM lets what is under way be answered; the second one ends at once, which loses nothing.
#[cfg(unix)]
fn stop_at_signals(control: &Arc<Control>) -> std::io::Result<()> {
    use actix_web::rt::{
        System,
        signal::unix::{SignalKind, signal},
    };
    let control = Arc::clone(control);
    // It ends with the process.
    std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
        let stopped = System::new().block_on(async {
            let (mut first, mut second) =
                (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
            for attempt in 0.. {
                std::future::poll_fn(|context| {
                    if first.poll_recv(context).is_ready() {
                        std::task::Poll::Ready(())
                    } else {
                        second.poll_recv(context).map(drop)
                    }
                })
                .await;
                if attempt > 0 {
                    std::process::exit(1);
                }
                eprintln!("smi: ending: waiting for what is under way");
                control.stop(Ending::Interrupted);
            }
            Ok::<_, std::io::Error>(())
        });
        if let Err(reason) = stopped {
            eprintln!("smi: signals are not waited for: {reason}");
        }
    })?;
    Ok(())
}

/// Elsewhere there are no such signals; a run that is ended goes on all the same.
#[cfg(not(unix))]
fn stop_at_signals(_: &Arc<Control>) -> std::io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::ResponseCode,
        tools::correct::{Row, State},
    };

    #[test]
    fn a_run_that_ended_early_fails_whatever_its_lines_came_to() {
        let code = |state, ending: Option<Ending>| {
            let mut writer = ReportWriter::new(None).unwrap();
            writer.write(state, &Row::default()).unwrap();
            exit_code(&writer.finish().unwrap(), ending.as_ref())
        };
        assert_eq!(code(State::Done, None), ExitCode::SUCCESS);
        assert_eq!(code(State::Left, None), ExitCode::FAILURE);
        assert_eq!(code(State::Done, Some(Ending::Journal(String::new()))), ExitCode::FAILURE);
    }

    #[test]
    fn a_code_names_its_rule_where_only_one_refuses_by_it() {
        let of = |code| rule_of(code, &CodeOverrides::default());
        let named = ["E19", "E5", "E080405", "E080407", "E080408", "E080409", "E65", "E2"].map(of);
        assert_eq!(named, ["SR/12", "SR8.4/e", "SR8.4/c", "SR8.4/g", "SR8.4/b", "SR8.4/f", "SR/6", "SR/11"]);
        assert_eq!(["I99", "E100", "E4", "E080411", "X"].map(of), [""; 5]);
        let codes = CodeOverrides::new([(sr_8_4::VARIANT_BY_RESPONSIBLE_SUPPLIER, ResponseCode::E4)]);
        assert_eq!(["E4", "E080407"].map(|code| rule_of(code, &codes)), ["SR8.4/g", ""]);
    }
}
