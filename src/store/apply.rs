//! Applying what was decided, and nothing else.

use super::{Connection, StoreFault, device, history};
use crate::domain::{Change, Eui64, Now, RequestId};

/// Who or what made a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cause {
    /// The User, if a User did it.
    pub user: Option<Eui64>,
    /// The request, if it came by one.
    pub request_id: Option<RequestId>,
    /// The interface it came through: a Service Request, `import`, `event`.
    pub interface: &'static str,
}

/// Applies the changes in order; each change of a status is kept in the history.
///
/// # Errors
/// When a Device is missing or no longer where its change expects it, or the database fails. The caller's transaction
/// then takes back what was done.
pub fn apply(
    connection: &mut Connection,
    changes: &[Change],
    by: &Cause,
    now: Now,
) -> Result<(), StoreFault> {
    for change in changes {
        let moved = apply_one(connection, change)?;
        history::keep(connection, moved.as_slice(), by, now)?;
    }
    Ok(())
}

fn apply_one(connection: &mut Connection, change: &Change) -> Result<Option<history::Moved>, StoreFault> {
    match change {
        Change::Add(new) => {
            device::insert(connection, &[new])?;
            Ok(Some((new.id, None, new.status)))
        }
        Change::SetDetails(id, details) => device::set_details(connection, *id, details).map(|()| None),
        Change::SetStatus(change) => {
            device::set_status(connection, *change)?;
            Ok(Some((change.device, Some(change.from), Some(change.to))))
        }
        Change::SetMpxn(id, kind, mpxn) => device::set_mpxn(connection, *id, *kind, mpxn).map(|()| None),
        Change::Remove(id) => {
            let status = device::remove(connection, *id)?;
            Ok(Some((*id, status, None)))
        }
    }
}
