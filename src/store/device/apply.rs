//! The application of a decision's changes to a Device.

use super::{
    history::{self, StatusTransition},
    write::{insert, remove, set_chf, set_details, set_mpxn, set_status},
};
use crate::{
    db::{Connection, StoreFault},
    domain::{DeviceChange, Now},
    store::{
        Cause,
        counter::{self, Counter},
    },
};

/// Applies one change; a change of the status is recorded in the history.
///
/// # Errors
/// When the Device is missing or no longer in the status its change starts from, or the database fails.
pub(in crate::store) fn apply(
    connection: &mut Connection,
    change: &DeviceChange,
    by: &Cause,
    now: Now,
) -> Result<(), StoreFault> {
    let moved = write(connection, change)?;
    history::insert_changes(connection, moved.as_slice(), by, now)
}

/// Writes one change; returns the transition of the status for the history, if the change may be one.
fn write(connection: &mut Connection, change: &DeviceChange) -> Result<Option<StatusTransition>, StoreFault> {
    match change {
        DeviceChange::Add(new) => {
            insert(connection, &[new])?;
            Ok(Some((new.id, None, new.status)))
        }
        DeviceChange::SetDetails(id, details) => set_details(connection, *id, details).map(|()| None),
        DeviceChange::SetStatus(change) => {
            set_status(connection, *change)?;
            Ok(Some((change.device, Some(change.from), Some(change.to))))
        }
        DeviceChange::SetMpxn(id, kind, mpxn) => {
            set_mpxn(connection, *id, *kind, mpxn)?;
            // The Supplier of that MPxN may have gained it before.
            counter::next(connection, Counter::SupplierLinks, 1)?;
            Ok(None)
        }
        DeviceChange::SetChf(id, chf) => set_chf(connection, *id, *chf).map(|()| None),
        DeviceChange::Remove(id) => {
            let status = remove(connection, *id)?;
            Ok(Some((*id, status, None)))
        }
    }
}
