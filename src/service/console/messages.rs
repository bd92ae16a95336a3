//! Messages as they were sent, laid out for people.

use super::XmlLineValue;
use crate::{
    domain::RequestId,
    duis::xml::pretty::pretty,
    service::{App, Fault},
    store::{self, FirstAnswer, ListedMessage, OutboxAct},
};

impl App {
    /// The first answer under a RequestID; none where there was none, or it was purged.
    ///
    /// # Errors
    /// When the store fails.
    pub fn answer_to(&self, id: &RequestId) -> Result<Option<Vec<XmlLineValue>>, Fault> {
        let found = self.store().read::<_, Fault>(|connection| Ok(store::first_answer(connection, id)?))?;
        Ok(found.and_then(|FirstAnswer { answer, .. }| laid_out(&answer?)))
    }

    /// A message of the outbox, by its number, with what operators did about it.
    ///
    /// # Errors
    /// When the store fails.
    pub fn outbox_message(&self, id: i64) -> Result<Option<OutboxMessage>, Fault> {
        self.store().read(|connection| {
            let Some((listed, bytes)) = store::find_message(connection, id)? else { return Ok(None) };
            let acts = store::acts_of_message(connection, id)?;
            Ok(Some(OutboxMessage { listed, acts, lines: laid_out(&bytes).unwrap_or_default() }))
        })
    }
}

/// A message of the outbox.
#[derive(Clone, Debug)]
pub struct OutboxMessage {
    /// The message as it is listed.
    pub listed: ListedMessage,
    /// What operators did about it, oldest first.
    pub acts: Vec<OutboxAct>,
    /// Its text, laid out; empty where it cannot be.
    pub lines: Vec<XmlLineValue>,
}

fn laid_out(message: &[u8]) -> Option<Vec<XmlLineValue>> {
    pretty(std::str::from_utf8(message).ok()?).ok()
}
