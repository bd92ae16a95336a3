//! Permits: the limit of messages in flight. A message beyond the limit is refused at once, with a Retry-After.
//!
//! Behind a listener, messages wait for the verify pool and for a batch of the writer. Without a limit these queues would
//! grow without end, and clients would see only timeouts.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{clock::Stopwatch, metrics::Gauge};

/// The maximum of Retry-After in seconds: clients should notice soon that a store is back.
const LONGEST_WAIT: u64 = 30;

/// The permits of a listener: a semaphore, with what its metrics and its Retry-After need.
#[derive(Clone, Debug)]
pub(super) struct Permits {
    semaphore: Arc<Semaphore>,
    limit: usize,
    in_flight: Arc<InFlight>,
}

/// The messages in flight.
#[derive(Debug)]
struct InFlight {
    /// Their number, which the metrics show.
    count: Gauge,
    /// The time since one ended, or since the first one began when none was in flight.
    last_end: Mutex<Stopwatch>,
}

/// A permit. Dropping it releases it.
#[derive(Debug)]
pub(super) struct Permit {
    in_flight: Arc<InFlight>,
    _permit: OwnedSemaphorePermit,
}

/// The error when all permits are taken, with the time until a retry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Overload {
    /// The time in whole seconds.
    pub(super) retry_after: u64,
}

impl Permits {
    pub(super) fn new(limit: usize, count: Gauge) -> Self {
        let in_flight = Arc::new(InFlight { count, last_end: Mutex::new(Stopwatch::start()) });
        // `Semaphore::new` panics above this number.
        let limit = limit.min(Semaphore::MAX_PERMITS);
        Self { semaphore: Arc::new(Semaphore::new(limit)), limit, in_flight }
    }

    /// Takes a permit, or fails at once if none is free.
    pub(super) fn try_acquire(&self) -> Result<Permit, Overload> {
        // After a pause the last end is long ago, which must not count as a wait.
        if self.semaphore.available_permits() == self.limit {
            self.in_flight.restart_wait();
        }
        let Ok(permit) = Arc::clone(&self.semaphore).try_acquire_owned() else {
            return Err(self.overload());
        };
        self.in_flight.count.inc();
        Ok(Permit { in_flight: Arc::clone(&self.in_flight), _permit: permit })
    }

    /// The overload error. Retry-After is the time since a message last ended: one second in normal work, longer if the
    /// store hangs.
    pub(super) fn overload(&self) -> Overload {
        let last_end = self.in_flight.last_end.lock().unwrap_or_else(PoisonError::into_inner);
        let since: Duration = last_end.elapsed();
        Overload { retry_after: since.as_secs().clamp(1, LONGEST_WAIT) }
    }
}

impl InFlight {
    fn restart_wait(&self) {
        *self.last_end.lock().unwrap_or_else(PoisonError::into_inner) = Stopwatch::start();
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        // Before the semaphore's permit is released, which happens when the fields are dropped.
        self.in_flight.restart_wait();
        self.in_flight.count.dec();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_too_many_is_told_to_come_back_and_none_is_counted_twice() {
        let permits = Permits::new(2, Gauge::default());
        let (first, second) = (permits.try_acquire().unwrap(), permits.try_acquire().unwrap());
        for _ in 0..3 {
            assert_eq!(permits.try_acquire().unwrap_err(), Overload { retry_after: 1 });
        }
        drop(first);
        let third = permits.try_acquire().unwrap();
        assert!(permits.try_acquire().is_err());
        drop((second, third));
        assert_eq!(permits.in_flight.count.get(), 0);
    }
}
