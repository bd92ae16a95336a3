//! Users with the end of their certificates.

use std::collections::BTreeMap;

use crate::{
    domain::{Eui64, Now, Timestamp, User},
    service::{App, Fault},
    store,
};

/// A User, and when its certificates end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserWithCertificate {
    /// The User.
    pub user: User,
    /// The end of the certificate that ends last; absent without one, and then nothing that it sends is verified.
    pub certificate_ends: Option<Timestamp>,
    /// Whole days until then; negative once it has ended.
    pub days_left: Option<i64>,
}

impl App {
    /// Users behind that one, in the order of IDs: at most so many.
    ///
    /// # Errors
    /// When the store fails.
    pub fn users_after(&self, after: Option<Eui64>, limit: u16) -> Result<Vec<UserWithCertificate>, Fault> {
        let users =
            self.store().read::<_, Fault>(|connection| Ok(store::users_after(connection, after, limit)?))?;
        Ok(self.with_certificates(users).collect())
    }

    /// A User; none where there is none of that ID.
    ///
    /// # Errors
    /// When the store fails.
    pub fn user(&self, id: Eui64) -> Result<Option<UserWithCertificate>, Fault> {
        let user = self.store().read::<_, Fault>(|connection| Ok(store::find_user(connection, id)?))?;
        Ok(self.with_certificates(user).next())
    }

    fn with_certificates(
        &self,
        users: impl IntoIterator<Item = User>,
    ) -> impl Iterator<Item = UserWithCertificate> {
        let mut ends = BTreeMap::<Eui64, Timestamp>::new();
        for certificate in self.trust().certificates() {
            let end = ends.entry(certificate.eui()).or_insert(certificate.not_after());
            *end = certificate.not_after().max(*end);
        }
        let Now(now) = self.clock().now();
        users.into_iter().map(move |user| {
            let certificate_ends = ends.get(&user.id).copied();
            let days_left =
                certificate_ends.map(|end| end.duration_since(now).as_secs().div_euclid(24 * 60 * 60));
            UserWithCertificate { user, certificate_ends, days_left }
        })
    }
}
