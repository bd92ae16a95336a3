//! Users and Parties that a question names. An answer about nobody would look like one about somebody who has nothing.

use super::App;
use crate::{
    db::{Store, StoreFault},
    domain::{Eui64, Malformed, escape_invisible},
    store,
};

/// A value that a question is not answered with.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct RefusedValue {
    /// Its name in a query; on the command line it has `-` for `_`.
    pub field: &'static str,
    /// Why.
    pub reason: Malformed,
}

/// Why a question was not taken.
#[derive(Debug, thiserror::Error)]
pub enum AskedFault {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreFault),
    /// A value is refused.
    #[error("{field}: {0}", field = .0.field)]
    Refused(#[from] RefusedValue),
}

/// Refuses a Party, by its signifier, that no User is of.
///
/// # Errors
/// When there is none, with one that differs in case alone; or when the store fails.
pub fn require_party(store: &Store, signifier: &str) -> Result<(), AskedFault> {
    let users = store.read::<_, StoreFault>(store::all_users)?;
    let mut known = users.iter().map(|user| user.party_signifier.as_str()).filter(|known| !known.is_empty());
    if known.clone().any(|known| known == signifier) {
        return Ok(());
    }
    let like = known.find(|known| known.to_lowercase() == signifier.to_lowercase());
    let like = like.map(|like| format!("; `{}` is", escape_invisible(like))).unwrap_or_default();
    let reason = Malformed::new(signifier, format!("the Party of any User{like}"));
    Err(RefusedValue { field: "party", reason }.into())
}

/// Refuses a User that is not known. `field` is what named it.
///
/// # Errors
/// When it is not known; or when the store fails.
pub fn require_user(store: &Store, field: &'static str, user: Eui64) -> Result<(), AskedFault> {
    if store.read::<_, StoreFault>(|connection| store::find_user(connection, user))?.is_some() {
        return Ok(());
    }
    let reason = Malformed::new(&user.to_string(), "the ID of any User");
    Err(RefusedValue { field, reason }.into())
}

impl App {
    /// As [`require_user`].
    ///
    /// # Errors
    /// When it is not known; or when the store fails.
    pub fn require_user(&self, field: &'static str, user: Eui64) -> Result<(), AskedFault> {
        require_user(self.store(), field, user)
    }
}
