//! The feed of changes of all Devices (U8, ours): whoever keeps a copy of the inventory, or of one field of it, goes on where it was.

use std::collections::BTreeSet;

use super::{App, Fault};
use crate::{
    db::{Connection, StoreFault},
    domain::{DeviceField, Eui64, FieldChange, HistoryEvent, Now, RecordedChange, Timestamp},
    store::{self, FeedEnd, FeedPart, FeedPlace, FeedStretch, KnownRecord, LostPlace, PlacedChange},
};

/// The fields that make a Device that of a User.
const SUPPLY_POINTS: [DeviceField; 3] =
    [DeviceField::ImportMpxn, DeviceField::SecondaryImportMpan, DeviceField::ExportMpan];

/// Which changes are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FeedQuestion {
    /// Those of this field; Devices that join and leave all the same, and with a User those that get supply points.
    pub field: Option<DeviceField>,
    /// Those of Devices that this User is registered for now, in any role: a Supplier, or the network operator.
    pub user: Option<Eui64>,
}

impl FeedQuestion {
    /// Whether a change is of the field. Without the Devices that join, or get a supply point of the User, a reader would hear of
    /// corrections of Devices that it does not know.
    fn is_about(&self, change: &RecordedChange) -> bool {
        let is_of_field = self.field.is_none_or(|field| has_field(change, field));
        is_of_field || change.event() != HistoryEvent::Changed || self.may_bring(change)
    }

    /// Whether a Device may come to the User by a change of its supply points.
    fn may_bring(&self, change: &RecordedChange) -> bool {
        self.user.is_some() && SUPPLY_POINTS.iter().any(|field| has_field(change, *field))
    }

    /// Whether the values of then are told with a change.
    fn wants_record(&self, change: &RecordedChange) -> bool {
        match change.event() {
            HistoryEvent::Joined => true,
            HistoryEvent::Changed => self.may_bring(change),
            HistoryEvent::Left => false,
        }
    }
}

fn has_field(change: &RecordedChange, field: DeviceField) -> bool {
    change.fields.iter().any(|of| of.field == field)
}

/// A change of a Device in the feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedChange {
    /// The Device.
    pub device: Eui64,
    /// The change. Of a Device that joins, or may come to the User by it, it has the values that are asked for as they were then.
    pub change: RecordedChange,
    /// Those of them that are not known any more.
    pub unknown: Vec<DeviceField>,
}

/// A page of the feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedPage {
    /// The changes that fit, oldest first.
    pub changes: Vec<FeedChange>,
    /// Where the feed goes on, later too.
    pub next: FeedPlace,
    /// Whether nothing is behind the page now.
    pub is_last: bool,
    /// Since when every change is kept; absent where all are.
    pub kept_since: Option<Timestamp>,
}

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
pub enum FeedFault {
    /// Changes behind the place would be missed.
    #[error(transparent)]
    Lost(#[from] LostPlace),
    /// The service failed.
    #[error(transparent)]
    Service(#[from] Fault),
}

impl From<StoreFault> for FeedFault {
    fn from(fault: StoreFault) -> Self {
        Self::Service(fault.into())
    }
}

impl App {
    /// A page of the changes behind a place. It looks at a bounded number of changes: where few of them fit, it has few, and more may follow.
    ///
    /// # Errors
    /// When the feed cannot go on from that place, or the store fails.
    pub fn change_feed(
        &self,
        asked: FeedQuestion,
        after: Option<FeedPlace>,
        limit: u16,
    ) -> Result<FeedPage, FeedFault> {
        let now = self.clock().now();
        let end = FeedEnd::find(self.store())?;
        // A place that is lost is no fault of the read.
        let page = self.store().read(|connection| match FeedStretch::find(connection, after, end)? {
            Ok(stretch) => page(connection, asked, stretch, limit.into(), now).map(Ok),
            Err(lost) => Ok::<_, StoreFault>(Err(lost)),
        })?;
        Ok(page?)
    }
}

fn page(
    connection: &mut Connection,
    asked: FeedQuestion,
    stretch: FeedStretch,
    limit: usize,
    now: Now,
) -> Result<FeedPage, StoreFault> {
    let FeedPart { mut changes, end, is_last } = store::feed_after(connection, stretch)?;
    changes.retain(|placed| asked.is_about(&placed.change));
    if let Some(user) = asked.user {
        let devices = changes.iter().map(|placed| placed.device).collect::<BTreeSet<_>>();
        let of_user = store::devices_of_user(connection, &devices, user, now)?;
        changes.retain(|placed| of_user.contains(&placed.device));
    }
    let is_cut = changes.len() > limit;
    changes.truncate(limit);
    let next = changes.last().filter(|_| is_cut).map_or(end, |placed| placed.place);
    Ok(FeedPage {
        changes: with_values(connection, changes, asked)?,
        next: stretch.told(next),
        is_last: is_last && !is_cut,
        kept_since: store::changes_kept_since(connection)?,
    })
}

/// Tells the values that Devices had then, where the changes bring Devices to a reader.
fn with_values(
    connection: &mut Connection,
    changes: Vec<PlacedChange>,
    asked: FeedQuestion,
) -> Result<Vec<FeedChange>, StoreFault> {
    let of_record = changes.iter().filter(|placed| asked.wants_record(&placed.change));
    let of_record = of_record.map(|placed| (placed.key, placed.device)).collect::<Vec<_>>();
    let mut records = store::records_after(connection, &of_record)?;
    let filled = changes.into_iter().map(|PlacedChange { key, place: _, device, mut change }| {
        let KnownRecord { values, unknown } = records.remove(&key).unwrap_or_default();
        let is_asked = |of: DeviceField| asked.field.is_none_or(|field| field == of);
        let is_joined = change.event() == HistoryEvent::Joined;
        for (field, value) in values.into_iter().filter(|(field, _)| is_asked(*field)) {
            if !has_field(&change, field) {
                // One that a change left as it was has the same value before and after.
                let before = (!is_joined).then(|| value.clone());
                change.fields.push(FieldChange { field, before, after: Some(value) });
            }
        }
        let unknown = unknown.into_iter().filter(|field| is_asked(*field) && !has_field(&change, *field));
        let unknown = unknown.collect();
        FeedChange { device, change, unknown }
    });
    Ok(filled.collect())
}
