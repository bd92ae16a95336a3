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
    let user = session.user(request.id.originator)?;
    // The facts about the Device say the rest.
    Ok(Account { request_id, user, counts_as_import_supplier: false })
}
