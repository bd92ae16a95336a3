//! Forgets what need not be kept for ever, a little at a time, beside the service's work.
//!
//! What was asked stays known for ever by its RequestID and digest, so that an old message can never be applied
//! again; only the answer's bytes go. Messages that were delivered go whole. Decisions go from the beginning of their
//! chain, and only where the operator says so.

use std::{fmt, sync::mpsc, time::Duration};

use jiff::SignedDuration;

use crate::{
    clock::Clock,
    db::{Connection, Store, StoreFault},
    domain::{Now, Timestamp},
    store::{self, Purged},
};

/// How often it looks for what is old.
const LOOK: Duration = Duration::from_secs(600);

/// How long things are kept; absent: for ever.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ages {
    messages: Option<u16>,
    decisions: Option<u16>,
}

impl Ages {
    /// In days; 0 is for ever.
    pub const fn of_days(messages: u16, decisions: u16) -> Self {
        Self { messages: days(messages), decisions: days(decisions) }
    }

    /// Answers given, and messages delivered, before that instant may go.
    pub fn messages_before(self, now: Now) -> Option<Timestamp> {
        self.messages.map(|days| earlier(now, days))
    }

    /// Decisions made before that instant may go.
    pub fn decisions_before(self, now: Now) -> Option<Timestamp> {
        self.decisions.map(|days| earlier(now, days))
    }
}

const fn days(number: u16) -> Option<u16> {
    if number == 0 { None } else { Some(number) }
}

fn earlier(now: Now, days: u16) -> Timestamp {
    let age = SignedDuration::from_hours(24 * i64::from(days));
    now.0.checked_sub(age).unwrap_or(Timestamp::MIN)
}

/// As the settings say it.
impl fmt::Display for Ages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "retention_days = {}", self.messages.unwrap_or(0))?;
        writeln!(f, "decision_retention_days = {}", self.decisions.unwrap_or(0))
    }
}

/// What was given up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GivenUp {
    /// Answers to requests.
    pub answers: usize,
    /// Messages that were delivered.
    pub messages: usize,
    /// Decisions.
    pub decisions: usize,
    /// Rows of coverage that a load left behind which broke off.
    pub coverage: usize,
}

/// Looks again and again, until the other end of `stopped` is gone.
pub fn look_until_stopped(store: &Store, clock: &Clock, ages: Ages, stopped: &mpsc::Receiver<()>) {
    let is_stopped = || stopped.try_recv() == Err(mpsc::TryRecvError::Disconnected);
    loop {
        match sweep(store, ages, clock.now(), &mut || !is_stopped()) {
            Ok(nothing) if nothing == GivenUp::default() => {}
            Ok(GivenUp { answers, messages, decisions, coverage }) => {
                let told = "what was older than it is kept was given up";
                tracing::info!(answers, messages, decisions, coverage, "{told}");
            }
            Err(fault) => tracing::warn!(%fault, "what is older than it is kept could not be given up yet"),
        }
        if stopped.recv_timeout(LOOK) == Err(mpsc::RecvTimeoutError::Disconnected) {
            return;
        }
    }
}

/// Gives up all that is old, a batch a transaction, as long as `go_on` says so before each. Whatever is left, because it
/// was stopped or failed, the next one takes up.
///
/// # Errors
/// When the store fails or is busy; what was given up until then is.
pub fn sweep(
    store: &Store,
    ages: Ages,
    now: Now,
    go_on: &mut dyn FnMut() -> bool,
) -> Result<GivenUp, StoreFault> {
    let messages_before = ages.messages_before(now);
    let coverage = store::remove_coverage_leftovers(store, go_on)?;
    Ok(GivenUp {
        coverage,
        answers: batches(store, messages_before, go_on, store::purge_answers)?,
        messages: batches(store, messages_before, go_on, store::purge_messages)?,
        decisions: batches(store, ages.decisions_before(now), go_on, store::purge_decisions)?,
    })
}

fn batches(
    store: &Store,
    before: Option<Timestamp>,
    go_on: &mut dyn FnMut() -> bool,
    batch: fn(&mut Connection, Timestamp) -> Result<Purged, StoreFault>,
) -> Result<usize, StoreFault> {
    let Some(before) = before else {
        return Ok(0);
    };
    let mut all = 0;
    while go_on() {
        let Purged { rows, may_have_more } = store.transact(move |connection| batch(connection, before))?;
        all += rows;
        if !may_have_more {
            break;
        }
    }
    Ok(all)
}
