//! The feed of changes of all Devices (U8, ours): whoever keeps a copy of the inventory, or of one field of it, goes on where it was.

use std::collections::BTreeSet;

use super::{App, Fault};
use crate::{
    db::{Connection, StoreFault},
    domain::{DeviceField, Eui64, Now, RecordedChange},
    store::{self, FeedPart, HistoryPlace},
};

/// Which changes are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FeedQuestion {
    /// Those of this field.
    pub field: Option<DeviceField>,
    /// Those of Devices that this User is registered for now, in any role: a Supplier, or the network operator.
    pub user: Option<Eui64>,
}

/// A page of the feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedPage {
    /// The changes that fit, oldest first, each with its Device.
    pub changes: Vec<(Eui64, RecordedChange)>,
    /// Where the feed goes on, later too.
    pub next: HistoryPlace,
    /// Whether nothing is behind the page now.
    pub is_last: bool,
}

impl App {
    /// A page of the changes behind a place. It looks at a bounded number of changes: where few of them fit, it has few, and more may follow.
    ///
    /// # Errors
    /// When the store fails.
    pub fn change_feed(
        &self,
        asked: FeedQuestion,
        after: Option<HistoryPlace>,
        limit: u16,
    ) -> Result<FeedPage, Fault> {
        let now = self.clock().now();
        Ok(self.store().read(|connection| page(connection, asked, after, limit.into(), now))?)
    }
}

fn page(
    connection: &mut Connection,
    asked: FeedQuestion,
    after: Option<HistoryPlace>,
    limit: usize,
    now: Now,
) -> Result<FeedPage, StoreFault> {
    let FeedPart { mut changes, end, is_last } = store::feed_after(connection, after)?;
    if let Some(field) = asked.field {
        changes.retain(|(_, _, change)| change.fields.iter().any(|of| of.field == field));
    }
    if let Some(user) = asked.user {
        let devices = changes.iter().map(|(_, device, _)| *device).collect::<BTreeSet<_>>();
        let of_user = store::devices_of_user(connection, &devices, user, now)?;
        changes.retain(|(_, device, _)| of_user.contains(device));
    }
    let is_cut = changes.len() > limit;
    changes.truncate(limit);
    let next = changes.last().filter(|_| is_cut).map_or(end, |(place, _, _)| *place);
    let changes = changes.into_iter().map(|(_, device, change)| (device, change)).collect();
    Ok(FeedPage { changes, next, is_last: is_last && !is_cut })
}
