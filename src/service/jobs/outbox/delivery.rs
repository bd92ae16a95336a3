//! The outbox dispatcher: a thread that takes due messages, and starts a worker thread for each, one for a User at most.

use std::{
    collections::BTreeSet,
    io,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread::{self, JoinHandle},
    time::Duration,
};

use super::{
    super::supervisor::{self, StopSignal},
    post::{DeliveryTimeouts, Post},
};
use crate::{
    clock::Clock,
    db::{AdvisoryLock, Connection, Store, StoreFault},
    domain::{Eui64, Timestamp},
    metrics::JobMeter,
    store::{self, DueMessage},
    tls::ClientTls,
};

/// Limit of messages in flight. Each is for another User, so that a slow address holds up its own User's messages alone.
const WORKERS: usize = 8;
/// The backoff after the first failure, in seconds; it doubles with each retry.
const FIRST_BACKOFF: u64 = 1;
/// The limit of the backoff, in seconds.
const LONGEST_BACKOFF: u64 = 15 * 60;
/// The interval at which due messages are polled for: the outbox signal tells of this process's own messages alone.
const POLL_INTERVAL: Duration = Duration::from_secs(60);
/// The poll interval where other instances put messages into the outbox too, or hold the delivery lock.
const SHARED_POLL_INTERVAL: Duration = Duration::from_secs(1);
/// The backoff after a fault of the store.
const FAULT_BACKOFF: Duration = Duration::from_secs(1);
/// How long a stop waits for messages in flight. Those that it does not wait for are sent again after the next start.
const STOP_TIMEOUT: Duration = Duration::from_secs(5);

/// A running outbox delivery; [`Delivery::stop`] ends it.
#[derive(Debug)]
pub struct Delivery {
    dispatcher: Arc<OutboxDispatcher>,
    thread: JoinHandle<Option<Option<AdvisoryLock>>>,
}

impl Delivery {
    /// Starts the delivery of that store's outbox, to http addresses alone.
    ///
    /// # Errors
    /// When the thread cannot be started.
    pub fn start(store: Store, clock: Clock, timeouts: DeliveryTimeouts) -> io::Result<Self> {
        Self::start_tls(store, clock, timeouts, &ClientTls::none())
    }

    /// Starts the delivery of that store's outbox, to http and https addresses.
    ///
    /// # Errors
    /// When the thread cannot be started.
    pub fn start_tls(
        store: Store,
        clock: Clock,
        timeouts: DeliveryTimeouts,
        tls: &ClientTls,
    ) -> io::Result<Self> {
        Self::start_metered(store, clock, timeouts, tls, JobMeter::default())
    }

    /// As [`Delivery::start_tls`], and counts panics of its thread.
    pub(in crate::service::jobs) fn start_metered(
        store: Store,
        clock: Clock,
        timeouts: DeliveryTimeouts,
        tls: &ClientTls,
        meter: JobMeter,
    ) -> io::Result<Self> {
        let stop = StopSignal::default();
        let dispatcher = Arc::new(OutboxDispatcher {
            store,
            clock,
            post: Post::new(timeouts, tls.clone()),
            busy: Mutex::default(),
            changed: Condvar::new(),
            stop: stop.clone(),
        });
        let running = dispatcher.clone();
        let thread = supervisor::start("outbox", stop, meter, move || running.run())?;
        Ok(Self { dispatcher, thread })
    }

    /// Stops taking messages, and waits for those in flight until the stop timeout.
    pub fn stop(self) {
        self.dispatcher.stop.set();
        self.dispatcher.store.outbox_signal().send();
        let lock = self.thread.join();
        let busy = self.dispatcher.busy();
        let busy = self.dispatcher.changed.wait_timeout_while(busy, STOP_TIMEOUT, |busy| !busy.is_empty());
        let left = busy.unwrap_or_else(PoisonError::into_inner).0.len();
        if left > 0 {
            tracing::warn!(
                left,
                "outbox stopped with messages in flight; they are sent again after the next start"
            );
        }
        // The delivery lock goes last: another instance delivers only when no message of ours is in flight, or the wait for
        // them timed out.
        drop(lock);
    }
}

struct OutboxDispatcher {
    store: Store,
    clock: Clock,
    post: Post,
    /// Users with a message in flight.
    busy: Mutex<BTreeSet<Eui64>>,
    changed: Condvar,
    stop: StopSignal,
}

impl std::fmt::Debug for OutboxDispatcher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OutboxDispatcher").field("busy", &self.busy).finish_non_exhaustive()
    }
}

