//! The changes of all Devices as one list, oldest first: the history's rows and the changes that decisions carry, in their order.

use std::collections::BTreeSet;

use diesel::{dsl::max, prelude::*};

use super::{
    decision::{self, decisions},
    device::{BATCH, find_all, history},
    device_history::{ChangeKey, HistoryPlace, Loaded, keyed},
    feed_place::{FeedMarks, FeedPlace, LostPlace},
    registration::of_user,
};
use crate::{
    db::{Connection, OpenBatches, Store, StoreFault},
    domain::{Eui64, Mpxn, Now, RecordedChange},
};

/// The changes that are looked at by one read, whether they fit or not.
const LOOKED_AT: usize = 2_000;

/// A change of a Device in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlacedChange {
    /// The row that has it.
    pub key: ChangeKey,
    /// Where the list goes on behind it.
    pub place: HistoryPlace,
    /// The Device.
    pub device: Eui64,
    /// The change.
    pub change: RecordedChange,
}

/// The end of the list at one moment: whatever is not seen before it by a later read never will be.
#[derive(Clone, Copy, Debug)]
pub struct FeedEnd(HistoryPlace);

impl FeedEnd {
    /// Finds the end now. On a server it waits for the batches of requests that may still write before it.
    ///
    /// # Errors
    /// When the database fails, or such a batch takes too long.
    pub fn find(store: &Store) -> Result<Self, StoreFault> {
        // In this order: the numbers first, then the batches that may have taken lower ones.
        let (end, batches) = store.read(|connection| {
            let newest = decisions::table.select(max(decisions::id)).get_result::<Option<i64>>(connection)?;
            let row = history::last_number(connection)?;
            let end = HistoryPlace { row, decision: newest.unwrap_or_default() };
            Ok::<_, StoreFault>((end, OpenBatches::load(connection)?))
        })?;
        store.wait_for_batches(batches)?;
        Ok(Self(end))
    }
}

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

/// A part of the list, or why there is none behind a place; and how a place in it is told.
#[derive(Clone, Copy, Debug)]
pub struct FeedStretch {
    marks: FeedMarks,
    after: HistoryPlace,
    end: HistoryPlace,
}

impl FeedStretch {
    /// From a place, or from the beginning, to the end.
    ///
    /// # Errors
    /// When the database fails.
    pub fn find(
        connection: &mut Connection,
        after: Option<FeedPlace>,
        FeedEnd(end): FeedEnd,
    ) -> Result<Result<Self, LostPlace>, StoreFault> {
        let marks = FeedMarks::load(connection)?;
        let after = after.map_or(Ok(marks.begin()), |place| marks.check(place, end));
        Ok(after.map(|after| Self { marks, after, end }))
    }

    /// A place in it, as its reader gives it back.
    pub const fn told(self, place: HistoryPlace) -> FeedPlace {
        self.marks.told(place)
    }
}

/// Loads the changes of a stretch: as many as one read looks at.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn feed_after(connection: &mut Connection, stretch: FeedStretch) -> Result<FeedPart, StoreFault> {
    let FeedStretch { marks: _, after, end: to } = stretch;
    let limit = i64::try_from(LOOKED_AT).unwrap_or(i64::MAX);
    let rows = history::changes_between(connection, after.row, to.row, limit)?;
    let mut carried = decision::changes_between(connection, after.decision, to.decision, limit)?;
    let mut is_last = rows.len() + carried.len() < LOOKED_AT;
    // What a decision carries comes after the row that it names, which the next part has.
    if let Some(early) = carried.iter().position(|(_, (behind, _))| *behind > to.row) {
        carried.truncate(early);
        is_last = false;
    }
    let placed = Loaded { rows, decisions: carried, limit: LOOKED_AT }.place_from(after, true);
    let mut end = placed.last().map_or(after, |(place, _)| *place);
    if is_last {
        // Who asks again need not wait for a look at decisions that carry nothing.
        end.decision = end.decision.max(to.decision);
    }
    let changes = keyed(after, placed);
    let changes = changes.map(|(key, place, (device, change))| PlacedChange { key, place, device, change });
    let changes = changes.collect();
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
