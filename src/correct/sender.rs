//! One message: sent until it is answered, always the same bytes.

use std::time::Duration;

use super::{
    control::{Control, Ending},
    pace::Pace,
};
use crate::{
    client::{Answer, Client, ClientFault},
    clock::{Clock, Stopwatch},
    domain::{RequestId, WebService},
};

/// The first wait after a fault that may pass; it doubles each time.
const FIRST_WAIT: Duration = Duration::from_millis(100);
/// The longest.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// An answer that can be believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answered {
    pub(super) code: String,
    pub(super) answered_at: i64,
    pub(super) milliseconds: u32,
    pub(super) attempts: u16,
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
    /// Nothing: no message would fare better.
    None,
}

impl Sender<'_> {
    /// Sends a message until it is answered; nothing where the run ended before.
    pub(super) fn deliver(&self, id: RequestId, message: &[u8]) -> Option<Answered> {
        let mut wait = FIRST_WAIT;
        let mut attempts = 0_u16;
        if !self.pace.turn(self.control) {
            return None;
        }
        // Not before: waiting for one's turn is no fault of the service.
        let begun = Stopwatch::start();
        loop {
            attempts = attempts.saturating_add(1);
            let fault = match self.client.post(message, WebService::NonDevice) {
                Ok(answer) => return self.believed(id, answer, attempts, begun),
                Err(fault) => fault,
            };
            let Remedy::Again(asked) = self.remedy(&fault) else {
                self.control.stop(Ending::Refused(fault.to_string()));
                return None;
            };
            // One who says `at once` again and again would keep us busy with nothing else.
            let pause = asked.map_or(wait, |asked| asked.max(FIRST_WAIT));
            if begun.elapsed().saturating_add(pause) > self.patience {
                let asked = asked.map(|wait| format!("; it asks to wait {} s", wait.as_secs()));
                self.control.stop(Ending::GaveUp(format!("{fault}{}", asked.unwrap_or_default())));
                return None;
            }
            if !(self.control.sleep(pause) && self.pace.turn(self.control)) {
                return None;
            }
            wait = LONGEST_WAIT.min(wait * 2);
        }
    }

    fn believed(&self, id: RequestId, answer: Answer, attempts: u16, begun: Stopwatch) -> Option<Answered> {
        if answer.request_id != Some(id) {
            let other = answer.request_id.map_or_else(|| "none".to_owned(), |other| other.to_string());
            let reason = format!("the answer to {id} names another RequestID: {other}");
            self.control.stop(Ending::Refused(reason));
            return None;
        }
        Some(Answered {
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
                    self.pace.pause(retry_after.unwrap_or(FIRST_WAIT));
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
