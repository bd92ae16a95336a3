//! The client of one region's CSP: HTTP with a timeout, behind a cache, a circuit breaker and a semaphore.

use std::{sync::Arc, time::Duration};

use super::{
    answer::read_answer, cache::AnswerCache, elements::InvalidCspMessage, endpoint::Endpoint,
    options::CspOptions, question::CoverageQuestion, semaphore::CspSlot,
};
use crate::{
    clock::{Clock, Stopwatch},
    domain::{AnswerAge, CspAnswer, CspFailure, CspOutcome, CspRegion, Now},
    metrics::{CspAsked, CspMeter},
};

/// Size limit of an answer; a valid one has some hundred bytes.
const LONGEST_ANSWER: u64 = 64 * 1024;

/// The client of one region's CSP.
#[derive(Debug)]
pub(super) struct CspClient {
    pub(super) region: CspRegion,
    endpoint: Arc<Endpoint>,
    cache: AnswerCache,
    clock: Clock,
    meter: CspMeter,
}

/// A slot for one question; the timeout runs from when it was taken.
#[derive(Debug)]
pub(super) struct QuestionSlot<'c> {
    slot: CspSlot<'c>,
    entered: Stopwatch,
}

/// Why a question has no usable answer.
enum AskFault {
    Timeout,
    Down(String),
    /// An HTTP status 4xx: it refuses this question, and may answer others.
    Refused(u16),
    /// The answer is invalid; other places may be answered well.
    Invalid(InvalidCspMessage),
}

impl CspClient {
    pub(super) fn new(
        region: CspRegion,
        endpoint: Arc<Endpoint>,
        options: CspOptions,
        clock: Clock,
        meter: CspMeter,
    ) -> Self {
        endpoint.show(&meter);
        Self { region, endpoint, cache: AnswerCache::new(options.cache), clock, meter }
    }

    /// Empties the cache and closes the circuit breaker.
    pub(super) fn reset(&self) {
        self.cache.clear();
        self.endpoint.breaker.reset();
        self.endpoint.show(&self.meter);
    }

    /// The cached answer about the place of a question.
    pub(super) fn cached(&self, question: &CoverageQuestion) -> Option<CspOutcome> {
        let (answer, seconds) = self.cache.get(&question.key(), self.clock.now())?;
        self.meter.asked(self.region, CspAsked::Cached);
        Some(CspOutcome::Answered(answer, AnswerAge::Cached(seconds)))
    }

