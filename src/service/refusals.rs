//! Keeps and lists the last messages that were refused before a decision.

use super::{App, handover::Reason, refused_messages::RefusedMessage};
use crate::store::{PageRequest, Paged};

impl App {
    /// Keeps a message that was refused before a decision, for [`App::refusals`].
    pub fn keep_refusal(&self, status: u16, reason: Reason) {
        self.0.refusals.push(self.0.clock.now().0, status, reason);
    }

    /// A page of the last messages that were refused before a decision, oldest first.
    pub fn refusals(&self, page: PageRequest) -> Paged<RefusedMessage> {
        self.0.refusals.page(page)
    }
}
