//! The cause of a change: who made it, by which request, through which interface.

use crate::domain::{Eui64, RequestId};

/// Who or what made a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cause<'a> {
    /// The User who made it, if one did; over CSPM-N3 the CSP.
    pub user: Option<Eui64>,
    /// The request that made it, if one did.
    pub request_id: Option<RequestId>,
    /// The name of the interface it came through, as the history stores it: `duis`, `import`, `event`.
    pub interface: &'static str,
    /// The reason that the request gives, or the person who acted at the console, if there is one.
    pub reason: Option<&'a str>,
}
