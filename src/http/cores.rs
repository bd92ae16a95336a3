//! A core for each message that is decoded and verified: were more of them at it at once, they would take the cores from the
//! store's writer, for whom they all wait next.

use tokio::sync::{Semaphore, SemaphorePermit};

/// The cores of this machine.
#[derive(Debug)]
pub(super) struct Cores(Semaphore);

impl Cores {
    pub(super) fn new(count: usize) -> Self {
        Self(Semaphore::new(count))
    }

    /// Waits for one, in the order of those who ask; it is given back when this is dropped.
    pub(super) async fn take(&self) -> Option<SemaphorePermit<'_>> {
        // Nobody closes it.
        self.0.acquire().await.ok()
    }
}
