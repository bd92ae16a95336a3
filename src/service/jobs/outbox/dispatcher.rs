//! The outbox dispatcher: a loop that takes due messages, and starts a worker thread for each, one for a User at most.

use std::{
    collections::BTreeSet,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

use super::{
    super::supervisor::StopSignal,
    backoff::{next_attempt, wait_until},
    post::{NotDelivered, Transport},
};
use crate::{
    clock::Clock,
    db::{AdvisoryLock, Connection, Store, StoreFault},
    domain::Eui64,
    service::{JobWatch, MaintenanceWatch, test_bench::TestBench},
    store::{self, DueMessage, OutboxSchedule},
};

/// What the threads of workers are called, in the log and among the panics of jobs.
pub(super) const WORKER: &str = "outbox-worker";
/// Limit of messages in flight. Each is for another User, so that a slow address holds up its own User's messages alone.
const WORKERS: usize = 8;
/// The poll interval where other instances put messages into the outbox too, or hold the delivery lock.
const SHARED_POLL_INTERVAL: Duration = Duration::from_secs(1);
/// The backoff after a fault of the store.
const FAULT_BACKOFF: Duration = Duration::from_secs(1);

/// What the dispatcher and its workers share.
pub(super) struct OutboxDispatcher {
    store: Store,
    clock: Clock,
    transport: Box<dyn Transport>,
    /// Users with a message in flight.
    busy: Mutex<BTreeSet<Eui64>>,
    changed: Condvar,
    stop: StopSignal,
    watch: JobWatch,
    hold: MaintenanceWatch,
    /// The test bench, whose restores make what was read before them void.
    bench: Option<TestBench>,
}

impl std::fmt::Debug for OutboxDispatcher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OutboxDispatcher").field("busy", &self.busy).finish_non_exhaustive()
    }
}

impl OutboxDispatcher {
    pub(super) fn new(
        (store, clock): (Store, Clock),
        (transport, bench): (Box<dyn Transport>, Option<TestBench>),
        watch: JobWatch,
        (hold, stop): (MaintenanceWatch, StopSignal),
    ) -> Self {
        let (busy, changed) = (Mutex::default(), Condvar::new());
        Self { store, clock, transport, busy, changed, stop, watch, hold, bench }
    }

    /// Tells the loop to end: it takes no message any more.
    pub(super) fn stop(&self) {
        self.stop.set();
        self.store.outbox_signal().send();
    }

    /// Waits until no message is in flight, for so long at most. Returns how many still are.
    pub(super) fn wait_for_workers(&self, timeout: Duration) -> usize {
        let busy = self.changed.wait_timeout_while(self.busy(), timeout, |busy| !busy.is_empty());
        busy.unwrap_or_else(PoisonError::into_inner).0.len()
    }

    /// The dispatcher's loop. Returns the delivery lock, if it holds it.
    pub(super) fn run(self: &Arc<Self>) -> Option<AdvisoryLock> {
        let mut lock = None;
        while !self.is_stopping() {
            let wait = self.deliver_due(&mut lock).unwrap_or_else(|fault| {
                self.store.meter().fault(fault.kind());
                tracing::error!(fault = %fault, "outbox read failed");
                FAULT_BACKOFF
            });
            self.store.outbox_signal().wait(wait);
        }
        lock
    }

    /// Starts due messages if this instance gets the delivery lock. Returns how long to wait before the next poll.
    fn deliver_due(self: &Arc<Self>, lock: &mut Option<AdvisoryLock>) -> Result<Duration, StoreFault> {
        if lock.as_mut().is_none_or(|lock| !lock.is_held()) {
            *lock = self.store.try_lock(store::DELIVERY_LOCK)?;
            if lock.is_none() {
                return Ok(SHARED_POLL_INTERVAL);
            }
        }
        let wait = self.start_due()?;
        Ok(if self.store.is_shared() { wait.min(SHARED_POLL_INTERVAL) } else { wait })
    }

    fn is_stopping(&self) -> bool {
        self.stop.is_set()
    }

    fn busy(&self) -> MutexGuard<'_, BTreeSet<Eui64>> {
        self.busy.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts workers for due messages. Returns the time until the next one is due.
    fn start_due(self: &Arc<Self>) -> Result<Duration, StoreFault> {
        loop {
            let busy = self.busy().iter().copied().collect::<Vec<_>>();
            // Before it is read: what a restore puts in its place is of another epoch.
            let (now, epoch) = (self.clock.now(), self.epoch());
            if let Some(end) = self.hold.holds_deliveries(now) {
                // The window may be over earlier than it says: it is looked at again soon.
                return Ok(wait_until(Some(end), now.0).min(SHARED_POLL_INTERVAL));
            }
            let free = WORKERS.saturating_sub(busy.len());
            let read = |connection: &mut Connection| store::outbox_schedule(connection, now, &busy, free);
            let OutboxSchedule { due, next } = self.store.read(read)?;
            if due.is_empty() {
                return Ok(wait_until(next.filter(|_| free > 0), now.0));
            }
            // There may be more due than were free workers: look again, without the Users that are busy now.
            if due.iter().filter(|message| self.start_worker(message, epoch)).count() == 0 {
                return Ok(FAULT_BACKOFF);
            }
        }
    }

