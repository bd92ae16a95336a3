//! Keeps and lists the last messages that were refused before a decision.

use std::net::SocketAddr;

use super::{App, handover::Reason, message_excerpt::MessageExcerpt, refused_messages::RefusedMessage};
use crate::store::{PageRequest, Paged};

impl App {
    /// Keeps a message that was refused before a decision, for [`App::refusals`]: with the HTTP status of the answer, where it came
    /// from, and its beginning, where its body was read.
    pub fn keep_refusal(
        &self,
        status: u16,
        reason: Reason,
        peer: Option<SocketAddr>,
        excerpt: Option<MessageExcerpt>,
    ) {
        self.0.refusals.push(self.0.clock.now().0, (status, reason), peer, excerpt);
    }

    /// A page of the last messages that were refused before a decision, oldest first.
    pub fn refusals(&self, page: PageRequest) -> Paged<RefusedMessage> {
        self.0.refusals.page(page)
    }

    /// The refused message of that number; none where it is not kept any more, or never was.
    pub fn refusal(&self, number: i64) -> Option<RefusedMessage> {
        self.0.refusals.find(number)
    }
}
