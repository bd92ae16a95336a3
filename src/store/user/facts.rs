//! The account of a request: its sender as a User, and the earlier use of its RequestID.

use crate::{
    db::StoreFault,
    domain::{Account, Request, RequestIdUse},
    store::Session,
};

/// Loads the account of a request.
pub(in crate::store) fn load(
    session: &mut Session<'_>,
    request: &Request,
    request_id: RequestIdUse,
) -> Result<Account, StoreFault> {
    Ok(Account { request_id, user: session.user(request.id.originator)? })
}
