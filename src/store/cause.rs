//! The cause of a change: who made it, by which request, through which interface.

use crate::domain::{Eui64, RequestId};

/// Who or what made a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cause {
    /// The User, if a User did it; over CSPM-N3 the CSP.
    pub user: Option<Eui64>,
    /// The request, if it came by one.
    pub request_id: Option<RequestId>,
    /// The interface it came through: a Service Request, `import`, `event`.
    pub interface: &'static str,
}
