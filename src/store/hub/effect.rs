//! The effect of decisions about hubs: the bulk insert and update of their Devices, and the history of both.

use crate::{
    db::{Connection, StoreFault},
    domain::{FieldChange, Hub, HubDecision, HubOutcome, HubUpdate, Now},
    store::{
        Cause,
        device::{
            self,
            history_entry::{self, HistoryEntry},
            history_write,
        },
    },
};

/// Applies decisions by a few statements.
pub(super) fn apply(
    connection: &mut Connection,
    decisions: &[HubDecision],
    by: &Cause<'_>,
    now: Now,
) -> Result<(), StoreFault> {
    let decided_as = |outcome| {
        let decided = decisions.iter().filter(move |decision| decision.outcome == outcome);
        decided.filter_map(|decision| decision.hub.as_ref())
    };
    let new = decided_as(HubOutcome::New).collect::<Vec<_>>();
    let updated = decided_as(HubOutcome::Updated).collect::<Vec<_>>();
    replace_devices(connection, &updated)?;
    insert_devices(connection, &new)?;
    let joined = new.iter().flat_map(|hub| [&hub.chf, &hub.gpf]).map(HistoryEntry::joined);
    let changed = decisions.iter().flat_map(|decision| &decision.updates).map(|update| {
        let HubUpdate { device, field, parameter: _, from, to } = update;
        let change = FieldChange { field: *field, before: from.clone(), after: to.clone() };
        HistoryEntry::changed(*device, vec![change])
    });
    let entries = history_entry::merged(joined.chain(changed).collect());
    history_write::insert(connection, &entries, by, now)
}

fn insert_devices(connection: &mut Connection, hubs: &[&Hub]) -> Result<(), StoreFault> {
    let devices = hubs.iter().flat_map(|hub| [&hub.chf, &hub.gpf]).collect::<Vec<_>>();
    device::insert(connection, &devices)
}

/// Replaces Devices by DELETE and INSERT: two statements for hundreds of rows, where UPDATE would be a statement for each.
fn replace_devices(connection: &mut Connection, hubs: &[&Hub]) -> Result<(), StoreFault> {
    let ids = hubs.iter().flat_map(|hub| [hub.chf.id, hub.gpf.id]).collect::<Vec<_>>();
    let deleted = device::delete_returning_status(connection, &ids)?;
    if let Some(missing) = ids.iter().find(|id| !deleted.contains_key(*id)) {
        return Err(device::not_in_inventory(*missing));
    }
    insert_devices(connection, hubs)
}
