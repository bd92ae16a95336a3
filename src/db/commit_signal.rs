//! Tells whoever delivers messages that there may be one more to deliver.

use std::{
    cell::Cell,
    sync::{Arc, Condvar, Mutex, PoisonError},
    time::Duration,
};

/// Rung when there may be something to do; a ring is kept until someone waits for it.
#[derive(Clone, Debug, Default)]
pub struct CommitSignal(Arc<(Mutex<bool>, Condvar)>);

impl CommitSignal {
    /// Wakes whoever waits, or the next that will.
    pub fn send(&self) {
        let (rung, changed) = &*self.0;
        *rung.lock().unwrap_or_else(PoisonError::into_inner) = true;
        changed.notify_one();
    }

    /// Waits until it is rung, at most so long.
    pub fn wait(&self, at_most: Duration) {
        let (rung, changed) = &*self.0;
        let rung = rung.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = changed.wait_timeout_while(rung, at_most, |rung| !*rung);
        *waited.unwrap_or_else(PoisonError::into_inner).0 = false;
    }
}

thread_local! {
    /// Whether a job of this thread put a message into the outbox since it was last asked.
    static QUEUED: Cell<bool> = const { Cell::new(false) };
}

/// A message was put into the outbox: the signal is due once that is committed.
pub(crate) fn signal_on_commit() {
    QUEUED.set(true);
}

/// Whether the signal is due. Jobs run on the writer's thread, which asks after every commit.
pub(crate) fn take_signal() -> bool {
    QUEUED.take()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ring_before_the_wait_is_not_lost() {
        let signal = CommitSignal::default();
        signal.clone().send();
        // Were it lost, this would wait longer than any test may take.
        signal.wait(Duration::from_secs(3_600));
        let waiting = std::thread::spawn({
            let signal = signal.clone();
            move || signal.wait(Duration::from_secs(3_600))
        });
        signal.send();
        waiting.join().unwrap();
        signal.wait(Duration::from_millis(1));
    }
}
