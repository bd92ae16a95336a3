//! What is known of the sender and of the RequestID.

use crate::{
    domain::{Account, Request, RequestIdUse},
    store::{Connection, StoreFault, user},
};

pub(super) fn load(
    connection: &mut Connection,
    request: &Request,
    request_id: RequestIdUse,
) -> Result<Account, StoreFault> {
    Ok(Account { request_id, user: user::find(connection, request.id.originator)? })
}
