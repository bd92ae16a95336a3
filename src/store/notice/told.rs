//! Marks recipients of a notice as told.

use diesel::prelude::*;

use super::rows::notice_recipients;
use crate::{
    db::{Connection, StoreFault},
    domain::{NoticeChannel, Now, RecipientName, instant_text},
};

/// Marks the recipients of that name as told by that channel now. Returns how many are marked anew, and none where the notice has no
/// recipient of that name. One who was told stays as they are: the first time counts.
///
/// # Errors
/// When the database fails.
pub fn mark_told(
    connection: &mut Connection,
    notice: i64,
    name: &RecipientName,
    channel: NoticeChannel,
    now: Now,
) -> Result<Option<usize>, StoreFault> {
    let named = notice_recipients::table
        .filter(notice_recipients::notice_id.eq(notice))
        .filter(notice_recipients::name.eq(name.as_str()));
    if named.count().get_result::<i64>(connection)? == 0 {
        return Ok(None);
    }
    let told = (
        notice_recipients::channel.eq(channel.as_str()),
        notice_recipients::told_at.eq(Some(instant_text(now.0))),
    );
    let pending = named.filter(notice_recipients::told_at.is_null());
    Ok(Some(diesel::update(pending).set(told).execute(connection)?))
}
