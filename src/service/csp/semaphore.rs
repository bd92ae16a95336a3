//! A semaphore for threads that wait with a timeout, with a bounded queue. A slot (a permit, or a seat in the queue) is taken
//! without waiting, so that it can be taken before the thread that will wait is spawned.
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
pub(in crate::service) struct Semaphore {
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
pub(in crate::service) struct CspPermit<'s>(&'s Semaphore);

/// A slot, given back when it is dropped: a permit, or a seat in the queue for one.
#[derive(Debug)]
pub(in crate::service) enum CspSlot<'s> {
    Permit(CspPermit<'s>),
    Seat(QueueSeat<'s>),
}

/// A seat in the queue.
#[derive(Debug)]
pub(in crate::service) struct QueueSeat<'s>(&'s Semaphore);

impl Semaphore {
    pub(in crate::service) const fn new(permits: NonZeroUsize) -> Self {
        let permits = permits.get();
        Self { permits, count: Mutex::new(PermitCount { free: permits, waiting: 0 }), freed: Condvar::new() }
    }

    /// Takes a slot, without waiting; none where the queue is full.
    pub(in crate::service) fn try_enter(&self) -> Option<CspSlot<'_>> {
        let mut count = self.count();
        if let Some(free) = count.free.checked_sub(1) {
            count.free = free;
            return Some(CspSlot::Permit(CspPermit(self)));
        }
        if count.waiting >= self.permits {
            return None;
        }
        count.waiting += 1;
        Some(CspSlot::Seat(QueueSeat(self)))
    }

    fn count(&self) -> MutexGuard<'_, PermitCount> {
        self.count.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<'s> CspSlot<'s> {
    /// Waits for the permit, where the slot is a seat in the queue; none after the timeout.
    pub(in crate::service) fn wait(self, timeout: Duration) -> Option<CspPermit<'s>> {
        match self {
            Self::Permit(permit) => Some(permit),
            Self::Seat(seat) => seat.wait(timeout),
        }
    }
}

impl<'s> QueueSeat<'s> {
    fn wait(self, timeout: Duration) -> Option<CspPermit<'s>> {
        let semaphore = self.0;
        let waited = semaphore.freed.wait_timeout_while(semaphore.count(), timeout, |count| count.free == 0);
        let (mut count, _) = waited.unwrap_or_else(PoisonError::into_inner);
        // After a timeout too: a permit may have been returned at the last moment.
        let free = count.free.checked_sub(1);
        count.free = free.unwrap_or_default();
        // Before the seat is dropped, which takes the lock again.
        drop(count);
        free.map(|_| CspPermit(semaphore))
    }
}

impl Drop for QueueSeat<'_> {
    fn drop(&mut self) {
        self.0.count().waiting -= 1;
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

    /// Takes a slot and waits for its permit.
    fn acquire(semaphore: &Semaphore, timeout: Duration) -> Option<CspPermit<'_>> {
        semaphore.try_enter()?.wait(timeout)
    }

    #[test]
    fn permits_are_limited_and_returned() {
        let semaphore = Semaphore::new(NonZeroUsize::new(2).unwrap());
        let first = acquire(&semaphore, Duration::ZERO).unwrap();
        let second = acquire(&semaphore, Duration::ZERO).unwrap();
        assert!(acquire(&semaphore, Duration::from_millis(1)).is_none());
        drop(first);
        std::thread::scope(|scope| {
            let third = acquire(&semaphore, Duration::ZERO).unwrap();
            let waiting = scope.spawn(|| acquire(&semaphore, Duration::from_secs(60)).is_some());
            drop((second, third));
            assert!(waiting.join().unwrap());
        });
        assert_eq!(semaphore.count().free, 2);
    }

    #[test]
    fn the_queue_is_bounded() {
        let semaphore = Semaphore::new(NonZeroUsize::MIN);
        let held = acquire(&semaphore, Duration::ZERO).unwrap();
        let long = Duration::from_secs(60);
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| acquire(&semaphore, long).is_some());
            while semaphore.count().waiting == 0 {
                std::thread::yield_now();
            }
            assert!(acquire(&semaphore, long).is_none(), "at once");
            drop(held);
            assert!(waiting.join().unwrap());
        });
        assert!(acquire(&semaphore, long).is_some());
        let count = semaphore.count();
        assert_eq!((count.free, count.waiting), (1, 0));
    }

    #[test]
    fn a_slot_that_is_given_back_unused_leaves_nothing_behind() {
        let semaphore = Semaphore::new(NonZeroUsize::MIN);
        let (permit, seat) = (semaphore.try_enter().unwrap(), semaphore.try_enter().unwrap());
        assert!(matches!((&permit, &seat), (CspSlot::Permit(_), CspSlot::Seat(_))));
        assert!(semaphore.try_enter().is_none(), "at once");
        drop((permit, seat));
        let count = semaphore.count();
        assert_eq!((count.free, count.waiting), (1, 0));
    }
}
