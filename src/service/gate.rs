//! The gate: what changes the store passes it, so that a restore of a state waits for what is under way and holds back what follows.

use std::{sync::Arc, time::Duration};

use tokio::sync::{OwnedRwLockReadGuard, OwnedRwLockWriteGuard, RwLock, RwLockReadGuard};

/// The gate of one service. Clones are one gate.
#[derive(Clone, Debug, Default)]
pub struct Gate(Arc<RwLock<()>>);

/// What is under way; dropped when it is done.
#[derive(Debug)]
pub struct Passed(#[expect(dead_code, reason = "held for its drop")] OwnedRwLockReadGuard<()>);

/// The closed gate; dropping it opens it.
#[derive(Debug)]
pub struct Closed(#[expect(dead_code, reason = "held for its drop")] OwnedRwLockWriteGuard<()>);

impl Gate {
    /// Passes the gate, once it is open. One that passed must not pass again before it is done: a restore that waits in between would
    /// wait for ever.
    pub async fn pass(&self) -> Passed {
        Passed(Arc::clone(&self.0).read_owned().await)
    }

    /// The same for the thread of a job. It panics in async code.
    pub(super) fn pass_blocking(&self) -> RwLockReadGuard<'_, ()> {
        self.0.blocking_read()
    }

    /// Closes the gate, and waits at most so long until all that passed is done; none where that takes longer.
    pub async fn close(&self, at_most: Duration) -> Option<Closed> {
        let closing = tokio::time::timeout(at_most, Arc::clone(&self.0).write_owned());
        closing.await.ok().map(Closed)
    }
}
