//! Lookups for people who search: the Devices of premises, by what they have in common.

use super::{
    Session,
    device::{self, QUERY_LIMIT},
};
use crate::{
    db::{Connection, StoreFault},
    domain::{Device, Eui64, Mpxn, PostCode, ReadInventory, Uprn},
};

/// The most Devices of premises that [`premises_of_device`] finds.
pub const MAX_OF_PREMISES: usize = QUERY_LIMIT;

/// The Devices of the premises of a Device, itself among them, ordered by Device Type, then by ID; at most [`MAX_OF_PREMISES`].
///
/// # Errors
/// When the database fails.
pub fn premises_of_device(connection: &mut Connection, id: Eui64) -> Result<Vec<Device>, StoreFault> {
    let found = device::load_premises(&mut Session::new(connection), &ReadInventory::DeviceId(id))?;
    Ok(found.into_iter().map(|entry| entry.device).collect())
}

/// The Devices with an MPxN: at most so many.
///
/// # Errors
/// When the database fails.
pub fn devices_with_mpxn(
    connection: &mut Connection,
    mpxn: &Mpxn,
    limit: u16,
) -> Result<Vec<Device>, StoreFault> {
    device::by_mpxn(connection, mpxn, limit.into())
}

/// The Devices with a UPRN: at most so many.
///
/// # Errors
/// When the database fails.
pub fn devices_with_uprn(
    connection: &mut Connection,
    uprn: Uprn,
    limit: u16,
) -> Result<Vec<Device>, StoreFault> {
    device::by_uprn(connection, uprn, limit.into())
}

/// The Devices of a postcode, in any spelling of it: at most so many.
///
/// # Errors
/// When the database fails.
pub fn devices_of_postcode(
    connection: &mut Connection,
    post_code: &PostCode,
    limit: u16,
) -> Result<Vec<Device>, StoreFault> {
    device::by_postcode(connection, &post_code.key(), limit.into())
}
