//! Ranges of the keys of Devices: what looks at every Device does so range by range, each in a read of its own, so that no read lasts
//! long.

use diesel::prelude::*;

use crate::{
    db::{Connection, StoreFault},
    domain::Eui64,
    store::{device::devices, stored::Table},
};

/// The Devices of one range: a read of part of a second.
const RANGE: i64 = 20_000;

/// Behind every key.
const END: &str = "~";

const TABLE: Table = Table("devices");

/// A range of the keys of Devices: those behind the first one, up to the last one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceRange {
    pub(in crate::store) after: String,
    pub(in crate::store) to: String,
    /// Whether no Device follows.
    pub is_last: bool,
    /// The last Device of the range; absent in the last range.
    pub end: Option<Eui64>,
}

/// The range of Devices behind this one.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn next_range(connection: &mut Connection, after: Option<Eui64>) -> Result<DeviceRange, StoreFault> {
    let after = after.map(|after| after.to_string()).unwrap_or_default();
    let keys = devices::table.filter(devices::device_id.gt(&after)).order(devices::device_id);
    let end = keys.select(devices::device_id).offset(RANGE - 1).first::<String>(connection).optional()?;
    let (to, is_last) = (end.clone().unwrap_or_else(|| END.to_owned()), end.is_none());
    Ok(DeviceRange { after, to, is_last, end: TABLE.optional("device_id", end.as_deref())? })
}
