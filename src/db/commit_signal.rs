//! The commit signal: wakes the thread that delivers the outbox after a commit that put a message there.

use std::{
    cell::Cell,
    sync::{Arc, Condvar, Mutex, PoisonError},
    time::Duration,
};

/// A condition variable with one bit of memory: a signal that was sent before the wait ends it at once.
#[derive(Clone, Debug, Default)]
pub struct CommitSignal(Arc<(Mutex<bool>, Condvar)>);

impl CommitSignal {
    /// Wakes the waiting thread, or the next that will wait.
    pub fn send(&self) {
        let (sent, changed) = &*self.0;
        *sent.lock().unwrap_or_else(PoisonError::into_inner) = true;
        changed.notify_one();
    }

    /// Waits until it is sent, at most so long.
    pub fn wait(&self, at_most: Duration) {
        let (sent, changed) = &*self.0;
        let sent = sent.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = changed.wait_timeout_while(sent, at_most, |sent| !*sent);
        *waited.unwrap_or_else(PoisonError::into_inner).0 = false;
    }
}

thread_local! {
    /// Whether a job of this thread put a message into the outbox since the flag was last read.
    static QUEUED: Cell<bool> = const { Cell::new(false) };
}

/// Marks the running transaction: once it is committed, the signal is sent. Before the commit there is nothing to deliver.
pub(crate) fn signal_on_commit() {
    QUEUED.set(true);
}

/// Reads the mark and clears it. Jobs run on the writer's thread, which does so after every commit.
pub(crate) fn take_signal() -> bool {
    QUEUED.take()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signal_before_the_wait_is_not_lost() {
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
