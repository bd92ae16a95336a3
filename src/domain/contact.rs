//! Contacts: who is told what an audience is to know, and where (SERVICE.md 2, 3.5).

use super::{Audience, Eui64, MailAddress, RecipientName};

/// Somebody whom the notices to an audience go to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// The audience.
    pub audience: Audience,
    /// The name, which stands once in an audience.
    pub name: RecipientName,
    /// The User that is reached so, where it is one.
    pub user: Option<Eui64>,
    /// The mail address; one without reads the lists.
    pub mail: Option<MailAddress>,
}
