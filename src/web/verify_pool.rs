//! A thread for each core, for all messages that are decoded and verified: were more of them at it at once, they would take
//! the cores from the store's writer, for whom they all wait next.

use std::{
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{self, Receiver, Sender},
    },
    thread,
};

/// The threads. They end when this is dropped and all that was begun is done.
#[derive(Debug)]
pub(super) struct VerifyPool(Sender<Work>);

type Work = Box<dyn FnOnce() + Send>;

impl VerifyPool {
    /// Starts so many.
    pub(super) fn start(count: usize) -> io::Result<Self> {
        let (sender, queue) = mpsc::channel();
        let queue = Arc::new(Mutex::new(queue));
        for number in 0..count {
            let queue = Arc::clone(&queue);
            let thread = thread::Builder::new().name(format!("core-{number}"));
            thread.spawn(move || serve(&queue))?;
        }
        Ok(Self(sender))
    }

    /// Has the work done by the next that is free, in the order of those who ask. A panic ends the work alone.
    pub(super) fn run(&self, work: impl FnOnce() + Send + 'static) {
        // They wait as long as this is there.
        drop(self.0.send(Box::new(work)));
    }
}

fn serve(queue: &Mutex<Receiver<Work>>) {
    while let Some(work) = next(queue) {
        // Whoever waits for it notices: what would have told it is gone.
        drop(catch_unwind(AssertUnwindSafe(work)));
    }
}

fn next(queue: &Mutex<Receiver<Work>>) -> Option<Work> {
    queue.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_at_once_as_were_started_and_a_panic_takes_none_of_them_away() {
        let verify_pool = VerifyPool::start(2).unwrap();
        for _ in 0..4 {
            verify_pool.run(|| panic!("work for the test"));
        }
        // Each of the two waits until the other is there.
        let (here, there) = (Arc::new(std::sync::Barrier::new(2)), mpsc::channel());
        for number in [1, 2] {
            let (here, tell) = (Arc::clone(&here), there.0.clone());
            verify_pool.run(move || {
                here.wait();
                tell.send(number).unwrap();
            });
        }
        let mut done = [there.1.recv().unwrap(), there.1.recv().unwrap()];
        done.sort_unstable();
        assert_eq!(done, [1, 2]);
    }
}
