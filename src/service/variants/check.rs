//! What is looked at before suspects are searched for.

use super::SuspectQuestion;
use crate::{
    db::Store,
    service::{App, AskedFault, require_party, require_user},
};

/// Refuses a question about a Party or a User that nobody is.
///
/// # Errors
/// With the value that is refused; or when the store fails.
pub fn check_suspect_question(store: &Store, asked: &SuspectQuestion) -> Result<(), AskedFault> {
    if let Some(party) = &asked.party {
        require_party(store, party)?;
    }
    match asked.correctable_by {
        Some(user) => require_user(store, "correctable_by", user),
        None => Ok(()),
    }
}

impl App {
    /// As [`check_suspect_question`].
    ///
    /// # Errors
    /// With the value that is refused; or when the store fails.
    pub fn check_suspect_question(&self, asked: &SuspectQuestion) -> Result<(), AskedFault> {
        check_suspect_question(self.store(), asked)
    }
}
