//! Messages as they were sent, laid out for people.

use super::{ListedMessageValue, XmlLineValue};
use crate::{
    domain::RequestId,
    duis::xml::pretty::pretty,
    service::{App, Fault},
    store::{self, FirstAnswer},
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

    /// A message of the outbox, by its number.
    ///
    /// # Errors
    /// When the store fails.
    pub fn outbox_message(&self, id: i64) -> Result<Option<(ListedMessageValue, Vec<XmlLineValue>)>, Fault> {
        let found = self.store().read::<_, Fault>(|connection| Ok(store::find_message(connection, id)?))?;
        Ok(found.map(|(listed, bytes)| (listed, laid_out(&bytes).unwrap_or_default())))
    }
}

fn laid_out(message: &[u8]) -> Option<Vec<XmlLineValue>> {
    pretty(std::str::from_utf8(message).ok()?).ok()
}
