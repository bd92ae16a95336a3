//! The history of SMI Statuses. It keeps every change, even after the Device is removed (SMI.md 2).

use std::collections::BTreeMap;

use diesel::{
    dsl::{max, sql},
    expression::SqlLiteral,
    prelude::*,
    sql_query,
    sql_types::{BigInt, Bool, Nullable, Text},
};

use super::BATCH;
use crate::{
    db::{
        Connection, PgConnection, StoreFault, insert_rows,
        prepared::{self, BindColumn, Statement},
    },
    domain::{Eui64, Now, RequestId, SmiStatus, Timestamp, instant_text},
    store::{
        Cause, PageRequest, Paged,
        stored::{Table, text},
        table::stored_table,
    },
};

stored_table! {
    status_history (id) {
        id -> BigInt,
        device_id -> Text,
        from_status -> Nullable<Text>,
        to_status -> Nullable<Text>,
        changed_at -> Text,
        changed_by -> Nullable<Text>,
        request_id -> Nullable<Text>,
        interface -> Text,
        reason -> Nullable<Text>,
    }
}

const TABLE: Table = Table("status_history");

/// A change of a Device's SMI Status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusChange {
    /// The Device.
    pub device: Eui64,
    /// The status before; absent when the Device joined the inventory.
    pub from: Option<SmiStatus>,
    /// The status since; absent when the Device left the inventory.
    pub to: Option<SmiStatus>,
    /// The instant of the change.
    pub at: Timestamp,
    /// The User or CSP who made it, if one did.
    pub by: Option<Eui64>,
    /// The request that made it, if one did.
    pub request_id: Option<RequestId>,
    /// The interface it came through.
    pub interface: String,
    /// The reason that the request gave, if it gave one.
    pub reason: Option<String>,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = status_history, treat_none_as_default_value = false)]
struct HistoryRow {
    device_id: String,
    from_status: Option<String>,
    to_status: Option<String>,
    changed_at: String,
    changed_by: Option<String>,
    request_id: Option<String>,
    interface: String,
    reason: Option<String>,
}

impl TryFrom<HistoryRow> for StatusChange {
    type Error = StoreFault;

    fn try_from(row: HistoryRow) -> Result<Self, StoreFault> {
        let HistoryRow {
            device_id,
            from_status,
            to_status,
            changed_at,
            changed_by,
            request_id,
            interface,
            reason,
        } = row;
        Ok(Self {
            device: TABLE.value("device_id", &device_id)?,
            from: TABLE.optional("from_status", from_status.as_deref())?,
            to: TABLE.optional("to_status", to_status.as_deref())?,
            at: TABLE.instant("changed_at", &changed_at)?,
            by: TABLE.optional("changed_by", changed_by.as_deref())?,
            request_id: TABLE.optional("request_id", request_id.as_deref())?,
            interface,
            reason,
        })
    }
}

/// A transition: the Device, its status before and its status since.
pub(in crate::store) type StatusTransition = (Eui64, Option<SmiStatus>, Option<SmiStatus>);

impl HistoryRow {
    fn new((device, from, to): StatusTransition, by: &Cause, now: Now) -> Self {
        Self {
            device_id: device.to_string(),
            from_status: text(from.as_ref()),
            to_status: text(to.as_ref()),
            changed_at: instant_text(now.0),
            changed_by: text(by.user.as_ref()),
            request_id: text(by.request_id.as_ref()),
            interface: by.interface.to_owned(),
            reason: by.reason.map(str::to_owned),
        }
    }
}

/// Inserts transitions into the history; those that change nothing are skipped.
pub(in crate::store) fn insert_changes(
    connection: &mut Connection,
    changes: &[StatusTransition],
    by: &Cause,
    now: Now,
) -> Result<(), StoreFault> {
    let changed = changes.iter().filter(|(_, from, to)| from != to);
    let mut rows = changed.map(|change| HistoryRow::new(*change, by, now)).peekable();
    while rows.peek().is_some() {
        let batch = rows.by_ref().take(BATCH).collect::<Vec<_>>();
        insert_rows!(connection, status_history::table, batch)?;
    }
    Ok(())
}

/// The prepared statement of [`insert_all`].
struct InsertAll;

impl Statement for InsertAll {
    const TEXT: &'static [&'static str] = &[
        "INSERT INTO status_history (device_id, from_status, to_status, changed_at, changed_by, request_id, interface, \
        reason) SELECT * FROM unnest(",
        ", ",
        ", ",
        ", ",
        ", ",
        ", ",
        ", ",
        ", ",
        ")",
    ];
}

/// Inserts transitions of many causes on a server by one statement, in their order; those that change nothing are skipped.
pub(in crate::store) fn insert_all(
    connection: &mut PgConnection,
    changes: &[(StatusTransition, Cause, Now)],
) -> Result<(), StoreFault> {
    let changed = changes.iter().filter(|((_, from, to), ..)| from != to);
    let rows = changed.map(|(change, by, now)| HistoryRow::new(*change, by, *now)).collect::<Vec<_>>();
    if rows.is_empty() {
        return Ok(());
    }
    let columns = [
        BindColumn::texts(&rows, |row| Some(&row.device_id)),
        BindColumn::texts(&rows, |row| row.from_status.as_deref()),
        BindColumn::texts(&rows, |row| row.to_status.as_deref()),
        BindColumn::texts(&rows, |row| Some(&row.changed_at)),
        BindColumn::texts(&rows, |row| row.changed_by.as_deref()),
        BindColumn::texts(&rows, |row| row.request_id.as_deref()),
        BindColumn::texts(&rows, |row| Some(&row.interface)),
        BindColumn::texts(&rows, |row| row.reason.as_deref()),
    ];
    prepared::run_with_rows::<InsertAll>(connection, &columns)?;
    Ok(())
}

