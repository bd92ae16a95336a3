//! Decisions by filter, newest first, and one by its key.

use crate::{
    domain::RequestId,
    service::{App, Fault},
    store::{self, DecisionFilter, DecisionPage, KeyedDecision},
};

impl App {
    /// A page of the decisions that fit a filter, newest first, from before the decision with the key `before`.
    ///
    /// # Errors
    /// When the store fails.
    pub fn search_decisions(
        &self,
        filter: &DecisionFilter,
        before: Option<i64>,
        limit: u16,
    ) -> Result<DecisionPage, Fault> {
        self.store().read(|connection| Ok(store::search_decisions(connection, filter, before, limit)?))
    }

    /// A decision by its key, with all decisions of its RequestID, oldest first; none where there is no such decision.
    ///
    /// # Errors
    /// When the store fails.
    pub fn decision(&self, key: i64) -> Result<Option<KeyedDecision>, Fault> {
        self.store().read(|connection| Ok(store::find_decision(connection, key)?))
    }

    /// The decisions of a RequestID with their keys, oldest first: at most so many.
    ///
    /// # Errors
    /// When the store fails.
    pub fn keyed_decisions_of(&self, id: &RequestId, limit: u16) -> Result<Vec<KeyedDecision>, Fault> {
        self.store().read(|connection| Ok(store::keyed_decisions_of_request(connection, id, limit)?))
    }
}
