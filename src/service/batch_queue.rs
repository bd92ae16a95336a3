//! The queues between verification and batches: pending requests, and those to retry after a failed batch.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

use super::pending::PendingRequest;

/// The most requests of a batch where several may be under way. Each has a few locks on the server, whose number is limited.
const MAX_REQUESTS: usize = 64;
/// How many requests must wait before a batch begins beside one that is under way. Smaller batches would cost more statements a request
/// than the overlap of their round trips brings.
const ENOUGH: usize = 16;

/// The queues: requests that only read have batches of their own where several may be under way, decided on a snapshot.
pub(super) struct BatchQueues {
    changing: BatchQueue,
    reading: BatchQueue,
}

impl BatchQueues {
    /// The queues of a store on which so many batches may be under way at once.
    pub(super) fn new(limit: usize) -> Self {
        Self { changing: BatchQueue::new(limit), reading: BatchQueue::new(limit) }
    }

    /// The kind of batch that a request belongs to. A single writer decides all requests in the order of their arrival.
    pub(super) const fn kind_of(&self, request: &PendingRequest) -> BatchKind {
        if self.changing.limit > 1 && !request.verified.request.body.may_change() {
            BatchKind::Reading
        } else {
            BatchKind::Changing
        }
    }

    /// The queue of a kind of batch.
    pub(super) const fn of(&self, kind: BatchKind) -> &BatchQueue {
        match kind {
            BatchKind::Changing => &self.changing,
            BatchKind::Reading => &self.reading,
        }
    }
}

/// What the requests of a batch may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BatchKind {
    /// Change the inventory: they are decided under locks.
    Changing,
    /// Only read it: they are decided on a snapshot, and lock nothing but their RequestIDs.
    Reading,
}

/// A queue of pending requests. Scheduling is separate: a scheduled batch takes what is queued when it begins.
pub(super) struct BatchQueue {
    /// The batches that may be under way at once.
    limit: usize,
    waiting: Mutex<Waiting>,
}

#[derive(Default)]
struct Waiting {
    /// Requests of a failed batch, to be retried one by one, ahead of newer ones.
    retries: VecDeque<PendingRequest>,
    /// The requests of the next batches.
    next: VecDeque<PendingRequest>,
    /// Whether a batch is scheduled that has not begun.
    is_scheduled: bool,
    /// The batches that have begun and not ended.
    under_way: usize,
}

impl BatchQueue {
    /// A queue whose batches run one after the other, or on a server several at once.
    pub(super) fn new(limit: usize) -> Self {
        Self { limit, waiting: Mutex::default() }
    }

    /// Adds a request to the next batch. Returns whether a batch must be scheduled for it.
    pub(super) fn push(&self, request: PendingRequest) -> bool {
        let mut waiting = self.lock();
        waiting.next.push_back(request);
        self.must_schedule(&mut waiting)
    }

    /// Queues the requests of a failed batch for a retry one by one. The caller must schedule one batch for each.
    pub(super) fn retry_alone(&self, requests: Vec<PendingRequest>) {
        self.lock().retries.extend(requests);
    }

    /// Takes the next batch, whichever request scheduled it. The caller must call [`Self::end`] for it once.
    pub(super) fn pop(&self) -> Vec<PendingRequest> {
        let mut waiting = self.lock();
        waiting.under_way += 1;
        // Each push that schedules, and each retry, leads to one pop. So it does not matter which pop gets which requests:
        // the last pop leaves nothing behind.
        if let Some(first) = waiting.retries.pop_front() {
            return vec![first];
        }
        waiting.is_scheduled = false;
        let number = if self.limit > 1 { MAX_REQUESTS.min(waiting.next.len()) } else { waiting.next.len() };
        waiting.next.drain(..number).collect()
    }

    /// Whether a batch must be scheduled for requests that a batch left behind when it took its own.
    pub(super) fn has_left(&self) -> bool {
        self.must_schedule(&mut self.lock())
    }

    /// Counts a batch as ended. Returns whether one must be scheduled for those that wait.
    pub(super) fn end(&self) -> bool {
        let mut waiting = self.lock();
        waiting.under_way = waiting.under_way.saturating_sub(1);
        self.must_schedule(&mut waiting)
    }

    fn must_schedule(&self, waiting: &mut Waiting) -> bool {
        let Waiting { next, is_scheduled, under_way, .. } = waiting;
        if *is_scheduled || next.is_empty() {
            return false;
        }
        // A single writer gets the next batch while one is under way: it waits in the writer's queue, and more requests join it.
        let is_time = self.limit == 1 || *under_way == 0 || (*under_way < self.limit && next.len() >= ENOUGH);
        *is_scheduled = is_time;
        is_time
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        // No code under the lock can panic half way through a change, so a poisoned lock is as good as any.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