    /// Starts a worker for a message, unless one is busy with its User.
    fn start_worker(self: &Arc<Self>, message: &DueMessage, epoch: u64) -> bool {
        if !self.busy().insert(message.user) {
            return false;
        }
        let (dispatcher, message) = (self.clone(), message.clone());
        let user = message.user;
        let worker = thread::Builder::new().name(WORKER.to_owned());
        let worker = worker.spawn(move || {
            let guard = WorkerGuard { dispatcher: &dispatcher, user };
            dispatcher.deliver(&message, epoch);
            drop(guard);
        });
        if let Err(error) = &worker {
            tracing::error!(%error, "outbox worker not started");
            self.busy().remove(&user);
        }
        worker.is_ok()
    }

    /// Makes one attempt, and records its outcome. A failed record is retried until the service stops: without it a
    /// delivered message would be sent again.
    fn deliver(&self, message: &DueMessage, epoch: u64) {
        let DueMessage { id, user, attempts, .. } = *message;
        let outcome = self.attempt(message);
        loop {
            match self.record(id, attempts, outcome.clone(), epoch) {
                Ok(is_parked) => return log_outcome(message, outcome.is_ok(), is_parked),
                Err(fault) => {
                    self.store.meter().fault(fault.kind());
                    tracing::error!(number = id, %user, %fault, "outbox delivery outcome not recorded, will retry");
                    if self.is_stopping() || matches!(fault, StoreFault::Closed) {
                        return;
                    }
                    thread::sleep(FAULT_BACKOFF);
                }
            }
        }
    }

    /// One attempt. A panic is a failed attempt of this message alone: with nothing recorded it would be sent again at once, for ever.
    fn attempt(&self, message: &DueMessage) -> Result<(), NotDelivered> {
        catch_unwind(AssertUnwindSafe(|| self.send(message))).unwrap_or_else(|_| {
            self.watch.meter().panicked(WORKER);
            tracing::error!(job = WORKER, number = message.id, user = %message.user, "outbox worker panicked");
            Err(NotDelivered::Now("the attempt broke off by a fault of this service".to_owned()))
        })
    }

    fn send(&self, message: &DueMessage) -> Result<(), NotDelivered> {
        let now = |reason: &dyn std::fmt::Display| NotDelivered::Now(reason.to_string());
        let user = self.store.read(|connection| store::find_user(connection, message.user));
        match user.map_err(|fault: StoreFault| now(&fault))? {
            None => Err(now(&"the User is not known")),
            Some(user) => match user.receive_response_url {
                None => Err(now(&"the User has no receive_response_url")),
                Some(address) => self.transport.send(&address, message),
            },
        }
    }

    /// The number of restores of states so far.
    fn epoch(&self) -> u64 {
        self.bench.as_ref().map_or(0, TestBench::epoch)
    }

    /// Records the outcome; whether the message is parked by it. After a restore of a state it is void: the message of that number is
    /// another one, or waits again.
    fn record(
        &self,
        id: i64,
        attempts: u64,
        outcome: Result<(), NotDelivered>,
        epoch: u64,
    ) -> Result<bool, StoreFault> {
        let (now, bench) = (self.clock.now(), self.bench.clone());
        self.store.transact(move |connection| {
            // Within the transaction: restores are alone with it.
            if bench.as_ref().map_or(0, TestBench::epoch) != epoch {
                return Ok(false);
            }
            let next = next_attempt(now.0, attempts);
            match &outcome {
                Ok(()) => store::mark_message_delivered(connection, id, now).map(|()| false),
                Err(NotDelivered::Now(reason)) => {
                    store::mark_message_failed(connection, id, reason, next).map(|()| false)
                }
                Err(NotDelivered::AsItIs(reason)) => {
                    store::mark_message_refused(connection, id, reason, next, now)
                }
            }
        })
    }
}

/// The reason of a failure may name the User's address, so it goes to the outbox's list and not to the log.
fn log_outcome(message: &DueMessage, is_delivered: bool, is_parked: bool) {
    let DueMessage { id, user, attempts, .. } = *message;
    let attempts = attempts + 1;
    if is_delivered {
        tracing::info!(number = id, %user, "outbox message delivered");
    } else if is_parked {
        tracing::warn!(number = id, %user, attempts, "outbox message parked: the User refuses it as it is");
    } else {
        tracing::warn!(number = id, %user, attempts, "outbox message not delivered, will retry");
    }
}

/// Frees a worker's User when the worker ends, also where it panics.
struct WorkerGuard<'a> {
    dispatcher: &'a OutboxDispatcher,
    user: Eui64,
}

impl Drop for WorkerGuard<'_> {
    fn drop(&mut self) {
        self.dispatcher.busy().remove(&self.user);
        self.dispatcher.changed.notify_all();
        self.dispatcher.store.outbox_signal().send();
    }
}
