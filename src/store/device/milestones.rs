//! When and how Devices joined the SMI and were installed, as their history has it, for many Devices at once.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::{BATCH, history::status_history};
use crate::{
    db::{Connection, StoreFault},
    domain::{Eui64, SmiStatus, Timestamp},
    store::stored::Table,
};

const TABLE: Table = Table("status_history");

/// How a Device joined the SMI.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Joining {
    /// When.
    pub at: Timestamp,
    /// Through which interface, as the history has it.
    pub(in crate::store) interface: String,
}

/// How each of these Devices joined the SMI last.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn last_joined(
    connection: &mut Connection,
    devices: &[Eui64],
) -> Result<BTreeMap<Eui64, Joining>, StoreFault> {
    let mut joined = BTreeMap::new();
    for batch in devices.chunks(BATCH) {
        let rows = status_history::table
            .filter(status_history::device_id.eq_any(batch.iter().map(ToString::to_string)))
            .filter(status_history::from_status.is_null())
            // A row that changes other fields alone has neither status.
            .filter(status_history::to_status.is_not_null())
            .order(status_history::id)
            .select((status_history::device_id, status_history::changed_at, status_history::interface));
        for (id, at, interface) in rows.load::<(String, String, String)>(connection)? {
            // Oldest first, so that of a Device that joined again the last row stays.
            let joining = Joining { at: TABLE.instant("changed_at", &at)?, interface };
            joined.insert(TABLE.value("device_id", &id)?, joining);
        }
    }
    Ok(joined)
}

/// When these Devices were installed: their first move from Pending or Whitelisted to an installed status that no import made. A Device
/// without one is missing.
pub(in crate::store) fn first_installed(
    connection: &mut Connection,
    devices: &[Eui64],
) -> Result<BTreeMap<Eui64, Timestamp>, StoreFault> {
    let mut installed = BTreeMap::new();
    let before = [SmiStatus::Pending, SmiStatus::Whitelisted].map(SmiStatus::as_str);
    for batch in devices.chunks(BATCH) {
        let rows = status_history::table
            .filter(status_history::device_id.eq_any(batch.iter().map(ToString::to_string)))
            .filter(status_history::from_status.eq_any(before))
            .filter(
                status_history::to_status.eq_any(SmiStatus::INSTALLED.iter().map(|status| status.as_str())),
            )
            .filter(status_history::interface.ne("import"))
            .order(status_history::id)
            .select((status_history::device_id, status_history::changed_at));
        for (id, at) in rows.load::<(String, String)>(connection)? {
            let (id, at) = (TABLE.value("device_id", &id)?, TABLE.instant("changed_at", &at)?);
            installed.entry(id).or_insert(at);
        }
    }
    Ok(installed)
}

/// The installed statuses that these Devices once had. One that was never installed is missing.
pub(in crate::store) fn installed_before(
    connection: &mut Connection,
    devices: &[Eui64],
) -> Result<BTreeMap<Eui64, SmiStatus>, StoreFault> {
    let mut installed = BTreeMap::new();
    let statuses = SmiStatus::INSTALLED.iter().map(|status| status.as_str()).collect::<Vec<_>>();
    for batch in devices.chunks(BATCH) {
        let rows = status_history::table
            .filter(status_history::device_id.eq_any(batch.iter().map(ToString::to_string)))
            .filter(status_history::to_status.eq_any(statuses.clone()))
            .order(status_history::id)
            .select((status_history::device_id, status_history::to_status.assume_not_null()));
        for (id, status) in rows.load::<(String, String)>(connection)? {
            installed.insert(TABLE.value("device_id", &id)?, TABLE.value("to_status", &status)?);
        }
    }
    Ok(installed)
}
