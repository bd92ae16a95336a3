//! The thread that delivers: takes what is due, gives each User one worker at most, notes what came of it.

use std::{
    collections::BTreeSet,
    io,
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use super::post::{Patience, Post};
use crate::{
    clock::Clock,
    db::{AdvisoryLock, Connection, Store, StoreFault},
    domain::{Eui64, Timestamp},
    store::{self, DueMessage},
    tls::ClientTls,
};

/// As many messages as are under way at once: each has another User, so that a slow address holds up nobody else.
const WORKERS: usize = 8;
/// The first wait after a failure; it doubles with each.
const FIRST_WAIT: u64 = 1;
/// The longest wait after a failure, in seconds.
const LONGEST_WAIT: u64 = 15 * 60;
/// At least so often it looks whether something is due: another process may have put it there.
const IDLE: Duration = Duration::from_secs(60);
/// The same where other instances put messages there too, and where one of them holds the delivery lock.
const SHARED: Duration = Duration::from_secs(1);
/// After a fault of the store.
const AFTER_FAULT: Duration = Duration::from_secs(1);
/// How long a stop waits for what is under way. What it does not wait for is sent again after the next start.
const GRACE: Duration = Duration::from_secs(5);

/// The delivery, running; [`Delivery::stop`] ends it.
#[derive(Debug)]
pub struct Delivery {
    state: Arc<DeliveryState>,
    thread: JoinHandle<Option<AdvisoryLock>>,
}

impl Delivery {
    /// Starts to deliver what waits in that store, to http addresses alone.
    ///
    /// # Errors
    /// When the thread cannot be started.
    pub fn start(store: Store, clock: Clock, patience: Patience) -> io::Result<Self> {
        Self::start_tls(store, clock, patience, &ClientTls::none())
    }

    /// As [`Delivery::start`], to https addresses too.
    ///
    /// # Errors
    /// When the thread cannot be started.
    pub fn start_tls(store: Store, clock: Clock, patience: Patience, tls: &ClientTls) -> io::Result<Self> {
        let state = Arc::new(DeliveryState {
            store,
            clock,
            post: Post::new(patience, tls.clone()),
            busy: Mutex::default(),
            changed: Condvar::new(),
            stopping: AtomicBool::new(false),
        });
        let thread = thread::Builder::new().name("outbox".to_owned());
        let thread = thread.spawn({
            let state = state.clone();
            move || state.serve()
        })?;
        Ok(Self { state, thread })
    }

    /// Begins nothing more, and waits a little for what is under way.
    pub fn stop(self) {
        self.state.stopping.store(true, Ordering::Release);
        self.state.store.outbox_signal().send();
        let lock = self.thread.join();
        if lock.is_err() {
            tracing::error!("the outbox's thread panicked");
        }
        let busy = self.state.busy();
        let busy = self.state.changed.wait_timeout_while(busy, GRACE, |busy| !busy.is_empty());
        let left = busy.unwrap_or_else(PoisonError::into_inner).0.len();
        if left > 0 {
            tracing::warn!(left, "messages under way were left; they are sent again after the next start");
        }
        // Only now may another instance deliver: nothing of ours is under way, or it was waited for long enough.
        drop(lock);
    }
}

struct DeliveryState {
    store: Store,
    clock: Clock,
    post: Post,
    /// The Users that a worker is busy with.
    busy: Mutex<BTreeSet<Eui64>>,
    changed: Condvar,
    stopping: AtomicBool,
}

impl std::fmt::Debug for DeliveryState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DeliveryState").field("busy", &self.busy).finish_non_exhaustive()
    }
}

impl DeliveryState {
    /// Ends with the delivery lock, if it holds it.
    fn serve(self: &Arc<Self>) -> Option<AdvisoryLock> {
        let mut lock = None;
        while !self.is_stopping() {
            let wait = self.look(&mut lock).unwrap_or_else(|fault| {
                self.store.meter().fault(fault.kind());
                tracing::error!(fault = %fault, "the outbox cannot be read");
                AFTER_FAULT
            });
            self.store.outbox_signal().wait(wait);
        }
        lock
    }

    /// Delivers what is due where it is this instance's lock; how long to wait then.
    fn look(self: &Arc<Self>, lock: &mut Option<AdvisoryLock>) -> Result<Duration, StoreFault> {
        if lock.as_mut().is_none_or(|lock| !lock.is_held()) {
            *lock = self.store.try_lock(store::DELIVERY_LOCK)?;
            if lock.is_none() {
                return Ok(SHARED);
            }
        }
        let wait = self.begin_what_is_due()?;
        Ok(if self.store.is_shared() { wait.min(SHARED) } else { wait })
    }

    fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Acquire)
    }

    fn busy(&self) -> MutexGuard<'_, BTreeSet<Eui64>> {
        self.busy.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives work to whoever is free; how long to wait then, unless the bell rings.
    fn begin_what_is_due(self: &Arc<Self>) -> Result<Duration, StoreFault> {
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
            // Where one User has many messages, they may have hidden another's: look again without that User.
            if due.iter().filter(|message| self.begin(message)).count() == 0 {
                return Ok(AFTER_FAULT);
            }
        }
    }

    /// Gives a message to a worker of its own, unless one is busy with its User.
    fn begin(self: &Arc<Self>, message: &DueMessage) -> bool {
        if !self.busy().insert(message.user) {
            return false;
        }
        let (state, message) = (self.clone(), message.clone());
        let user = message.user;
        let worker = thread::Builder::new().name("outbox-worker".to_owned());
        let worker = worker.spawn(move || {
            let done = Done { state: &state, user };
            state.deliver(&message);
            drop(done);
        });
        if let Err(error) = &worker {
            tracing::error!(%error, "a worker of the outbox cannot be started");
            self.busy().remove(&user);
        }
        worker.is_ok()
    }

    /// One attempt, and what came of it.
    fn deliver(&self, message: &DueMessage) {
        let DueMessage { id, user, attempts, .. } = *message;
        let outcome = self.attempt(message);
        // The reason may name the address, so it goes to the outbox's list and not to the log.
        match &outcome {
            Ok(()) => tracing::info!(number = id, %user, "delivered"),
            Err(_) => tracing::warn!(number = id, %user, attempts = attempts + 1, "not delivered yet"),
        }
        while let Err(fault) = self.note(id, attempts, outcome.clone()) {
            self.store.meter().fault(fault.kind());
            tracing::error!(number = id, fault = %fault, "the outcome of a delivery cannot be kept");
            if self.is_stopping() || matches!(fault, StoreFault::Closed) {
                return;
            }
            thread::sleep(AFTER_FAULT);
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

    fn note(&self, id: i64, attempts: u64, outcome: Result<(), String>) -> Result<(), StoreFault> {
        let now = self.clock.now();
        self.store.transact(move |connection| match &outcome {
            Ok(()) => store::message_delivered(connection, id, now),
            Err(reason) => store::message_failed(connection, id, reason, next_attempt(now.0, attempts)),
        })
    }
}

/// A worker's last act, even where it panics: its User may have the next message.
struct Done<'a> {
    state: &'a DeliveryState,
    user: Eui64,
}

impl Drop for Done<'_> {
    fn drop(&mut self) {
        self.state.busy().remove(&self.user);
        self.state.changed.notify_all();
        self.state.store.outbox_signal().send();
    }
}

/// After 1, 2, 4, ... seconds, then every 15 minutes.
fn next_attempt(now: Timestamp, attempts: u64) -> Timestamp {
    let doubled = u32::try_from(attempts).ok().and_then(|attempts| 2_u64.checked_pow(attempts));
    let seconds = doubled.map_or(LONGEST_WAIT, |factor| factor.saturating_mul(FIRST_WAIT).min(LONGEST_WAIT));
    now.saturating_add(Duration::from_secs(seconds)).unwrap_or(now)
}

fn wait_until(next: Option<Timestamp>, now: Timestamp) -> Duration {
    let until = |next: Timestamp| Duration::try_from(next.duration_since(now)).unwrap_or(Duration::ZERO);
    next.map_or(IDLE, until).min(IDLE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_waits_double_up_to_a_quarter_of_an_hour() {
        let start = Timestamp::UNIX_EPOCH;
        let wait = |attempts| next_attempt(start, attempts).as_second();
        assert_eq!([0, 1, 2, 9].map(wait), [1, 2, 4, 512]);
        assert_eq!([10, 63, 64, u64::MAX].map(wait), [900; 4]);
        assert_eq!(next_attempt(Timestamp::MAX, 3), Timestamp::MAX);
    }

    #[test]
    fn it_waits_for_the_next_message_and_looks_up_in_between() {
        let at = |second| Timestamp::from_second(second).unwrap();
        assert_eq!(wait_until(Some(at(7)), at(5)), Duration::from_secs(2));
        assert_eq!(wait_until(Some(at(5)), at(7)), Duration::ZERO);
        assert_eq!((wait_until(Some(at(500)), at(7)), wait_until(None, at(7))), (IDLE, IDLE));
    }
}
