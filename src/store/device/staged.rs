//! The staging of an import's Devices, and what their merge into the inventory writes beside them: the history.

use diesel::{
    prelude::*,
    sql_query,
    sql_types::{BigInt, Nullable, Text},
};

use super::columns::{COLUMNS, StagedRow, TABLE, staged_devices};
use crate::{
    db::{Connection, StoreFault, copy_rows},
    domain::Now,
    store::{
        Cause,
        csv::{RowChange, RowChangeKind, ValueChange},
        device::history_write,
        field_changes,
        keyed_staging::{KeyedRow, KeyedTable},
        staging::StageRow,
    },
};

/// The inventory, and the table that its import is staged in.
const INVENTORY: KeyedTable =
    KeyedTable { table: "devices", staged: "staged_devices", key: "device_id", columns: COLUMNS };

impl StageRow for StagedRow {
    const TABLE: &'static str = INVENTORY.staged;

    fn create(connection: &mut Connection) -> Result<(), StoreFault> {
        INVENTORY.create(connection)
    }

    fn insert(connection: &mut Connection, rows: &[Self]) -> Result<(), StoreFault> {
        match connection {
            // One by one, by a statement that stays prepared.
            Connection::Sqlite(connection) => rows.iter().try_for_each(|row| {
                diesel::insert_into(staged_devices::table).values(row).execute(connection).map(drop)
            }),
            Connection::Postgres(connection) => copy_rows!(connection, staged_devices::table, rows),
        }?;
        Ok(())
    }
}

#[derive(QueryableByName)]
struct ChangedRow {
    #[diesel(sql_type = Text)]
    device_id: String,
    #[diesel(sql_type = BigInt)]
    is_known: i64,
    #[diesel(sql_type = Nullable<Text>)]
    changes: Option<String>,
}

impl KeyedRow for StagedRow {
    const KEYED: KeyedTable = INVENTORY;

    /// The history, while the inventory still has the records before.
    fn before_merge(connection: &mut Connection, lines: (i64, i64), now: Now) -> Result<(), StoreFault> {
        let by = Cause { user: None, request_id: None, interface: "import", reason: None };
        history_write::insert_staged(connection, lines, &by, now)
    }

    fn changed_rows(
        connection: &mut Connection,
        from: &str,
        (first, last): (i64, i64),
        limit: usize,
    ) -> Result<Vec<RowChange>, StoreFault> {
        // Of a new Device every value before is NULL.
        let changes = history_write::changes_of_line(connection, |_| true);
        let query = format!(
            "SELECT staged_devices.device_id,
                CAST(CASE WHEN devices.device_id IS NULL THEN 0 ELSE 1 END AS BIGINT) AS is_known,
                {changes} AS changes
            {from} ORDER BY staged_devices.line LIMIT {limit}"
        );
        let rows = sql_query(query).bind::<BigInt, _>(first).bind::<BigInt, _>(last);
        let read = |row: ChangedRow| {
            let changes = field_changes::from_json(TABLE, row.changes.as_deref())?.into_iter();
            // An empty text is no value, as in the file.
            let filled = |text: Option<String>| text.filter(|text| !text.is_empty());
            let values = changes.map(|change| ValueChange {
                column: change.field.to_string(),
                before: filled(change.before),
                after: filled(change.after),
            });
            let values = values.filter(|value| value.before != value.after).collect();
            let kind = if row.is_known == 0 { RowChangeKind::New } else { RowChangeKind::Changed };
            Ok(RowChange { key: row.device_id, kind, values })
        };
        rows.load::<ChangedRow>(connection)?.into_iter().map(read).collect()
    }
}
