//! The account of a request: its sender as a User, and what its RequestID was used for before.

use crate::{
    db::StoreFault,
    domain::{Account, Request, RequestIdUse},
    store::Session,
};

pub(in crate::store) fn load(
    session: &mut Session<'_>,
    request: &Request,
    request_id: RequestIdUse,
) -> Result<Account, StoreFault> {
    Ok(Account { request_id, user: session.user(request.id.originator)? })
}
