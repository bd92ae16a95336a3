//! The CSP of one region: asked over HTTP, within a bounded time.

use std::{sync::Arc, time::Duration};

use super::{
    answer::read_answer, cache::Cache, elements::Nonsense, endpoint::Endpoint, options::CspOptions,
    question::Question,
};
use crate::{
    clock::{Clock, Stopwatch},
    domain::{AnswerAge, CspAnswer, CspFailure, CspOutcome, CspRegion, Now},
    metrics::{CspAsked, CspMeter},
};

/// The longest answer that is read; a right one has some hundred bytes.
const LONGEST_ANSWER: u64 = 64 * 1024;

/// The CSP of one region.
#[derive(Debug)]
pub(super) struct CspClient {
    pub(super) region: CspRegion,
    endpoint: Arc<Endpoint>,
    cache: Cache,
    clock: Clock,
    meter: CspMeter,
}

/// Why a question has no answer that can be used.
enum Unanswered {
    TooLate,
    Down(String),
    /// It wants no such question: another may be answered.
    Refused(u16),
    Nonsense(Nonsense),
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
        Self { region, endpoint, cache: Cache::new(options.cache), clock, meter }
    }

    /// As if it had never been asked.
    pub(super) fn forget(&self) {
        self.cache.forget();
        self.endpoint.breaker.forget();
        self.endpoint.show(&self.meter);
    }

    /// What it said of that place not long ago.
    pub(super) fn remembered(&self, question: &Question) -> Option<CspOutcome> {
        let (answer, seconds) = self.cache.find(&question.key(), self.clock.now())?;
        self.meter.asked(self.region, CspAsked::Cached);
        Some(CspOutcome::Answered(answer, AnswerAge::Cached(seconds)))
    }

    /// Asks it.
    pub(super) fn ask(&self, question: &Question) -> CspOutcome {
        let outcome = self.ask_in_turn(question);
        self.meter.asked(self.region, asked(&outcome));
        self.endpoint.show(&self.meter);
        outcome
    }

    fn ask_in_turn(&self, question: &Question) -> CspOutcome {
        let begun = Stopwatch::start();
        let Endpoint { timeout, slots, breaker, .. } = &*self.endpoint;
        if breaker.is_resting(self.clock.now()) {
            return CspOutcome::Failed(CspFailure::BreakerOpen);
        }
        let Some(_slot) = slots.take(*timeout) else { return CspOutcome::Failed(CspFailure::Busy) };
        let left = timeout.saturating_sub(begun.elapsed());
        if left.is_zero() {
            return CspOutcome::Failed(CspFailure::Busy);
        }
        // Those that were asking meanwhile may have failed.
        if !breaker.lets_ask(self.clock.now()) {
            return CspOutcome::Failed(CspFailure::BreakerOpen);
        }
        let answer = self.post(question, left);
        self.note(question, answer, self.clock.now())
    }

    fn post(&self, question: &Question, left: Duration) -> Result<CspAnswer, Unanswered> {
        let url = format!("{}{}", self.endpoint.url, question.interface().path());
        let request = self.endpoint.agent.post(&url).content_type("application/xml");
        let request = request.config().timeout_global(Some(left)).build();
        let mut reply = request.send(question.encode()).map_err(unanswered)?;
        match reply.status().as_u16() {
            200 => {}
            // It is too slow, or asked too much: both pass, and it is well to leave it in peace meanwhile.
            status @ (408 | 429) => return Err(Unanswered::Down(format!("HTTP {status}"))),
            status @ 400..500 => return Err(Unanswered::Refused(status)),
            status => return Err(Unanswered::Down(format!("HTTP {status}"))),
        }
        let body = reply.body_mut().with_config().limit(LONGEST_ANSWER).read_to_vec().map_err(unanswered)?;
        read_answer(&body, question).map_err(Unanswered::Nonsense)
    }

    /// Neither nonsense nor a refusal is a failure to the breaker: it comes without a wait, and another place may be
    /// answered well. So nobody's odd questions keep others from asking.
    fn note(&self, question: &Question, answer: Result<CspAnswer, Unanswered>, now: Now) -> CspOutcome {
        let (region, interface) = (self.region.as_str(), question.interface().as_str());
        match answer {
            Ok(answer) => {
                self.endpoint.breaker.answered();
                self.cache.keep(question.key(), answer.clone(), now);
                CspOutcome::Answered(answer, AnswerAge::Live)
            }
            Err(Unanswered::Nonsense(nonsense)) => {
                self.endpoint.breaker.answered();
                let Nonsense { place, reason } = nonsense;
                tracing::warn!(region, interface, place, reason, "a CSP's answer was refused");
                CspOutcome::Failed(CspFailure::Nonsense)
            }
            Err(Unanswered::Refused(status)) => {
                self.endpoint.breaker.answered();
                tracing::warn!(region, interface, status, "a CSP refused a question");
                CspOutcome::Failed(CspFailure::Refused)
            }
            Err(Unanswered::TooLate) => {
                self.endpoint.failed(now);
                tracing::warn!(region, interface, "a CSP did not answer in time");
                CspOutcome::Failed(CspFailure::Timeout)
            }
            Err(Unanswered::Down(reason)) => {
                self.endpoint.failed(now);
                tracing::warn!(region, interface, reason, "a CSP is down");
                CspOutcome::Failed(CspFailure::Down)
            }
        }
    }
}

fn unanswered(error: ureq::Error) -> Unanswered {
    if let ureq::Error::Timeout(_) = error {
        return Unanswered::TooLate;
    }
    if let ureq::Error::BodyExceedsLimit(limit) = error {
        let reason = format!("it is longer than {limit} bytes");
        return Unanswered::Nonsense(Nonsense { place: "the body".to_owned(), reason });
    }
    Unanswered::Down(error.to_string())
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
