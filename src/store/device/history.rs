//! The history of Devices: its rows and queries. It keeps every change, even after the Device is removed (SMI.md 2), but for those that
//! a decision carries ([`mod@crate::store::device_history`]).

use diesel::{
    dsl::{max, sql},
    expression::SqlLiteral,
    prelude::*,
    sql_types::Bool,
};

use super::history_entry::HistoryEntry;
use crate::{
    db::{Connection, StoreFault},
    domain::{
        DeviceField, Eui64, FieldChange, Now, RecordedChange, RequestId, SmiStatus, Timestamp, instant_text,
    },
    store::{
        Cause, PageRequest, Paged, field_changes,
        page::Side,
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
        changes -> Nullable<Text>,
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
pub(super) struct HistoryRow {
    pub(super) device_id: String,
    pub(super) from_status: Option<String>,
    pub(super) to_status: Option<String>,
    pub(super) changed_at: String,
    pub(super) changed_by: Option<String>,
    pub(super) request_id: Option<String>,
    pub(super) interface: String,
    pub(super) reason: Option<String>,
    pub(super) changes: Option<String>,
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
            changes: _,
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

impl HistoryRow {
    pub(super) fn new(entry: &HistoryEntry, by: &Cause, now: Now) -> Self {
        let HistoryEntry { device, from, to, fields } = entry;
        // Two equal statuses are no change of the status, and would be taken for one where the last one is looked for.
        let moved =
            |status: &Option<SmiStatus>| status.as_ref().filter(|_| from != to).map(ToString::to_string);
        Self {
            device_id: device.to_string(),
            from_status: moved(from),
            to_status: moved(to),
            changed_at: instant_text(now.0),
            changed_by: text(by.user.as_ref()),
            request_id: text(by.request_id.as_ref()),
            interface: by.interface.to_owned(),
            reason: by.reason.map(str::to_owned),
            changes: field_changes::to_json(fields),
        }
    }
}

impl TryFrom<HistoryRow> for RecordedChange {
    type Error = StoreFault;

    fn try_from(row: HistoryRow) -> Result<Self, StoreFault> {
        let others = field_changes::from_json(TABLE, row.changes.as_deref())?;
        let StatusChange { device: _, from, to, at, by, request_id, interface, reason } =
            StatusChange::try_from(row)?;
        let status = FieldChange::between(DeviceField::Status, from.as_ref(), to.as_ref());
        let fields = status.into_iter().chain(others).collect();
        Ok(Self { at, by, request_id, interface, reason, fields })
    }
}

/// The number of the last row; 0 where there is none.
pub(in crate::store) fn last_number(connection: &mut Connection) -> Result<i64, StoreFault> {
    let last = status_history::table.select(max(status_history::id));
    Ok(last.get_result::<Option<i64>>(connection)?.unwrap_or_default())
}

/// Loads at most `limit` changes of a Device on one side of a row, those next to it first, each with its number.
pub(in crate::store) fn changes_of_device(
    connection: &mut Connection,
    device: Eui64,
    side: Side,
    limit: i64,
) -> Result<Vec<(i64, RecordedChange)>, StoreFault> {
    let rows = status_history::table.filter(status_history::device_id.eq(device.to_string())).into_boxed();
    let rows = match side {
        Side::After(id) => rows.filter(status_history::id.gt(id)).order(status_history::id),
        Side::Before(id) => rows.filter(status_history::id.lt(id)).order(status_history::id.desc()),
    };
    let rows = rows.limit(limit).select((status_history::id, HistoryRow::as_select()));
    let rows = rows.load::<(i64, HistoryRow)>(connection)?;
    rows.into_iter().map(|(id, row)| Ok((id, RecordedChange::try_from(row)?))).collect()
}

/// A change with the number of its row.
pub(in crate::store) type NumberedChange = (i64, RecordedChange);

/// Loads every change of these Devices, the newest first.
pub(in crate::store) fn changes_of_devices(
    connection: &mut Connection,
    devices: &[String],
) -> Result<Vec<(String, NumberedChange)>, StoreFault> {
    let rows = status_history::table.filter(status_history::device_id.eq_any(devices));
    let rows = rows.order(status_history::id.desc()).select((status_history::id, HistoryRow::as_select()));
    let read =
        |(id, row): (i64, HistoryRow)| Ok((row.device_id.clone(), (id, RecordedChange::try_from(row)?)));
    rows.load::<(i64, HistoryRow)>(connection)?.into_iter().map(read).collect()
}

/// A change, and its Device.
pub(in crate::store) type ChangeOfDevice = (Eui64, RecordedChange);

/// Loads at most `limit` changes of any Device behind a row and up to another, oldest first, each with its number.
pub(in crate::store) fn changes_between(
    connection: &mut Connection,
    after: i64,
    to: i64,
    limit: i64,
) -> Result<Vec<(i64, ChangeOfDevice)>, StoreFault> {
    let rows = status_history::table
        .filter(status_history::id.gt(after).and(status_history::id.le(to)))
        .order(status_history::id);
    let rows = rows.limit(limit).select((status_history::id, HistoryRow::as_select()));
    let read = |(id, row): (i64, HistoryRow)| {
        Ok((id, (TABLE.value("device_id", &row.device_id)?, RecordedChange::try_from(row)?)))
    };
    rows.load::<(i64, HistoryRow)>(connection)?.into_iter().map(read).collect()
}

/// Loads what a batch of hub notifications changed of these Devices: pairs of Device and change.
pub(in crate::store) fn changes_by_requests(
    connection: &mut Connection,
    devices: &[String],
    requests: &[String],
) -> Result<Vec<(String, RecordedChange)>, StoreFault> {
    let rows = status_history::table
        .filter(status_history::device_id.eq_any(devices))
        .filter(status_history::request_id.eq_any(requests))
        .order(status_history::id)
        .select(HistoryRow::as_select())
        .load::<HistoryRow>(connection)?;
    rows.into_iter().map(|row| Ok((row.device_id.clone(), RecordedChange::try_from(row)?))).collect()
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
        .filter(is_of_status())
        .order(status_history::id)
        .limit(page.one_more())
        .select((status_history::id, HistoryRow::as_select()))
        .load::<(i64, HistoryRow)>(connection)?;
    let changes = rows.into_iter().map(|(id, row)| Ok((id, StatusChange::try_from(row)?)));
    Ok(Paged::new(changes.collect::<Result<_, StoreFault>>()?, page))
}

/// Rows that tell of a status; the others tell of other fields alone.
fn is_of_status() -> SqlLiteral<Bool> {
    sql("(from_status IS NOT NULL OR to_status IS NOT NULL)")
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
        .filter(is_of_status())
        .order(status_history::id.desc())
        .select((status_history::from_status, status_history::to_status))
        .first::<(Option<String>, Option<String>)>(connection)
        .optional()?;
    // Only the last change counts: an older one of this status was undone since.
    let from = last.filter(|(_, to)| to.as_deref() == Some(status.as_str())).and_then(|(from, _)| from);
    TABLE.optional("from_status", from.as_deref())
}
