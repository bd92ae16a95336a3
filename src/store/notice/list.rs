//! The list of notices, and one of them.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::rows::{NoticeRow, RecipientRow, notice_recipients, notices};
use crate::{
    db::{Connection, StoreFault},
    domain::{Audience, Notice, NoticeChannel, Recipient},
    store::page::{ListOrder, PageRequest, Paged},
};

diesel::allow_tables_to_appear_in_same_query!(notices, notice_recipients);

/// Which notices are listed: those that fit all that is set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NoticeFilter {
    /// One of their recipients belongs to this audience.
    pub audience: Option<Audience>,
    /// What they are about.
    pub about: Option<String>,
    /// One of their recipients is to be told by this channel, and is not told yet.
    pub pending: Option<NoticeChannel>,
    /// They are of one of these kinds; of any where none is named. What a notice is about is told apart by its kind: `1` may be a schedule
    /// and a window.
    pub kinds: &'static [&'static str],
}

/// A notice with its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyedNotice {
    /// The number.
    pub id: i64,
    /// The notice.
    pub notice: Notice,
}

/// Loads a page of the notices that fit, each with all of its recipients.
///
/// # Errors
/// When the database fails.
pub fn page(
    connection: &mut Connection,
    filter: &NoticeFilter,
    order: ListOrder,
    page: PageRequest,
) -> Result<Paged<KeyedNotice>, StoreFault> {
    let mut query = notices::table
        .select((notices::id, NoticeRow::as_select()))
        .limit(page.one_more())
        .into_boxed::<<Connection as diesel::Connection>::Backend>();
    query = match order {
        ListOrder::OldestFirst => query.filter(notices::id.gt(page.after())).order(notices::id.asc()),
        ListOrder::NewestFirst => query.filter(notices::id.lt(page.before())).order(notices::id.desc()),
    };
    if let Some(about) = &filter.about {
        query = query.filter(notices::about.eq(about));
    }
    if !filter.kinds.is_empty() {
        query = query.filter(notices::kind.eq_any(filter.kinds));
    }
    let recipients = || notice_recipients::table.select(notice_recipients::notice_id);
    if let Some(audience) = filter.audience {
        let of_audience = recipients().filter(notice_recipients::audience.eq(audience.as_str()));
        query = query.filter(notices::id.eq_any(of_audience));
    }
    if let Some(channel) = filter.pending {
        let pending = recipients()
            .filter(notice_recipients::channel.eq(channel.as_str()))
            .filter(notice_recipients::told_at.is_null());
        query = query.filter(notices::id.eq_any(pending));
    }
    let rows = query.load::<(i64, NoticeRow)>(connection)?;
    Ok(Paged::new(with_recipients(connection, rows)?, page))
}

/// Counts the notices of each kind.
///
/// # Errors
/// When the database fails.
pub fn count_by_kind(connection: &mut Connection) -> Result<Vec<(String, u64)>, StoreFault> {
    let rows = notices::table
        .group_by(notices::kind)
        .select((notices::kind, diesel::dsl::count_star()))
        .order(notices::kind)
        .load::<(String, i64)>(connection)?;
    Ok(rows.into_iter().map(|(kind, number)| (kind, number.unsigned_abs())).collect())
}

/// Finds a notice by its number.
///
/// # Errors
/// When the database fails.
pub fn find(connection: &mut Connection, id: i64) -> Result<Option<KeyedNotice>, StoreFault> {
    let row = notices::table.find(id).select((notices::id, NoticeRow::as_select()));
    let rows = row.load::<(i64, NoticeRow)>(connection)?;
    Ok(with_recipients(connection, rows)?.pop().map(|(_, notice)| notice))
}

fn with_recipients(
    connection: &mut Connection,
    rows: Vec<(i64, NoticeRow)>,
) -> Result<Vec<(i64, KeyedNotice)>, StoreFault> {
    let ids = rows.iter().map(|(id, _)| *id).collect::<Vec<_>>();
    let found = notice_recipients::table
        .filter(notice_recipients::notice_id.eq_any(ids))
        .order((notice_recipients::notice_id, notice_recipients::audience, notice_recipients::name))
        .select(RecipientRow::as_select())
        .load::<RecipientRow>(connection)?;
    let mut recipients = BTreeMap::<i64, Vec<Recipient>>::new();
    for row in found {
        recipients.entry(row.notice_id).or_default().push(Recipient::try_from(row)?);
    }
    let keyed = |(id, row): (i64, NoticeRow)| {
        let notice = row.with(recipients.remove(&id).unwrap_or_default())?;
        Ok((id, KeyedNotice { id, notice }))
    };
    rows.into_iter().map(keyed).collect()
}
