//! A semaphore for threads that wait with a timeout, with a bounded queue.
//!
//! Compared with tokio 1.54: its `blocking_acquire` has no timeout, and its queue no bound. Both matter here: a slow CSP
//! must not hold more threads than its permits and as many again.

use std::{
    num::NonZeroUsize,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// The semaphore of one CSP endpoint: so many permits, and as many threads that wait for one.
#[derive(Debug)]
pub(super) struct Semaphore {
    permits: usize,
    count: Mutex<PermitCount>,
    freed: Condvar,
}

#[derive(Debug)]
struct PermitCount {
    free: usize,
    waiting: usize,
}

/// A permit, returned when it is dropped.
#[derive(Debug)]
pub(super) struct CspPermit<'s>(&'s Semaphore);

impl Semaphore {
    pub(super) const fn new(permits: NonZeroUsize) -> Self {
        let permits = permits.get();
        Self { permits, count: Mutex::new(PermitCount { free: permits, waiting: 0 }), freed: Condvar::new() }
    }

    /// Waits for a permit; none after the timeout, or at once where the queue is full.
    pub(super) fn acquire(&self, timeout: Duration) -> Option<CspPermit<'_>> {
        let mut count = self.count();
        if count.free == 0 {
            if count.waiting >= self.permits {
                return None;
            }
            count.waiting += 1;
            let waited = self.freed.wait_timeout_while(count, timeout, |count| count.free == 0);
            (count, _) = waited.unwrap_or_else(PoisonError::into_inner);
            count.waiting -= 1;
        }
        // After a timeout too: a permit may have been returned at the last moment.
        count.free = count.free.checked_sub(1)?;
        Some(CspPermit(self))
    }

    fn count(&self) -> MutexGuard<'_, PermitCount> {
        self.count.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for CspPermit<'_> {
    fn drop(&mut self) {
        self.0.count().free += 1;
        self.0.freed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permits_are_limited_and_returned() {
        let semaphore = Semaphore::new(NonZeroUsize::new(2).unwrap());
        let first = semaphore.acquire(Duration::ZERO).unwrap();
        let second = semaphore.acquire(Duration::ZERO).unwrap();
        assert!(semaphore.acquire(Duration::from_millis(1)).is_none());
        drop(first);
        std::thread::scope(|scope| {
            let third = semaphore.acquire(Duration::ZERO).unwrap();
            let waiting = scope.spawn(|| semaphore.acquire(Duration::from_secs(60)).is_some());
            drop((second, third));
            assert!(waiting.join().unwrap());
        });
        assert_eq!(semaphore.count().free, 2);
    }

    #[test]
    fn the_queue_is_bounded() {
        let semaphore = Semaphore::new(NonZeroUsize::MIN);
        let held = semaphore.acquire(Duration::ZERO).unwrap();
        let long = Duration::from_secs(60);
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| semaphore.acquire(long).is_some());
            while semaphore.count().waiting == 0 {
                std::thread::yield_now();
            }
            assert!(semaphore.acquire(long).is_none(), "at once");
            drop(held);
            assert!(waiting.join().unwrap());
        });
        assert!(semaphore.acquire(long).is_some());
        let count = semaphore.count();
        assert_eq!((count.free, count.waiting), (1, 0));
    }
}
