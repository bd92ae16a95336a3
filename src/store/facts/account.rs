//! What is known of the sender and of the RequestID.

use crate::{
    domain::{Account, Request},
    store::{Connection, StoreFault, request as requests, user},
};

pub(super) fn load(connection: &mut Connection, request: &Request) -> Result<Account, StoreFault> {
    Ok(Account {
        request_id: requests::use_of(connection, &request.id)?,
        user: user::find(connection, request.id.originator)?,
    })
}
