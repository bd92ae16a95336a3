//! So many at once and no more; as many may wait for them a little, and whoever comes then does not.

use std::{
    num::NonZeroUsize,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// Places for those that ask one CSP, and as many for those that wait: a slow one holds up no more than those.
#[derive(Debug)]
pub(super) struct Slots {
    number: usize,
    state: Mutex<SlotCount>,
    freed: Condvar,
}

#[derive(Debug)]
struct SlotCount {
    free: usize,
    waiting: usize,
}

/// One of them; it is free again when this is dropped.
#[derive(Debug)]
pub(super) struct Slot<'s>(&'s Slots);

impl Slots {
    pub(super) const fn new(number: NonZeroUsize) -> Self {
        let number = number.get();
        Self { number, state: Mutex::new(SlotCount { free: number, waiting: 0 }), freed: Condvar::new() }
    }

    /// One that is free within that time; none at once where as many wait as may.
    pub(super) fn take(&self, patience: Duration) -> Option<Slot<'_>> {
        let mut state = self.state();
        if state.free == 0 {
            if state.waiting >= self.number {
                return None;
            }
            state.waiting += 1;
            let waited = self.freed.wait_timeout_while(state, patience, |state| state.free == 0);
            (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
            state.waiting -= 1;
        }
        state.free = state.free.checked_sub(1)?;
        Some(Slot(self))
    }

    fn state(&self) -> MutexGuard<'_, SlotCount> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        self.0.state().free += 1;
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
        assert_eq!(slots.state().free, 2);
    }

    #[test]
    fn as_many_wait_and_no_more() {
        let slots = Slots::new(NonZeroUsize::MIN);
        let held = slots.take(Duration::ZERO).unwrap();
        let long = Duration::from_secs(60);
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| slots.take(long).is_some());
            while slots.state().waiting == 0 {
                std::thread::yield_now();
            }
            assert!(slots.take(long).is_none(), "at once");
            drop(held);
            assert!(waiting.join().unwrap());
        });
        assert!(slots.take(long).is_some());
        let state = slots.state();
        assert_eq!((state.free, state.waiting), (1, 0));
    }
}
