//! Tickets: futures of the reply to a submitted message.
//!
//! The life cycle of a message is the same for every listener. `submit` returns a [`Ticket`]. The verify pool decodes the
//! message and verifies its signature. A request that needs live coverage waits until the CSPs have answered. A batch of
//! the store's writer decides it. After the commit its [`ReplySender`] completes the ticket.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use tokio::sync::oneshot::{self, Receiver, Sender};

use super::Fault;

/// A future of one reply. Listeners await it, and threads call [`Ticket::wait`].
#[derive(Debug)]
pub struct Ticket<R>(Receiver<Completion<R>>);

/// The sending end of a ticket. If it is dropped without a reply, as by a panic, the ticket gets [`Fault::BrokeOff`].
#[derive(Debug)]
pub(super) struct ReplySender<R>(Sender<Completion<R>>);

/// A closure that counts and logs the result and returns the reply. The ticket runs it on the receiver's thread, so that
/// the writer's thread, which sends it, goes on with the next batch at once.
pub(super) struct Completion<R>(Box<dyn FnOnce() -> Result<R, Fault> + Send>);

impl<R> std::fmt::Debug for Completion<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Completion").finish_non_exhaustive()
    }
}

impl<R> Ticket<R> {
    pub(super) fn new() -> (ReplySender<R>, Self) {
        let (sender, receiver) = oneshot::channel();
        (ReplySender(sender), Self(receiver))
    }

    /// Blocks until the reply is there. The message's changes are committed then. Must not be called in async code, where
    /// it panics.
    ///
    /// # Errors
    /// When the store or the signer fails; nothing was changed then.
    pub fn wait(self) -> Result<R, Fault> {
        self.0.blocking_recv().map_err(|_| Fault::BrokeOff).and_then(Completion::run)
    }
}

impl<R> Future for Ticket<R> {
    type Output = Result<R, Fault>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0)
            .poll(context)
            .map(|sent| sent.map_err(|_| Fault::BrokeOff).and_then(Completion::run))
    }
}

impl<R> ReplySender<R> {
    /// Completes the ticket.
    pub(super) fn send(self, complete: impl FnOnce() -> Result<R, Fault> + Send + 'static) {
        // The receiver may be gone, as when a client closed its connection. The request is decided all the same, and a
        // repetition gets its answer. Only this log line and count are lost.
        drop(self.0.send(Completion(Box::new(complete))));
    }
}

impl<R> Completion<R> {
    fn run(self) -> Result<R, Fault> {
        (self.0)()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_without_a_reply_broke_off() {
        let (sender, ticket) = Ticket::<()>::new();
        drop(sender);
        assert!(matches!(ticket.wait(), Err(Fault::BrokeOff)));
        let (sender, ticket) = Ticket::new();
        sender.send(|| Ok(7));
        assert!(matches!(ticket.wait(), Ok(7)));
    }
}
