//! Inserts into the history of Devices: of one cause, of many on a server, of a staged file, and of associations that end.

use diesel::{
    prelude::*,
    sql_query,
    sql_types::{BigInt, Nullable, Text},
};

use super::{
    BATCH,
    columns::COLUMNS,
    history::{HistoryRow, status_history},
    history_entry::HistoryEntry,
};
use crate::{
    db::{
        Connection, PgConnection, StoreFault, insert_rows,
        prepared::{self, BindColumn, Statement},
    },
    domain::{DeviceField, Eui64, Now, instant_text},
    store::{Cause, stored::text},
};

/// Inserts entries of one cause.
pub(in crate::store) fn insert(
    connection: &mut Connection,
    entries: &[HistoryEntry],
    by: &Cause,
    now: Now,
) -> Result<(), StoreFault> {
    for batch in entries.chunks(BATCH) {
        let rows = batch.iter().map(|entry| HistoryRow::new(entry, by, now)).collect::<Vec<_>>();
        insert_rows!(connection, status_history::table, rows)?;
    }
    Ok(())
}

/// The prepared statement of [`insert_all`].
struct InsertAll;

impl Statement for InsertAll {
    const TEXT: &'static [&'static str] = &[
        "INSERT INTO status_history (device_id, from_status, to_status, changed_at, changed_by, request_id, interface, \
        reason, changes) SELECT * FROM unnest(",
        ", ",
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

/// Inserts entries of many causes on a server by one statement, in their order.
pub(in crate::store) fn insert_all(
    connection: &mut PgConnection,
    entries: &[(HistoryEntry, Cause, Now)],
) -> Result<(), StoreFault> {
    let rows = entries.iter().map(|(entry, by, now)| HistoryRow::new(entry, by, *now)).collect::<Vec<_>>();
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
        BindColumn::texts(&rows, |row| row.changes.as_deref()),
    ];
    prepared::run_with_rows::<InsertAll>(connection, &columns)?;
    Ok(())
}

/// The prepared statement of [`insert_dissociated`]. An EUI-64 needs no escaping in JSON.
struct InsertDissociated;

impl Statement for InsertDissociated {
    const TEXT: &'static [&'static str] = &[
        "INSERT INTO status_history (device_id, changed_at, changed_by, request_id, interface, reason, changes) \
        SELECT named.device_id, gone.changed_at, gone.changed_by, gone.request_id, gone.interface, gone.reason, \
        '[[\"' || named.field || '\",\"' || gone.device_id || '\",null]]' FROM unnest(",
        ", ",
        ", ",
        ", ",
        ", ",
        ", ",
        ") AS gone (device_id, changed_at, changed_by, request_id, interface, reason) CROSS JOIN LATERAL ( \
        SELECT device_id, 'chf_device_id' AS field FROM devices WHERE chf_device_id = gone.device_id \
        UNION ALL SELECT device_id, 'associated_gpf_device_id' FROM devices \
        WHERE associated_gpf_device_id = gone.device_id \
        UNION ALL SELECT device_id, 'associated_device_id' FROM devices \
        WHERE associated_device_id = gone.device_id) AS named WHERE named.device_id <> ALL(",
        ")",
    ];
}

/// Inserts, on a server and before they end, the associations with Devices that leave the SMI, but for those of the Devices that are
/// `noted` already. One statement, as each is a round trip.
pub(in crate::store) fn insert_dissociated(
    connection: &mut PgConnection,
    removed: &[(Eui64, Cause, Now)],
    noted: &[Eui64],
) -> Result<(), StoreFault> {
    let rows = removed
        .iter()
        .map(|(device, by, now)| HistoryRow::new(&HistoryEntry::changed(*device, Vec::new()), by, *now));
    let rows = rows.collect::<Vec<_>>();
    let noted = noted.iter().map(ToString::to_string).collect::<Vec<_>>();
    let columns = [
        BindColumn::texts(&rows, |row| Some(&row.device_id)),
        BindColumn::texts(&rows, |row| Some(&row.changed_at)),
        BindColumn::texts(&rows, |row| row.changed_by.as_deref()),
        BindColumn::texts(&rows, |row| row.request_id.as_deref()),
        BindColumn::texts(&rows, |row| Some(&row.interface)),
        BindColumn::texts(&rows, |row| row.reason.as_deref()),
        BindColumn::texts(&noted, |id| Some(id)),
    ];
    prepared::run_with_rows::<InsertDissociated>(connection, &columns)?;
    Ok(())
}

/// The SQL of the changes that a staged line makes to these fields of a Device, as [`crate::store::field_changes`] writes them; NULL
/// where it makes none. The database compares, so that no Device is loaded back into memory.
pub(super) fn changes_of_line(connection: &Connection, fields: impl Fn(DeviceField) -> bool) -> String {
    let json = |column: String| match connection {
        Connection::Sqlite(_) => format!("json_quote(CAST({column} AS TEXT))"),
        Connection::Postgres(_) => format!("COALESCE(to_json({column}::text)::text, 'null')"),
    };
    let fields = DeviceField::ALL.iter().filter(|field| fields(**field));
    let written = fields.map(|field| {
        let (before, after) = (json(format!("devices.{field}")), json(format!("staged_devices.{field}")));
        format!(
            "CASE WHEN devices.{field} IS DISTINCT FROM staged_devices.{field}
                THEN ',[\"{field}\",' || {before} || ',' || {after} || ']' ELSE '' END"
        )
    });
    let written = written.collect::<Vec<_>>().join(" || ");
    format!("NULLIF('[' || SUBSTR({written}, 2) || ']', '[]')")
}

/// Inserts the changes that these lines of a staged file make. Call it before they are merged into the inventory, which still has the
/// records before.
pub(in crate::store) fn insert_staged(
    connection: &mut Connection,
    (first, last): (i64, i64),
    by: &Cause,
    now: Now,
) -> Result<(), StoreFault> {
    let Cause { user, request_id, interface, reason } = by;
    let is_other = |column: &&str| format!("devices.{column} IS DISTINCT FROM staged_devices.{column}");
    let is_other = COLUMNS.iter().map(is_other).collect::<Vec<_>>().join(" OR ");
    // A change of status has columns of its own.
    let changes = changes_of_line(connection, |field| field != DeviceField::Status);
    // Of a new Device, as `HistoryEntry::joined` has it.
    let insert = format!(
        "INSERT INTO status_history
            (device_id, from_status, to_status, changed_at, changed_by, request_id, interface, reason, changes)
        SELECT staged_devices.device_id,
            CASE WHEN devices.status IS DISTINCT FROM staged_devices.status THEN devices.status END,
            CASE WHEN devices.status IS DISTINCT FROM staged_devices.status THEN staged_devices.status END,
            $1, $2, $3, $4, $5,
            CASE WHEN devices.device_id IS NOT NULL THEN {changes}
                WHEN staged_devices.status IS NULL
                    THEN '[[\"device_type\",null,\"' || staged_devices.device_type || '\"]]' END
        FROM staged_devices LEFT JOIN devices ON devices.device_id = staged_devices.device_id
        WHERE staged_devices.line BETWEEN $6 AND $7 AND ({is_other})"
    );
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
