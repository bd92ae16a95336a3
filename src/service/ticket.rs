//! Tickets: what a listener waits on while a message is processed.
//!
//! The life cycle of a message is the same for every listener. It is submitted, which gives a [`Ticket`]. The verify pool
//! decodes it and verifies its sender. A request that needs a CSP's word is held back until the CSP has answered. A batch of
//! the store's writer decides it, and after the commit its [`ReplySender`] sends the ticket what is left to do.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use tokio::sync::oneshot::{self, Receiver, Sender};

use super::Fault;

/// The right to one reply. A future for listeners; [`Ticket::wait`] is for threads.
#[derive(Debug)]
pub struct Ticket<R>(Receiver<Completion<R>>);

/// The other end of a ticket. Where it is dropped without a reply, as by a panic, the ticket gets [`Fault::BrokeOff`].
#[derive(Debug)]
pub(super) struct ReplySender<R>(Sender<Completion<R>>);

/// Counts and logs how a message ended and gives its reply. The ticket's holder runs it, so that the writer's thread, which
/// mostly sends it, goes on with the next batch.
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

    /// Blocks until the reply is there; what the message did is on the disk then. Not for an asynchronous context.
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
    /// Sends what is left to do. A holder that went away does not need it.
    pub(super) fn send(self, complete: impl FnOnce() -> Result<R, Fault> + Send + 'static) {
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
