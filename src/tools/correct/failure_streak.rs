//! The failure streak of a run: how many messages in a row, and for how long, had no answer.

use super::{
    sender::SendFault,
    stop::{StopReason, StopSignal},
};
use crate::clock::Stopwatch;

/// Failure streak that ends the run: after so many new messages without an answer, another would fare no better.
const STREAK_LIMIT: usize = 16;

/// How many messages in a row, and for how long, had no answer: a streak that is long enough means that the service is
/// down, and ends the run.
#[derive(Debug)]
pub(super) struct FailureStreak {
    /// Since the last answer, or since the run began.
    since_answer: Stopwatch,
    answers: u64,
    /// Failures since the last answer.
    failures: usize,
    /// The reason of the latest of them.
    last: Option<StopReason>,
}

impl FailureStreak {
    /// The streak at the start of a run.
    pub(super) fn new() -> Self {
        Self { since_answer: Stopwatch::start(), answers: 0, failures: 0, last: None }
    }

    /// An answer ends the streak.
    pub(super) fn end(&mut self) {
        *self = Self {
            since_answer: Stopwatch::start(),
            answers: self.answers.saturating_add(1),
            failures: 0,
            last: None,
        };
    }

    /// Counts a failure, and ends the run where the streak is long enough: in number, or because no message at all was
    /// answered during all the time that this one was retried.
    pub(super) fn fail(&mut self, fault: SendFault, stop: &StopSignal) {
        let SendFault::Sent { reason, retried_since } = fault else { return };
        self.failures += 1;
        let had_no_answer = retried_since.is_some_and(|since| self.since_answer.elapsed() >= since.elapsed());
        if had_no_answer || self.failures >= STREAK_LIMIT {
            stop.stop(reason.clone());
        }
        self.last = Some(reason);
    }

    /// The latest failure, if the whole run got no answer.
    pub(super) fn reason_of_no_answer(&mut self) -> Option<StopReason> {
        self.last.take_if(|_| self.answers == 0)
    }
}
