//! Notices: listed, and marked as told.

use super::{App, Fault};
use crate::{
    db::{Connection, StoreFault},
    domain::{Act, ActArea, ActorName, NoticeChannel, RecipientName},
    store::{self, KeyedNotice, ListOrder, NoticeFilter, PageRequest, Paged},
};

impl App {
    /// A page of the notices that fit.
    ///
    /// # Errors
    /// When the store fails.
    pub fn notices(
        &self,
        filter: &NoticeFilter,
        order: ListOrder,
        page: PageRequest,
    ) -> Result<Paged<KeyedNotice>, Fault> {
        self.store().read(|connection| Ok(store::notices_page(connection, filter, order, page)?))
    }

    /// A notice; none where there is none of that number.
    ///
    /// # Errors
    /// When the store fails.
    pub fn notice(&self, id: i64) -> Result<Option<KeyedNotice>, Fault> {
        self.store().read(|connection| Ok(store::find_notice(connection, id)?))
    }

    /// Marks the recipients of that name as told by that channel now, which is an act; one who was told stays as they are. Returns
    /// the notice, and none where there is no such notice or recipient.
    ///
    /// # Errors
    /// When the store fails.
    pub fn mark_told(
        &self,
        id: i64,
        name: RecipientName,
        channel: NoticeChannel,
        by: ActorName,
    ) -> Result<Option<KeyedNotice>, Fault> {
        let now = self.clock().now();
        let mark = move |connection: &mut Connection| {
            let Some(told) = store::mark_notice_told(connection, id, &name, channel, now)? else {
                return Ok(None);
            };
            if told > 0 {
                let act = Act::new(ActArea::Notices, id, "told", by.clone(), now.0);
                let act = Act { to: Some(channel.to_string()), detail: Some(name.to_string()), ..act };
                store::record_act(connection, &act)?;
            }
            store::find_notice(connection, id)
        };
        Ok(self.store().transact::<_, StoreFault, _>(mark)?)
    }
}
