//! Sends one message with retries and backoff, the same bytes each time, until it is answered or its retry timeout ends.

use std::time::Duration;

use super::{
    rate_limit::RateLimiter,
    stop::{StopReason, StopSignal},
};
use crate::{
    clock::{Clock, Stopwatch},
    domain::{RequestId, WebService},
    tools::client::{self, Client, ClientFault, VerifiedAnswer},
};

/// The backoff after the first transient fault; it doubles with each retry.
const FIRST_BACKOFF: Duration = Duration::from_millis(100);
/// The limit of the backoff.
const LONGEST_BACKOFF: Duration = Duration::from_secs(10);
/// The least time that an attempt gets, however little of the retry timeout is left.
const SHORTEST_ATTEMPT: Duration = Duration::from_secs(1);

/// An answer that names our request; its signature was verified by the client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answered {
    pub(super) code: String,
    pub(super) answered_at: i64,
    pub(super) milliseconds: u32,
    pub(super) attempts: u16,
}

/// Why a message has no answer.
#[derive(Debug)]
pub(super) enum SendFault {
    /// The run was stopped before the first attempt.
    Unsent,
    /// It was sent and may have been received.
    Sent {
        /// The reason to stop the run with, where no other message fares better.
        reason: StopReason,
        /// Since when it was retried, if the whole retry timeout was used.
        retried_since: Option<Stopwatch>,
    },
}

impl SendFault {
    /// A permanent fault: a retry would meet it again.
    pub(super) fn refused(reason: String) -> Self {
        Self::Sent { reason: StopReason::Refused(reason), retried_since: None }
    }
}

/// Whether a message is retried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RetryPolicy {
    /// One attempt: an earlier run got no answer, and a connection is better used for messages that get one.
    Once,
    /// Retries until the retry timeout ends.
    UntilTimeout,
}

/// The sender of one connection.
pub(super) struct RetryingSender<'a> {
    pub(super) client: Client<'a>,
    pub(super) clock: Clock,
    pub(super) rate: &'a RateLimiter,
    pub(super) stop: &'a StopSignal,
    /// The retry timeout of one message.
    pub(super) patience: Duration,
}

/// What to do after a failed attempt.
enum FaultAction {
    /// Retry after the backoff, or after the time that the service asked for.
    Retry(Option<Duration>),
    /// The fault is permanent.
    GiveUp,
}

impl RetryingSender<'_> {
    /// Sends a message until it is answered, its retry timeout ends, or the run is stopped.
    pub(super) fn send(
        &self,
        id: RequestId,
        message: &[u8],
        retries: RetryPolicy,
    ) -> Result<Answered, SendFault> {
        let (mut backoff, mut attempts) = (FIRST_BACKOFF, 0_u16);
        if !self.rate.acquire(self.stop) {
            return Err(SendFault::Unsent);
        }
        // The timeout begins after the rate limiter: waiting for our own limit is no fault of the service.
        let begun = Stopwatch::start();
        loop {
            attempts = attempts.saturating_add(1);
            let left = self.patience.saturating_sub(begun.elapsed());
            let timeout = left.clamp(SHORTEST_ATTEMPT, client::EXCHANGE_TIMEOUT);
            let fault = match self.client.post_with_timeout(message, WebService::NonDevice, timeout) {
                Ok(answer) => return self.checked_answer(id, answer, attempts, begun),
                Err(fault) => fault,
            };
            let FaultAction::Retry(asked) = self.action_on(&fault) else {
                return Err(SendFault::refused(fault.to_string()));
            };
            // A service that keeps answering `Retry-After: 0` must not get a busy loop.
            let pause = asked.map_or(backoff, |asked| asked.max(FIRST_BACKOFF));
            let is_over = begun.elapsed().saturating_add(pause) > self.patience;
            if retries == RetryPolicy::Once
                || is_over
                || !(self.stop.sleep(pause) && self.rate.acquire(self.stop))
            {
                let asked_for = asked.map(|wait| format!("; it asks to wait {} s", wait.as_secs()));
                let reason = StopReason::GaveUp(format!("{fault}{}", asked_for.unwrap_or_default()));
                // Asked to wait for longer than the whole timeout, we gave up without retries: that says nothing of how
                // long the service has been silent.
                let is_retried = asked.is_none_or(|asked| asked <= self.patience);
                return Err(SendFault::Sent { reason, retried_since: is_retried.then_some(begun) });
            }
            backoff = LONGEST_BACKOFF.min(backoff * 2);
        }
    }

    fn checked_answer(
        &self,
        id: RequestId,
        answer: VerifiedAnswer,
        attempts: u16,
        begun: Stopwatch,
    ) -> Result<Answered, SendFault> {
        if answer.request_id != Some(id) {
            let other = answer.request_id.map_or_else(|| "none".to_owned(), |other| other.to_string());
            return Err(SendFault::refused(format!("the answer to {id} names another RequestID: {other}")));
        }
        Ok(Answered {
            code: answer.code,
            answered_at: self.clock.now().0.as_millisecond(),
            milliseconds: u32::try_from(begun.milliseconds()).unwrap_or(u32::MAX),
            attempts,
        })
    }

    fn action_on(&self, fault: &ClientFault) -> FaultAction {
        match fault {
            ClientFault::Unreachable { .. } => FaultAction::Retry(None),
            ClientFault::Http { status, retry_after, .. } => {
                if *status == TOO_MANY_REQUESTS {
                    // This status is about our rate as a whole, so all connections pause; others are about one message.
                    let pause = retry_after.unwrap_or(FIRST_BACKOFF);
                    if pause > self.patience {
                        let reason = format!("{fault}; it asks all to wait {} s", pause.as_secs());
                        self.stop.stop(StopReason::GaveUp(reason));
                    }
                    self.rate.pause(pause);
                }
                if TRANSIENT.contains(status) {
                    FaultAction::Retry(*retry_after)
                } else {
                    FaultAction::GiveUp
                }
            }
            ClientFault::NotXml(_)
            | ClientFault::NoRequestId
            | ClientFault::NoSigner(_)
            | ClientFault::Expired { .. }
            | ClientFault::NotYetValid { .. }
            | ClientFault::Sign(_)
            | ClientFault::Answer(_)
            | ClientFault::NoResponse(_) => FaultAction::GiveUp,
        }
    }
}

const TOO_MANY_REQUESTS: u16 = 429;

/// Transient statuses, which say nothing about the message: too slow, too many, broken, down.
const TRANSIENT: [u16; 7] = [408, 425, TOO_MANY_REQUESTS, 500, 502, 503, 504];