impl OutboxDispatcher {
    /// The dispatcher's loop. Returns the delivery lock, if it holds it.
    fn run(self: &Arc<Self>) -> Option<AdvisoryLock> {
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
            let now = self.clock.now();
            let free = WORKERS.saturating_sub(busy.len());
            let read = |connection: &mut Connection| {
                let due = store::due_messages(connection, now, &busy, free)?;
                Ok::<_, StoreFault>((due, store::next_message_due(connection, &busy)?))
            };
            let (due, next) = self.store.read(read)?;
            if due.is_empty() {
                return Ok(wait_until(next.filter(|_| free > 0), now.0));
            }
            // One User's messages may have filled the query's limit: query again without the Users that are busy now.
            if due.iter().filter(|message| self.start_worker(message)).count() == 0 {
                return Ok(FAULT_BACKOFF);
            }
        }
    }

    /// Starts a worker for a message, unless one is busy with its User.
    fn start_worker(self: &Arc<Self>, message: &DueMessage) -> bool {
        if !self.busy().insert(message.user) {
            return false;
        }
        let (dispatcher, message) = (self.clone(), message.clone());
        let user = message.user;
        let worker = thread::Builder::new().name("outbox-worker".to_owned());
        let worker = worker.spawn(move || {
            let guard = WorkerGuard { dispatcher: &dispatcher, user };
            dispatcher.deliver(&message);
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
    fn deliver(&self, message: &DueMessage) {
        let DueMessage { id, user, attempts, .. } = *message;
        let outcome = self.attempt(message);
        // The reason may name the User's address, so it goes to the outbox's list and not to the log.
        match &outcome {
            Ok(()) => tracing::info!(number = id, %user, "outbox message delivered"),
            Err(_) => {
                tracing::warn!(number = id, %user, attempts = attempts + 1, "outbox message not delivered, will retry")
            }
        }
        while let Err(fault) = self.record(id, attempts, outcome.clone()) {
            self.store.meter().fault(fault.kind());
            tracing::error!(number = id, fault = %fault, "outbox delivery outcome not recorded, will retry");
            if self.is_stopping() || matches!(fault, StoreFault::Closed) {
                return;
            }
            thread::sleep(FAULT_BACKOFF);
        }
    }

    fn attempt(&self, message: &DueMessage) -> Result<(), String> {
        let user = self.store.read(|connection| store::find_user(connection, message.user));
        match user.map_err(|fault: StoreFault| fault.to_string())? {
            None => Err("the User is not known".to_owned()),
            Some(user) => match user.receive_response_url {
                None => Err("the User has no receive_response_url".to_owned()),
                Some(address) => self.post.send(&address, &message.message),
            },
        }
    }

    fn record(&self, id: i64, attempts: u64, outcome: Result<(), String>) -> Result<(), StoreFault> {
        let now = self.clock.now();
        self.store.transact(move |connection| match &outcome {
            Ok(()) => store::message_delivered(connection, id, now),
            Err(reason) => store::message_failed(connection, id, reason, next_attempt(now.0, attempts)),
        })
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

/// Exponential backoff: after 1, 2, 4, ... seconds, then every 15 minutes.
fn next_attempt(now: Timestamp, attempts: u64) -> Timestamp {
    let doubled = u32::try_from(attempts).ok().and_then(|attempts| 2_u64.checked_pow(attempts));
    let seconds =
        doubled.map_or(LONGEST_BACKOFF, |factor| factor.saturating_mul(FIRST_BACKOFF).min(LONGEST_BACKOFF));
    now.saturating_add(Duration::from_secs(seconds)).unwrap_or(now)
}

fn wait_until(next: Option<Timestamp>, now: Timestamp) -> Duration {
    let until = |next: Timestamp| Duration::try_from(next.duration_since(now)).unwrap_or(Duration::ZERO);
    next.map_or(POLL_INTERVAL, until).min(POLL_INTERVAL)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_backoff_doubles_up_to_a_quarter_of_an_hour() {
        let start = Timestamp::UNIX_EPOCH;
        let wait = |attempts| next_attempt(start, attempts).as_second();
        assert_eq!([0, 1, 2, 9].map(wait), [1, 2, 4, 512]);
        assert_eq!([10, 63, 64, u64::MAX].map(wait), [900; 4]);
        assert_eq!(next_attempt(Timestamp::MAX, 3), Timestamp::MAX);
    }

    #[test]
    fn it_waits_for_the_next_message_and_polls_in_between() {
        let at = |second| Timestamp::from_second(second).unwrap();
        assert_eq!(wait_until(Some(at(7)), at(5)), Duration::from_secs(2));
        assert_eq!(wait_until(Some(at(5)), at(7)), Duration::ZERO);
        assert_eq!(
            (wait_until(Some(at(500)), at(7)), wait_until(None, at(7))),
            (POLL_INTERVAL, POLL_INTERVAL)
        );
    }
}
