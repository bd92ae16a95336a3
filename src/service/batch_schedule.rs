//! The schedule of batches: when one begins, what becomes of its requests after its commit, and of those of one that failed.

use std::sync::{Arc, OnceLock};

use super::{
    App, Fault,
    batch::Batch,
    batch_queue::BatchKind,
    pending::{Decided, PendingRequest},
};
use crate::{clock::Stopwatch, db::Connection, metrics::Stage};

/// The requests of one scheduled batch, shared by its work and its callback. Set when the transaction first begins, and kept
/// when the store retries the transaction.
type BatchRequests = OnceLock<Vec<PendingRequest>>;

impl App {
    /// Queues a request for the next batch; its ticket gets the reply after the commit.
    pub(super) fn enqueue(&self, request: PendingRequest) {
        let kind = self.0.queues.kind_of(&request);
        if self.0.queues.of(kind).push(request) {
            self.schedule_batch(kind);
        }
    }

    fn schedule_batch(&self, kind: BatchKind) {
        let taken = Arc::new(BatchRequests::new());
        let (app, requests) = (self.clone(), Arc::clone(&taken));
        let work = move |connection: &mut Connection| {
            // Popped when the writer begins, not when the batch is scheduled: all that arrived in between joins it.
            let requests = requests.get_or_init(|| app.0.queues.of(kind).pop());
            if app.0.queues.of(kind).has_left() {
                app.schedule_batch(kind);
            }
            let verified = requests.iter().map(|request| &request.verified).collect::<Vec<_>>();
            let decided = match kind {
                BatchKind::Changing => Batch::new(&app, connection, None).decide_all(&verified),
                BatchKind::Reading => app.0.store.read_for_batch(|snapshot| {
                    Batch::new(&app, connection, Some(snapshot)).decide_all(&verified)
                }),
            };
            Ok::<_, Fault>((decided?, Stopwatch::start()))
        };
        let app = self.clone();
        self.0.store.submit_batch(work, move |outcome| {
            // The store drops the work before it calls back, so this is the last reference.
            let taken = Arc::into_inner(taken).and_then(OnceLock::into_inner);
            // If the transaction never began, its requests are still in the queue, and must not wait for ever.
            app.finish_batch(kind, taken.unwrap_or_else(|| app.0.queues.of(kind).pop()), outcome);
            if app.0.queues.of(kind).end() {
                app.schedule_batch(kind);
            }
        });
    }

    fn finish_batch(
        &self,
        kind: BatchKind,
        requests: Vec<PendingRequest>,
        outcome: Result<(Vec<Decided>, Stopwatch), Fault>,
    ) {
        match outcome {
            Ok((decided, since)) => {
                // `decide_all` keeps the order: the result at each place is that of the request at that place.
                for (request, decided) in requests.into_iter().zip(decided) {
                    self.0.metrics.observe(Stage::Commit, since.elapsed());
                    self.finish(request, Ok(decided));
                }
            }
            Err(fault) => self.finish_failed_batch(kind, requests, fault),
        }
    }

    fn finish_failed_batch(&self, kind: BatchKind, requests: Vec<PendingRequest>, fault: Fault) {
        let requests = match <[PendingRequest; 1]>::try_from(requests) {
            Ok([alone]) => return self.finish(alone, Err(fault)),
            Err(requests) => requests,
        };
        if fault.shared_by_batch().is_none() {
            // One request may have caused it, and the others must not fail with it. The batch was rolled back, so each
            // request can be retried alone. A request that fails alone gets the fault: no retry without end.
            let batches = requests.len();
            self.0.queues.of(kind).retry_alone(requests);
            return (0..batches).for_each(|_| self.schedule_batch(kind));
        }
        for request in requests {
            if let Some(fault) = fault.shared_by_batch() {
                self.finish(request, Err(fault));
            }
        }
    }
}