    /// Takes a slot for a question, without waiting; where that is refused, counts the outcome.
    ///
    /// Apart from asking, so that no thread is spawned for a question without a slot: slots bound the threads.
    pub(super) fn try_enter(&self) -> Result<QuestionSlot<'_>, CspOutcome> {
        let Endpoint { semaphore, breaker, .. } = &*self.endpoint;
        // Before the slot: a question that will be rejected must not wait in the queue.
        let entered = if breaker.is_open(self.clock.now()) {
            Err(CspFailure::BreakerOpen)
        } else {
            semaphore.try_enter().ok_or(CspFailure::Busy)
        };
        entered
            .map(|slot| QuestionSlot { slot, entered: Stopwatch::start() })
            .map_err(|failure| self.counted(CspOutcome::Failed(failure)))
    }

    /// Asks the CSP, and counts the outcome.
    pub(super) fn ask(&self, slot: QuestionSlot<'_>, question: &CoverageQuestion) -> CspOutcome {
        self.counted(self.ask_in_slot(slot, question))
    }

    fn counted(&self, outcome: CspOutcome) -> CspOutcome {
        self.meter.asked(self.region, asked(&outcome));
        self.endpoint.show(&self.meter);
        outcome
    }

    fn ask_in_slot(
        &self,
        QuestionSlot { slot, entered }: QuestionSlot<'_>,
        question: &CoverageQuestion,
    ) -> CspOutcome {
        let Endpoint { timeout, breaker, .. } = &*self.endpoint;
        let Some(_permit) = slot.wait(timeout.saturating_sub(entered.elapsed())) else {
            return CspOutcome::Failed(CspFailure::Busy);
        };
        let left = timeout.saturating_sub(entered.elapsed());
        // The wait for the permit may have used up the timeout.
        if left.is_zero() {
            return CspOutcome::Failed(CspFailure::Busy);
        }
        // The breaker may have opened while this question waited for its permit.
        if !breaker.try_enter(self.clock.now()) {
            return CspOutcome::Failed(CspFailure::BreakerOpen);
        }
        let answer = self.post(question, left);
        self.note(question, answer, self.clock.now())
    }

    fn post(&self, question: &CoverageQuestion, left: Duration) -> Result<CspAnswer, AskFault> {
        let url = format!("{}{}", self.endpoint.url, question.interface().path());
        let request = self.endpoint.agent.post(&url).content_type("application/xml");
        let request = request.config().timeout_global(Some(left)).build();
        let mut reply = request.send(question.encode()).map_err(ask_fault)?;
        match reply.status().as_u16() {
            200 => {}
            // Too slow or overloaded: transient, and a reason to open the circuit breaker.
            status @ (408 | 429) => return Err(AskFault::Down(format!("HTTP {status}"))),
            status @ 400..500 => return Err(AskFault::Refused(status)),
            status => return Err(AskFault::Down(format!("HTTP {status}"))),
        }
        let body = reply.body_mut().with_config().limit(LONGEST_ANSWER).read_to_vec().map_err(ask_fault)?;
        read_answer(&body, question).map_err(AskFault::Invalid)
    }

    /// Tells the breaker and the cache the result. Invalid answers and refusals count as success to the breaker: they cost
    /// no wait, and other places may be answered well, so one User's odd questions must not open it for all others.
    fn note(&self, question: &CoverageQuestion, answer: Result<CspAnswer, AskFault>, now: Now) -> CspOutcome {
        let (region, interface) = (self.region.as_str(), question.interface().as_str());
        match answer {
            Ok(answer) => {
                self.endpoint.breaker.record_success();
                self.cache.insert(question.key(), answer.clone(), now);
                CspOutcome::Answered(answer, AnswerAge::Live)
            }
            Err(AskFault::Invalid(invalid)) => {
                self.endpoint.breaker.record_success();
                let InvalidCspMessage { place, reason } = invalid;
                tracing::warn!(region, interface, place, reason, "CSP answer refused");
                CspOutcome::Failed(CspFailure::Nonsense)
            }
            Err(AskFault::Refused(status)) => {
                self.endpoint.breaker.record_success();
                tracing::warn!(region, interface, status, "CSP refused a question");
                CspOutcome::Failed(CspFailure::Refused)
            }
            Err(AskFault::Timeout) => {
                self.endpoint.record_failure(now);
                tracing::warn!(region, interface, "CSP timed out");
                CspOutcome::Failed(CspFailure::Timeout)
            }
            Err(AskFault::Down(reason)) => {
                self.endpoint.record_failure(now);
                tracing::warn!(region, interface, reason, "CSP down");
                CspOutcome::Failed(CspFailure::Down)
            }
        }
    }
}

fn ask_fault(error: ureq::Error) -> AskFault {
    if let ureq::Error::Timeout(_) = error {
        return AskFault::Timeout;
    }
    // An invalid answer and not a failure: the CSP did answer.
    if let ureq::Error::BodyExceedsLimit(limit) = error {
        let reason = format!("it is longer than {limit} bytes");
        return AskFault::Invalid(InvalidCspMessage { place: "the body".to_owned(), reason });
    }
    AskFault::Down(error.to_string())
}

const fn asked(outcome: &CspOutcome) -> CspAsked {
    match outcome {
        CspOutcome::Answered(CspAnswer::Covered(_), _) => CspAsked::Covered,
        CspOutcome::Answered(CspAnswer::Elsewhere, _) => CspAsked::NotCovered,
        CspOutcome::Failed(CspFailure::Timeout) => CspAsked::Timeout,
        CspOutcome::Failed(CspFailure::Refused) => CspAsked::Refused,
        CspOutcome::Failed(CspFailure::Nonsense) => CspAsked::Nonsense,
        CspOutcome::Failed(CspFailure::BreakerOpen) => CspAsked::BreakerOpen,
        CspOutcome::Failed(CspFailure::Busy) => CspAsked::Busy,
        CspOutcome::Failed(CspFailure::Down | CspFailure::Simulated) | CspOutcome::NotAsked => CspAsked::Down,
    }
}
