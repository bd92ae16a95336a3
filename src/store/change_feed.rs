//! The changes of all Devices as one list, oldest first: the history's rows and the changes that decisions carry, in their order.

use std::collections::BTreeSet;

use diesel::{dsl::max, prelude::*};

use super::{
    decision::{self, decisions},
    device::{BATCH, find_all, history},
    device_history::{HistoryPlace, Loaded},
    registration::of_user,
};
use crate::{
    db::{Connection, StoreFault},
    domain::{Eui64, Mpxn, Now, RecordedChange},
};

/// The changes that are looked at by one read, whether they fit or not.
const LOOKED_AT: usize = 2_000;

/// A change of a Device, with its place in the list.
pub type PlacedChange = (HistoryPlace, Eui64, RecordedChange);

/// A part of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedPart {
    /// The changes, oldest first.
    pub changes: Vec<PlacedChange>,
    /// Where the list goes on.
    pub end: HistoryPlace,
    /// Whether there was nothing behind it.
    pub is_last: bool,
}

/// Loads the changes behind a place: as many as one read looks at.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn feed_after(connection: &mut Connection, after: Option<HistoryPlace>) -> Result<FeedPart, StoreFault> {
    let after = after.unwrap_or(HistoryPlace::BEGIN);
    let newest = decisions::table.select(max(decisions::id)).get_result::<Option<i64>>(connection)?;
    let limit = i64::try_from(LOOKED_AT).unwrap_or(i64::MAX);
    let rows = history::changes_after(connection, after.row, limit)?;
    let carried = decision::changes_after(connection, after.decision, limit)?;
    let is_last = rows.len() + carried.len() < LOOKED_AT;
    let placed = Loaded { rows, decisions: carried, limit: LOOKED_AT }.place_from(after, true);
    let mut end = placed.last().map_or(after, |(place, _)| *place);
    if is_last {
        // Who asks again need not wait for a look at decisions that carry nothing.
        end.decision = end.decision.max(newest.unwrap_or_default());
    }
    let changes = placed.into_iter().map(|(place, (device, change))| (place, device, change)).collect();
    Ok(FeedPart { changes, end, is_last })
}

/// Those of these Devices that are in the SMI, and that the User is registered for now at a supply point of theirs, in any role.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn devices_of_user(
    connection: &mut Connection,
    devices: &BTreeSet<Eui64>,
    user: Eui64,
    now: Now,
) -> Result<BTreeSet<Eui64>, StoreFault> {
    let found = find_all(connection, &Vec::from_iter(devices.iter().copied()))?;
    let points = found.iter().flat_map(|device| device.mpxns.iter().map(|(_, mpxn)| mpxn.clone()));
    let points = Vec::from_iter(points.collect::<BTreeSet<Mpxn>>());
    let mut registered = BTreeSet::new();
    for batch in points.chunks(BATCH) {
        let registrations = of_user(connection, batch, user)?;
        let in_force = registrations.into_iter().filter(|registration| registration.holds_at(now.0));
        registered.extend(in_force.map(|registration| registration.mpxn));
    }
    let is_its = |mpxn: &Mpxn| registered.contains(mpxn);
    let of_user = found.into_iter().filter(|device| device.mpxns.iter().any(|(_, mpxn)| is_its(mpxn)));
    Ok(of_user.map(|device| device.id).collect())
}
