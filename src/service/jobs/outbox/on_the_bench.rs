//! Deliveries of a test instance: faults on purpose act on them, and the journal has each (HARNESS.md 5, 6).

use std::{
    collections::BTreeSet,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use super::{
    super::supervisor::StopSignal,
    post::{NotDelivered, Post, Transport, judge},
};
use crate::{
    clock::{Clock, Stopwatch},
    db::{Connection, Store, StoreFault},
    domain::{RequestId, ServiceReferenceVariant},
    duis::xml,
    service::test_bench::{
        ChosenFault, FaultAction, FaultKind, Header, JournalKind, MessageTraits, Recorded, TestBench,
    },
    store::{self, DueMessage},
};

/// How long a message that is to come out of order waits for the one after it.
const WAIT_FOR_NEXT: Duration = Duration::from_secs(10);
/// How often it looks for that one.
const LOOK_INTERVAL: Duration = Duration::from_millis(50);
/// The longest answer that the journal keeps.
const LONGEST_ANSWER: u64 = 100_000;

/// The HTTP client of the outbox on a test bench.
pub(super) struct BenchTransport {
    post: Post,
    bench: TestBench,
    store: Store,
    clock: Clock,
    stop: StopSignal,
    /// Messages that were sent before their turn, which is then no attempt; with the number of restores before.
    sent_before: Mutex<BTreeSet<(u64, i64)>>,
}

impl BenchTransport {
    pub(super) fn new(post: Post, bench: TestBench, store: Store, clock: Clock, stop: StopSignal) -> Self {
        Self { post, bench, store, clock, stop, sent_before: Mutex::default() }
    }

    fn sent_before(&self) -> MutexGuard<'_, BTreeSet<(u64, i64)>> {
        self.sent_before.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends a message once, and records it.
    fn once(
        &self,
        address: &str,
        message: &DueMessage,
        chosen: Option<&ChosenFault>,
    ) -> Result<(), NotDelivered> {
        let (mut recorded, stopwatch) = (self.recorded(address, message, chosen), Stopwatch::start());
        let outcome = match self.post.post(address, &message.message) {
            Err(fault) => Err(fault),
            Ok(mut reply) => {
                recorded.status = Some(reply.status().as_u16());
                let headers = reply.headers().iter().map(|(name, value)| Header {
                    name: name.as_str().to_owned(),
                    value: String::from_utf8_lossy(value.as_bytes()).into_owned(),
                });
                recorded.answer_headers = headers.collect();
                if self.bench.journal().is_on() {
                    // The status alone says whether it was accepted: a body that cannot be read is left out.
                    recorded.answer = reply.body_mut().with_config().limit(LONGEST_ANSWER).read_to_vec().ok();
                }
                judge(reply.status())
            }
        };
        recorded.took = stopwatch.elapsed();
        recorded.note = outcome.as_ref().err().map(ToString::to_string);
        self.bench.journal().push(recorded);
        outcome
    }

    fn recorded(&self, address: &str, message: &DueMessage, chosen: Option<&ChosenFault>) -> Recorded {
        let new = Recorded::new(JournalKind::Delivery, self.clock.now().0, address.to_owned());
        let of = MessageIds::of(message);
        Recorded {
            request: Some(message.message.clone()),
            fault: chosen.map(|fault| fault.id.clone()),
            request_id: of.request_id,
            variant: of.variant,
            user: Some(message.user),
            ..new
        }
    }

    /// The message is lost on its way, and the outbox has it as delivered.
    fn never(&self, address: &str, message: &DueMessage, chosen: &ChosenFault) {
        let recorded = self.recorded(address, message, Some(chosen));
        let note = Some("not sent, on purpose".to_owned());
        self.bench.journal().push(Recorded { note, ..recorded });
    }

    /// Sends the User's next message before this one, where one comes in time.
    fn after_next(
        &self,
        address: &str,
        message: &DueMessage,
        chosen: &ChosenFault,
    ) -> Result<(), NotDelivered> {
        let (waited, epoch) = (Stopwatch::start(), self.bench.epoch());
        let find =
            |connection: &mut Connection| store::next_message_of_user(connection, message.user, message.id);
        while waited.elapsed() < WAIT_FOR_NEXT {
            let next = self.store.read::<_, StoreFault>(find);
            if let Some(next) = next.map_err(|fault| NotDelivered::Now(fault.to_string()))? {
                if self.once(address, &next, Some(chosen)).is_ok() {
                    self.sent_before().insert((epoch, next.id));
                }
                break;
            }
            if self.stop.wait(LOOK_INTERVAL) {
                break;
            }
        }
        self.once(address, message, Some(chosen))
    }
}

impl Transport for BenchTransport {
    fn send(&self, address: &str, message: &DueMessage) -> Result<(), NotDelivered> {
        if self.sent_before().remove(&(self.bench.epoch(), message.id)) {
            return Ok(());
        }
        let of = MessageIds::of(message);
        let devices = message.device.into_iter().collect();
        let traits = MessageTraits { user: Some(message.user), variant: of.variant, devices };
        let Some(chosen) = self.bench.faults().on_delivery(&traits) else {
            return self.once(address, message, None);
        };
        match chosen.action {
            FaultAction::DeliverLate(delay) => {
                if self.stop.wait(delay) {
                    return Err(NotDelivered::Now("the service stopped while it was held back".to_owned()));
                }
                self.once(address, message, Some(&chosen))
            }
            FaultAction::Plain(FaultKind::DeliverTwice) => {
                self.once(address, message, Some(&chosen))?;
                self.once(address, message, Some(&chosen))
            }
            FaultAction::Plain(FaultKind::DeliverNever) => {
                self.never(address, message, &chosen);
                Ok(())
            }
            FaultAction::Plain(FaultKind::DeliverOutOfOrder) => self.after_next(address, message, &chosen),
            FaultAction::Delay(_)
            | FaultAction::Status(..)
            | FaultAction::Code(_)
            | FaultAction::Plain(_) => self.once(address, message, None),
        }
    }
}

/// What a message answers.
#[derive(Default)]
struct MessageIds {
    request_id: Option<RequestId>,
    variant: Option<ServiceReferenceVariant>,
}

impl MessageIds {
    fn of(message: &DueMessage) -> Self {
        let document = xml::parse(&message.message).ok();
        let summary = document.and_then(|document| xml::read_answer(&document).ok());
        summary.map_or_else(Self::default, |summary| Self {
            request_id: summary.request_id,
            variant: summary.variant,
        })
    }
}
