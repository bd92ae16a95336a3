//! The heads of the audit chains.

use super::ChainHeadValue;
use crate::{
    service::{App, Fault},
    store,
};

impl App {
    /// The anchor of each chain of decisions, by the chain's name.
    ///
    /// # Errors
    /// When the store fails.
    pub fn audit_heads(&self) -> Result<Vec<(String, ChainHeadValue)>, Fault> {
        self.store().read(|connection| Ok(store::audit_heads(connection)?))
    }
}
