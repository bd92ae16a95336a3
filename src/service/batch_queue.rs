//! The queue of requests that wait for a batch.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

use super::pending::PendingRequest;

/// The requests that wait for a batch.
#[derive(Default)]
pub(super) struct BatchQueue(Mutex<Waiting>);

#[derive(Default)]
struct Waiting {
    /// Of a failed batch: each is retried in a batch of its own, ahead of newer ones.
    retries: VecDeque<PendingRequest>,
    /// Those of the next batch.
    next: Vec<PendingRequest>,
}

impl BatchQueue {
    /// Adds a request to the next batch; whether it is the first of it, so that a batch must be scheduled.
    pub(super) fn push(&self, request: PendingRequest) -> bool {
        let mut waiting = self.lock();
        waiting.next.push(request);
        waiting.next.len() == 1
    }

    /// Queues the requests of a failed batch for batches of their own; as many must be scheduled as there are.
    pub(super) fn retry_alone(&self, requests: Vec<PendingRequest>) {
        self.lock().retries.extend(requests);
    }

    /// The next batch, whichever request scheduled it.
    pub(super) fn pop(&self) -> Vec<PendingRequest> {
        let mut waiting = self.lock();
        match waiting.retries.pop_front() {
            Some(first) => vec![first],
            None => std::mem::take(&mut waiting.next),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
