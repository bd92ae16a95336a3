//! So many at once and no more; whoever comes then waits a little.

use std::{
    num::NonZeroUsize,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// Places for those that ask one CSP.
#[derive(Debug)]
pub(super) struct Slots {
    free: Mutex<usize>,
    freed: Condvar,
}

/// One of them; it is free again when this is dropped.
#[derive(Debug)]
pub(super) struct Slot<'s>(&'s Slots);

impl Slots {
    pub(super) const fn new(number: NonZeroUsize) -> Self {
        Self { free: Mutex::new(number.get()), freed: Condvar::new() }
    }

    /// One that is free within that time.
    pub(super) fn take(&self, patience: Duration) -> Option<Slot<'_>> {
        let waited = self.freed.wait_timeout_while(self.free(), patience, |free| *free == 0);
        let (mut free, _) = waited.unwrap_or_else(PoisonError::into_inner);
        *free = free.checked_sub(1)?;
        Some(Slot(self))
    }

    fn free(&self) -> MutexGuard<'_, usize> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        *self.0.free() += 1;
        self.0.freed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_so_many_and_each_is_free_again() {
        let slots = Slots::new(NonZeroUsize::new(2).unwrap());
        let first = slots.take(Duration::ZERO).unwrap();
        let second = slots.take(Duration::ZERO).unwrap();
        assert!(slots.take(Duration::from_millis(1)).is_none());
        drop(first);
        std::thread::scope(|scope| {
            let third = slots.take(Duration::ZERO).unwrap();
            let waiting = scope.spawn(|| slots.take(Duration::from_secs(60)).is_some());
            drop((second, third));
            assert!(waiting.join().unwrap());
        });
        assert_eq!(*slots.free(), 2);
    }
}
