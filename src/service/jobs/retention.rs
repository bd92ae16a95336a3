//! Retention: purges answers, delivered messages, decisions and tallies older than the operator keeps them, in small batches.
//!
//! RequestIDs and digests are kept for ever, so that an old request can never be applied again: only the answer's bytes
//! go. Delivered messages go whole. Decisions go from the beginning of their chain, and only if the operator says so. So do the tallies of
//! answers, which outlive what they count.

use std::{fmt, time::Duration};

use jiff::SignedDuration;

use super::supervisor::StopSignal;
use crate::{
    db::{Connection, Store, StoreFault},
    domain::{Now, Timestamp},
    service::App,
    store::{self, Purged},
};

/// The interval between purges.
const INTERVAL: Duration = Duration::from_secs(600);

/// Retention periods in days; none is for ever.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ages {
    messages: Option<u16>,
    decisions: Option<u16>,
    tallies: Option<u16>,
}

impl Ages {
    /// Retention periods in days; 0 is for ever.
    pub const fn of_days(messages: u16, decisions: u16) -> Self {
        Self { messages: days(messages), decisions: days(decisions), tallies: None }
    }

    /// The same, with the retention period of tallies in days; 0 is for ever.
    pub const fn with_tallies(self, tallies: u16) -> Self {
        Self { tallies: days(tallies), ..self }
    }

    /// The instant before which answers and delivered messages may be purged.
    pub fn messages_before(self, now: Now) -> Option<Timestamp> {
        self.messages.map(|days| earlier(now, days))
    }

    /// How many days decisions are kept; absent where they are kept for ever.
    pub const fn decision_days(self) -> Option<u16> {
        self.decisions
    }

    /// The instant before which decisions may be purged.
    pub fn decisions_before(self, now: Now) -> Option<Timestamp> {
        self.decisions.map(|days| earlier(now, days))
    }

    /// The instant before which hours may be purged of the tallies of answers.
    pub fn tallies_before(self, now: Now) -> Option<Timestamp> {
        self.tallies.map(|days| earlier(now, days))
    }
}

const fn days(number: u16) -> Option<u16> {
    if number == 0 { None } else { Some(number) }
}

fn earlier(now: Now, days: u16) -> Timestamp {
    let age = SignedDuration::from_hours(24 * i64::from(days));
    now.0.checked_sub(age).unwrap_or(Timestamp::MIN)
}

/// As lines of the settings file.
impl fmt::Display for Ages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "retention_days = {}", self.messages.unwrap_or(0))?;
        writeln!(f, "decision_retention_days = {}", self.decisions.unwrap_or(0))?;
        writeln!(f, "tally_retention_days = {}", self.tallies.unwrap_or(0))
    }
}

/// The number of rows purged, by kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PurgeTotals {
    /// Answers to requests.
    pub answers: usize,
    /// Delivered messages.
    pub messages: usize,
    /// Decisions.
    pub decisions: usize,
    /// Rows of the tallies of answers.
    pub tallies: usize,
    /// Rows of coverage left behind by a load that was interrupted.
    pub coverage: usize,
}

/// What a purge came to.
#[derive(Debug, Default)]
pub struct Purge {
    /// The rows it purged.
    pub totals: PurgeTotals,
    /// The sweeps that failed; the others went on without them.
    pub faults: Vec<SweepFault>,
}

/// Why a sweep failed.
#[derive(Debug, thiserror::Error)]
#[error("{sweep}: {fault}")]
pub struct SweepFault {
    /// What it purges.
    pub sweep: &'static str,
    /// Why.
    pub fault: StoreFault,
}

/// The loop of the retention job: purges at each interval, until the signal.
pub(super) fn purge_until_stopped(app: &App, ages: Ages, stop: &StopSignal) {
    let store = app.store();
    loop {
        app.forget_old_uploads();
        // The clock that it goes by must not be that of before a restore.
        let passed = app.gate().pass_blocking();
        let Purge { totals, faults } = purge_expired(store, ages, app.clock().now(), &mut || !stop.is_set());
        drop(passed);
        for SweepFault { sweep, fault } in &faults {
            store.meter().fault(fault.kind());
            tracing::warn!(sweep, %fault, "retention sweep failed, will retry");
        }
        if totals != PurgeTotals::default() {
            let PurgeTotals { answers, messages, decisions, tallies, coverage } = totals;
            tracing::info!(answers, messages, decisions, tallies, coverage, "retention purge done");
        }
        if stop.wait(INTERVAL) {
            return;
        }
    }
}

/// Purges all that is older than its retention period. Each batch is a transaction of its own, so that requests wait for a
/// short time only; `may_continue` is asked before each. The next purge takes up what this one leaves. Each sweep is by itself: one
/// that fails, for ever perhaps, holds up no other, and the batches it committed by then stay purged.
pub fn purge_expired(store: &Store, ages: Ages, now: Now, may_continue: &mut dyn FnMut() -> bool) -> Purge {
    let messages_before = ages.messages_before(now);
    let mut faults = Vec::new();
    let mut rows = |sweep, outcome: Result<usize, StoreFault>| {
        outcome.unwrap_or_else(|fault| {
            faults.push(SweepFault { sweep, fault });
            0
        })
    };
    let mut batches = |before, batch| purge_in_batches(store, before, may_continue, batch);
    let answers = rows("answers", batches(messages_before, store::purge_answers));
    let messages = rows("messages", batches(messages_before, store::purge_messages));
    let decisions = rows("decisions", batches(ages.decisions_before(now), store::purge_decisions));
    let tallies = rows("tallies", batches(ages.tallies_before(now), store::purge_tallies));
    let coverage = rows("coverage", store::remove_coverage_leftovers(store, may_continue));
    Purge { totals: PurgeTotals { answers, messages, decisions, tallies, coverage }, faults }
}

fn purge_in_batches(
    store: &Store,
    before: Option<Timestamp>,
    may_continue: &mut dyn FnMut() -> bool,
    batch: fn(&mut Connection, Timestamp) -> Result<Purged, StoreFault>,
) -> Result<usize, StoreFault> {
    let Some(before) = before else {
        return Ok(0);
    };
    let mut all = 0;
    while may_continue() {
        let Purged { rows, may_have_more } = store.transact(move |connection| batch(connection, before))?;
        all += rows;
        if !may_have_more {
            break;
        }
    }
    Ok(all)
}
