//! The verify pool: a thread pool with one thread per core that decodes and verifies all messages.
//!
//! More threads would contend for the cores with the store's writer, for which every message waits next.

use std::{
    num::NonZero,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{self, Receiver, Sender},
    },
    thread,
};

/// A pool of threads with one unbounded queue. The threads end when the pool is dropped and the queue is empty.
#[derive(Debug)]
pub(super) struct VerifyPool {
    // The queue needs no bound: the listeners' permits (`max_in_flight`) bound how much is queued.
    /// The queue; none where no thread could be started, so that the caller does the work itself.
    queue: Option<Sender<Work>>,
}

type Work = Box<dyn FnOnce() + Send>;

impl VerifyPool {
    /// Starts a pool with one thread per core.
    pub(super) fn start() -> Self {
        Self::with_threads(thread::available_parallelism().map_or(2, NonZero::get))
    }

    fn with_threads(count: usize) -> Self {
        let (sender, queue) = mpsc::channel();
        let queue = Arc::new(Mutex::new(queue));
        let started = (0..count).filter(|number| start_thread(*number, &queue)).count();
        Self { queue: (started > 0).then_some(sender) }
    }

    /// Queues work for the next free thread. A panic ends this piece of work only.
    pub(super) fn run(&self, work: impl FnOnce() + Send + 'static) {
        match &self.queue {
            // Sending cannot fail: the threads receive for as long as this sender exists.
            Some(queue) => drop(queue.send(Box::new(work))),
            None => contain(work),
        }
    }
}

fn start_thread(number: usize, queue: &Arc<Mutex<Receiver<Work>>>) -> bool {
    // `std`'s receiver has one consumer, so the threads share it behind a lock. The lock is held while one of them waits,
    // and not while it works.
    let queue = Arc::clone(queue);
    let thread = thread::Builder::new().name(format!("verify-{number}"));
    let started = thread.spawn(move || {
        while let Some(work) = next(&queue) {
            contain(work);
        }
    });
    started.inspect_err(|fault| tracing::error!(%fault, "verify pool thread not started")).is_ok()
}

/// Runs the work and catches a panic, so that the thread survives. The caller still learns of it: the unwinding drops the
/// reply sender that the work owned.
fn contain(work: impl FnOnce()) {
    drop(catch_unwind(AssertUnwindSafe(work)));
}

/// Waits for the next piece of work; none once the pool is dropped and the queue is empty.
fn next(queue: &Mutex<Receiver<Work>>) -> Option<Work> {
    queue.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_at_once_as_there_are_threads_and_a_panic_takes_none_of_them_away() {
        let pool = VerifyPool::with_threads(2);
        for _ in 0..4 {
            pool.run(|| panic!("work for the test"));
        }
        // Each of the two waits until the other is there.
        let (here, there) = (Arc::new(std::sync::Barrier::new(2)), mpsc::channel());
        for number in [1, 2] {
            let (here, tell) = (Arc::clone(&here), there.0.clone());
            pool.run(move || {
                here.wait();
                tell.send(number).unwrap();
            });
        }
        let mut done = [there.1.recv().unwrap(), there.1.recv().unwrap()];
        done.sort_unstable();
        assert_eq!(done, [1, 2]);
    }

    #[test]
    fn without_a_thread_the_caller_does_the_work() {
        let (tell, told) = mpsc::channel();
        let pool = VerifyPool::with_threads(0);
        pool.run(|| panic!("work for the test"));
        pool.run(move || tell.send(thread::current().id()).unwrap());
        assert_eq!(told.try_recv(), Ok(thread::current().id()));
    }
}
