//! The commit signal: wakes the thread that delivers the outbox after a commit that put a message there.

use std::{
    cell::Cell,
    sync::{Arc, Condvar, Mutex, PoisonError},
    time::Duration,
};

/// A wake-up signal: a condition variable with a flag, so that a signal that was sent before the wait is not lost.
#[derive(Clone, Debug, Default)]
pub struct CommitSignal(Arc<(Mutex<bool>, Condvar)>);

impl CommitSignal {
    /// Wakes the waiting thread; where none waits, the next wait ends at once.
    pub fn send(&self) {
        let (sent, changed) = &*self.0;
        *sent.lock().unwrap_or_else(PoisonError::into_inner) = true;
        changed.notify_one();
    }

    /// Waits for a signal, at most this long, and clears it.
    pub fn wait(&self, at_most: Duration) {
        let (sent, changed) = &*self.0;
        let sent = sent.lock().unwrap_or_else(PoisonError::into_inner);
        // The flag is tested first and after each wake-up: a spurious one does not end the wait.
        let waited = changed.wait_timeout_while(sent, at_most, |sent| !*sent);
        *waited.unwrap_or_else(PoisonError::into_inner).0 = false;
    }
}

thread_local! {
    /// Whether a job of this thread put a message into the outbox since the flag was last read. A thread-local flag, as jobs
    /// get a connection alone: the code that enqueues would need the store's handle otherwise.
    static QUEUED: Cell<bool> = const { Cell::new(false) };
}

/// Marks the running transaction, so that the signal is sent once it is committed. Before the commit no reader sees the message.
pub(crate) fn signal_on_commit() {
    QUEUED.set(true);
}

/// Reads the mark and clears it. The writer does so after every commit, on the thread that its jobs run on.
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
