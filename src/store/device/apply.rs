//! The application of a decision's changes to a Device.

use super::{
    history_entry::HistoryEntry,
    history_write,
    query::find,
    write::{
        date_commissioned, insert, not_in_inventory, remove, set_chf, set_details, set_mpxn, set_status,
    },
};
use crate::{
    db::{Connection, StoreFault},
    domain::{Device, DeviceChange, Eui64, Now},
    store::{
        Cause,
        counter::{self, Counter},
    },
};

/// Applies one change, and records it in the history.
///
/// # Errors
/// When the Device is missing or no longer in the status its change starts from, or the database fails.
pub(in crate::store) fn apply(
    connection: &mut Connection,
    change: &DeviceChange,
    by: &Cause,
    now: Now,
) -> Result<(), StoreFault> {
    let entries = write(connection, change)?;
    history_write::insert(connection, &entries, by, now)
}

/// Writes one change; returns its entries for the history: a removal changes other Devices too.
pub(in crate::store) fn write(
    connection: &mut Connection,
    change: &DeviceChange,
) -> Result<Vec<HistoryEntry>, StoreFault> {
    Ok(vec![match change {
        DeviceChange::Add(new) => {
            insert(connection, &[new])?;
            HistoryEntry::joined(new)
        }
        DeviceChange::SetDetails(id, change) => {
            set_details(connection, *id, &change.to)?;
            HistoryEntry::changed(*id, change.fields())
        }
        DeviceChange::SetStatus(change) => {
            let before = match change.date_commissioned {
                Some(_) => date_commissioned(connection, change.device)?,
                None => None,
            };
            set_status(connection, *change)?;
            HistoryEntry::moved(*change, before)
        }
        DeviceChange::SetMpxn(id, kind, mpxn) => {
            let before = known(connection, *id)?;
            set_mpxn(connection, *id, *kind, mpxn)?;
            // The Supplier of that MPxN may have gained it before.
            counter::next(connection, Counter::SupplierLinks, 1)?;
            HistoryEntry::of(change, &before)
        }
        DeviceChange::SetChf(id, chf) => {
            let before = known(connection, *id)?;
            set_chf(connection, *id, *chf)?;
            HistoryEntry::of(change, &before)
        }
        DeviceChange::Remove(id) => {
            let before = known(connection, *id)?;
            let others = remove(connection, *id)?;
            let others = others.iter().map(|other| HistoryEntry::dissociated(other, *id));
            return Ok(std::iter::once(HistoryEntry::left(&before)).chain(others).collect());
        }
    }])
}

fn known(connection: &mut Connection, id: Eui64) -> Result<Device, StoreFault> {
    find(connection, id)?.ok_or_else(|| not_in_inventory(id))
}
