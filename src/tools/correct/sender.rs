//! One message: sent until it is answered, always the same bytes.

use std::time::Duration;

use super::{
    control::{Control, Ending},
    pace::Pace,
};
use crate::{
    clock::{Clock, Stopwatch},
    domain::{RequestId, WebService},
    tools::client::{self, Answer, Client, ClientFault},
};

/// The first wait after a fault that may pass; it doubles each time.
const FIRST_WAIT: Duration = Duration::from_millis(100);
/// The longest.
const LONGEST_WAIT: Duration = Duration::from_secs(10);
/// What an exchange may take at least, however little of the patience is left.
const SHORTEST_EXCHANGE: Duration = Duration::from_secs(1);

/// An answer that can be believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answered {
    pub(super) code: String,
    pub(super) answered_at: i64,
    pub(super) milliseconds: u32,
    pub(super) attempts: u16,
}

/// Why a message has no answer.
#[derive(Debug)]
pub(super) enum Unanswered {
    /// The run ended before it was sent at all.
    Unsent,
    /// It was sent and may have been received.
    Sent {
        /// What to end the run with, where nobody fares better.
        ending: Ending,
        /// Since when it was sent again and again, where that was its patience.
        tried_since: Option<Stopwatch>,
    },
}

impl Unanswered {
    /// By a fault that another attempt would not mend.
    pub(super) fn refused(reason: String) -> Self {
        Self::Sent { ending: Ending::Refused(reason), tried_since: None }
    }
}

/// How hard a message is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effort {
    /// Once: an earlier run got no answer to it, and no connection is to wait for it while others fare better.
    Once,
    /// As long as the patience lasts.
    Patient,
}

/// What a connection sends with.
pub(super) struct Sender<'a> {
    pub(super) client: Client<'a>,
    pub(super) clock: Clock,
    pub(super) pace: &'a Pace,
    pub(super) control: &'a Control,
    /// How long a message may go without an answer.
    pub(super) patience: Duration,
}

/// What to do about a fault.
enum Remedy {
    /// The same message again, after that time where the service named one.
    Again(Option<Duration>),
    /// Nothing: it will not pass by itself.
    None,
}

impl Sender<'_> {
    /// Sends a message until it is answered, its patience is over, or the run ends.
    pub(super) fn deliver(
        &self,
        id: RequestId,
        message: &[u8],
        effort: Effort,
    ) -> Result<Answered, Unanswered> {
        let (mut wait, mut attempts) = (FIRST_WAIT, 0_u16);
        if !self.pace.turn(self.control) {
            return Err(Unanswered::Unsent);
        }
        // Not before: waiting for one's turn is no fault of the service.
        let begun = Stopwatch::start();
        loop {
            attempts = attempts.saturating_add(1);
            let left = self.patience.saturating_sub(begun.elapsed());
            let within = left.clamp(SHORTEST_EXCHANGE, client::PATIENCE);
            let fault = match self.client.post_within(message, WebService::NonDevice, within) {
                Ok(answer) => return self.believed(id, answer, attempts, begun),
                Err(fault) => fault,
            };
            let Remedy::Again(asked) = self.remedy(&fault) else {
                return Err(Unanswered::refused(fault.to_string()));
            };
            // One who says `at once` again and again would keep us busy with nothing else.
            let pause = asked.map_or(wait, |asked| asked.max(FIRST_WAIT));
            let is_over = begun.elapsed().saturating_add(pause) > self.patience;
            if effort == Effort::Once
                || is_over
                || !(self.control.sleep(pause) && self.pace.turn(self.control))
            {
                let asked_for = asked.map(|wait| format!("; it asks to wait {} s", wait.as_secs()));
                let ending = Ending::GaveUp(format!("{fault}{}", asked_for.unwrap_or_default()));
                // Whoever asks for more than there is at all was not tried again and again.
                let is_tried = asked.is_none_or(|asked| asked <= self.patience);
                return Err(Unanswered::Sent { ending, tried_since: is_tried.then_some(begun) });
            }
            wait = LONGEST_WAIT.min(wait * 2);
        }
    }

    fn believed(
        &self,
        id: RequestId,
        answer: Answer,
        attempts: u16,
        begun: Stopwatch,
    ) -> Result<Answered, Unanswered> {
        if answer.request_id != Some(id) {
            let other = answer.request_id.map_or_else(|| "none".to_owned(), |other| other.to_string());
            return Err(Unanswered::refused(format!("the answer to {id} names another RequestID: {other}")));
        }
        Ok(Answered {
            code: answer.code,
            answered_at: self.clock.now().0.as_millisecond(),
            milliseconds: u32::try_from(begun.milliseconds()).unwrap_or(u32::MAX),
            attempts,
        })
    }

    fn remedy(&self, fault: &ClientFault) -> Remedy {
        match fault {
            ClientFault::Unreachable { .. } => Remedy::Again(None),
            ClientFault::Http { status, retry_after, .. } => {
                if *status == TOO_MANY_REQUESTS {
                    // That is said of all that we send; anything else of this message alone.
                    let pause = retry_after.unwrap_or(FIRST_WAIT);
                    if pause > self.patience {
                        let reason = format!("{fault}; it asks all to wait {} s", pause.as_secs());
                        self.control.stop(Ending::GaveUp(reason));
                    }
                    self.pace.pause(pause);
                }
                if PASSING.contains(status) { Remedy::Again(*retry_after) } else { Remedy::None }
            }
            ClientFault::NotXml(_)
            | ClientFault::NoRequestId
            | ClientFault::NoSigner(_)
            | ClientFault::Sign(_)
            | ClientFault::Answer(_)
            | ClientFault::NoResponse(_) => Remedy::None,
        }
    }
}

const TOO_MANY_REQUESTS: u16 = 429;

/// Statuses that say nothing about the message: too slow, too many, broken, away.
const PASSING: [u16; 7] = [408, 425, TOO_MANY_REQUESTS, 500, 502, 503, 504];
