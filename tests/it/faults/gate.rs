//! Where the clients and whoever kills the service meet: is it up, where, and how much has been answered.

use std::{
    sync::{
        Condvar, Mutex, MutexGuard,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

/// No client waits longer for one answer, whatever is killed meanwhile.
pub(super) const DEADLINE: Duration = Duration::from_secs(120);

#[derive(Default)]
struct State {
    url: Option<String>,
    /// How often it was started.
    starts: u64,
    answered: u64,
}

/// The meeting place.
#[derive(Default)]
pub(super) struct Gate {
    state: Mutex<State>,
    changed: Condvar,
    closing: AtomicBool,
    /// What stands still.
    complaints: Mutex<Vec<String>>,
}

impl Gate {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    pub(super) fn up(&self, url: &str) {
        let mut state = self.state();
        state.url = Some(url.to_owned());
        state.starts += 1;
        self.changed.notify_all();
    }

    pub(super) fn down(&self) {
        self.state().url = None;
    }

    /// No more new requests; those begun are finished.
    pub(super) fn close(&self) {
        self.closing.store(true, Ordering::Release);
    }

    pub(super) fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Acquire)
    }

    pub(super) fn note_answer(&self) {
        self.state().answered += 1;
        self.changed.notify_all();
    }

    pub(super) fn answered(&self) -> u64 {
        self.state().answered
    }

    pub(super) fn complaints(&self) -> Vec<String> {
        self.complaints.lock().unwrap().clone()
    }

    /// Waits until so many were answered; false where it took too long, which is complained of.
    pub(super) fn wait_for_answers(&self, answered: u64) -> bool {
        let state = self.state();
        let waited = self.changed.wait_timeout_while(state, DEADLINE, |state| state.answered < answered);
        let stands_still = waited.unwrap().1.timed_out();
        if stands_still {
            let complaint = format!("not {answered} answers within {DEADLINE:?}");
            self.complaints.lock().unwrap().push(complaint);
        }
        !stands_still
    }

    /// Where it listens now, and its number of starts; none where it takes too long.
    pub(super) fn wait_until_up(&self) -> Option<(String, u64)> {
        let state = self.state();
        let waited = self.changed.wait_timeout_while(state, DEADLINE, |state| state.url.is_none());
        let state = waited.unwrap().0;
        state.url.clone().map(|url| (url, state.starts))
    }

    /// Waits for the next start, but not long: the service may be up, and only the connection was lost.
    pub(super) fn wait_for_next_start(&self, starts: u64, at_most: Duration) {
        let until = Instant::now() + at_most;
        let mut state = self.state();
        while state.starts == starts && Instant::now() < until {
            let left = until.saturating_duration_since(Instant::now());
            state = self.changed.wait_timeout(state, left).unwrap().0;
        }
    }
}
