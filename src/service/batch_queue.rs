//! The queue between verification and batches: pending requests, and those to retry after a failed batch.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

use super::pending::PendingRequest;

/// The queue of pending requests. Scheduling is separate: a scheduled batch takes what is queued when it begins.
#[derive(Default)]
pub(super) struct BatchQueue(Mutex<Waiting>);

#[derive(Default)]
struct Waiting {
    /// Requests of a failed batch, to be retried one by one, ahead of newer ones.
    retries: VecDeque<PendingRequest>,
    /// The requests of the next batch.
    next: Vec<PendingRequest>,
}

impl BatchQueue {
    /// Adds a request to the next batch. Returns whether a batch must be scheduled for it.
    pub(super) fn push(&self, request: PendingRequest) -> bool {
        let mut waiting = self.lock();
        waiting.next.push(request);
        // Only the first schedules: later ones join the batch that is scheduled already, until it pops them.
        waiting.next.len() == 1
    }

    /// Queues the requests of a failed batch for a retry one by one. The caller must schedule one batch for each.
    pub(super) fn retry_alone(&self, requests: Vec<PendingRequest>) {
        self.lock().retries.extend(requests);
    }

    /// Takes the next batch, whichever request scheduled it.
    pub(super) fn pop(&self) -> Vec<PendingRequest> {
        let mut waiting = self.lock();
        // Each push that schedules, and each retry, leads to one pop. So it does not matter which pop gets which requests:
        // the last pop leaves nothing behind.
        match waiting.retries.pop_front() {
            Some(first) => vec![first],
            None => std::mem::take(&mut waiting.next),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        // No code under the lock can panic half way through a change, so a poisoned lock is as good as any.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
