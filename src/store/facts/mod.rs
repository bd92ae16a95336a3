//! Loading all that a decision may see, before it is made.

mod account;
mod inventory;
mod place;
mod subject;

use super::{Connection, StoreFault};
use crate::domain::{Body, CspRegion, Facts, Now, Request, Subject};

/// Loads the facts that bear on a request. CSP Regions in `unavailable` cover a place, but cannot answer now.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn load(
    connection: &mut Connection,
    request: &Request,
    now: Now,
    unavailable: &[CspRegion],
) -> Result<Facts, StoreFault> {
    let account = account::load(connection, request)?;
    let subject = match &request.body {
        Body::ReadInventory(key) => Subject::Inventory(inventory::load(connection, key)?),
        Body::UpdateInventory(update) => Subject::Device(subject::load(connection, update, now)?),
        Body::RequestWanMatrix(place) => Subject::Coverage(place::load(connection, place, unavailable)?),
        Body::DevicePrenotification(new) => Subject::NewDevice(subject::load_new(connection, new)?),
    };
    Ok(Facts { account, subject })
}