/// Inserts the changes of status that these lines of a staged file make. Call it before they are merged into the inventory, which
/// still has the status before.
pub(in crate::store) fn insert_staged_changes(
    connection: &mut Connection,
    (first, last): (i64, i64),
    by: &Cause,
    now: Now,
) -> Result<(), StoreFault> {
    let Cause { user, request_id, interface, reason } = by;
    let insert = "INSERT INTO status_history
            (device_id, from_status, to_status, changed_at, changed_by, request_id, interface, reason)
        SELECT staged_devices.device_id, devices.status, staged_devices.status, $1, $2, $3, $4, $5
        FROM staged_devices LEFT JOIN devices ON devices.device_id = staged_devices.device_id
        WHERE staged_devices.line BETWEEN $6 AND $7
            AND devices.status IS DISTINCT FROM staged_devices.status";
    sql_query(insert)
        .bind::<Text, _>(instant_text(now.0))
        .bind::<Nullable<Text>, _>(text(user.as_ref()))
        .bind::<Nullable<Text>, _>(text(request_id.as_ref()))
        .bind::<Text, _>(*interface)
        .bind::<Nullable<Text>, _>(*reason)
        .bind::<BigInt, _>(first)
        .bind::<BigInt, _>(last)
        .execute(connection)?;
    Ok(())
}

/// Loads a page of the changes of a Device's status, oldest first.
///
/// # Errors
/// When the database fails.
pub fn page_of_device(
    connection: &mut Connection,
    device: Eui64,
    page: PageRequest,
) -> Result<Paged<StatusChange>, StoreFault> {
    let rows = status_history::table
        .filter(status_history::device_id.eq(device.to_string()))
        .filter(status_history::id.gt(page.after()))
        .order(status_history::id)
        .limit(page.one_more())
        .select((status_history::id, HistoryRow::as_select()))
        .load::<(i64, HistoryRow)>(connection)?;
    let changes = rows.into_iter().map(|(id, row)| Ok((id, StatusChange::try_from(row)?)));
    Ok(Paged::new(changes.collect::<Result<_, StoreFault>>()?, page))
}

/// The moves that imports made to and from Suspended; the words are those of the index `status_history_suspensions`.
fn suspension_by_import() -> SqlLiteral<Bool> {
    sql("interface = 'import' AND (from_status = 'Suspended' OR to_status = 'Suspended')")
}

/// The first moves to and from Suspended that imports made, after the row of that number; at most so many, each with its number.
///
/// # Errors
/// When the database fails.
pub fn imported_suspensions(
    connection: &mut Connection,
    after: i64,
    limit: i64,
) -> Result<Vec<(i64, StatusChange)>, StoreFault> {
    let rows = status_history::table.filter(suspension_by_import()).filter(status_history::id.gt(after));
    let rows = rows.order(status_history::id).limit(limit);
    let rows =
        rows.select((status_history::id, HistoryRow::as_select())).load::<(i64, HistoryRow)>(connection)?;
    rows.into_iter().map(|(id, row)| Ok((id, StatusChange::try_from(row)?))).collect()
}

/// The number of the last of those moves; 0 where there is none.
///
/// # Errors
/// When the database fails.
pub fn last_suspension(connection: &mut Connection) -> Result<i64, StoreFault> {
    let rows = status_history::table.filter(suspension_by_import()).select(max(status_history::id));
    Ok(rows.get_result::<Option<i64>>(connection)?.unwrap_or_default())
}

/// Looks up the interface through which each Device joined the SMI last.
pub(in crate::store) fn joined_through(
    connection: &mut Connection,
    devices: &[Eui64],
) -> Result<BTreeMap<Eui64, String>, StoreFault> {
    let mut joined = BTreeMap::new();
    for batch in devices.chunks(BATCH) {
        let rows = status_history::table
            .filter(status_history::device_id.eq_any(batch.iter().map(ToString::to_string)))
            .filter(status_history::from_status.is_null())
            .order(status_history::id)
            .select((status_history::device_id, status_history::interface));
        for (id, interface) in rows.load::<(String, String)>(connection)? {
            // Oldest first, so that a Device that joined again ends with its last interface.
            joined.insert(TABLE.value("device_id", &id)?, interface);
        }
    }
    Ok(joined)
}

/// Looks up the status of a Device before its last change, if that change was to `status`. A suspension is undone by it.
///
/// # Errors
/// When the database fails.
pub fn status_before(
    connection: &mut Connection,
    device: Eui64,
    status: SmiStatus,
) -> Result<Option<SmiStatus>, StoreFault> {
    let last = status_history::table
        .filter(status_history::device_id.eq(device.to_string()))
        .order(status_history::id.desc())
        .select((status_history::from_status, status_history::to_status))
        .first::<(Option<String>, Option<String>)>(connection)
        .optional()?;
    // Only the last change counts: an older one of this status was undone since.
    let from = last.filter(|(_, to)| to.as_deref() == Some(status.as_str())).and_then(|(from, _)| from);
    TABLE.optional("from_status", from.as_deref())
}
