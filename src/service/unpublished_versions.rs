//! The Users that claim a schemaVersion that is not published, so that the log says it once for each.

use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
};

use crate::domain::Eui64;

/// The Users whose claim of an unpublished version was logged: once each is enough. Only verified senders get here, so there are
/// no more of them than certificates.
#[derive(Debug, Default)]
pub(super) struct UnpublishedVersions(Mutex<BTreeSet<Eui64>>);

impl UnpublishedVersions {
    /// Whether that User is named for the first time.
    pub(super) fn is_new(&self, user: Eui64) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(user)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_user_is_new_once() {
        let users = UnpublishedVersions::default();
        let [one, other] = [1, 2].map(|last| Eui64::from_octets([0, 0, 0, 0, 0, 0, 0, last]));
        assert_eq!([one, other, one, other].map(|user| users.is_new(user)), [true, true, false, false]);
    }
}
