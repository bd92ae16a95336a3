//! The staging of an import of where hubs lie.

use diesel::{
    prelude::*,
    sql_query,
    sql_types::{BigInt, Nullable, Text},
};

use super::rows::{COLUMNS, PlaceRow};
use crate::{
    db::{Connection, StoreFault, copy_rows},
    domain::StockRow,
    store::{
        csv::{RowChange, RowChangeKind, differences},
        keyed_staging::{KeyedRow, KeyedTable},
        staging::StageRow,
    },
};

/// The table, and the one that its import is staged in.
const STOCK: KeyedTable =
    KeyedTable { table: "stock", staged: "staged_stock", key: "chf_device_id", columns: COLUMNS };

diesel::table! {
    staged_stock (line) {
        line -> BigInt,
        chf_device_id -> Text,
        location_id -> Text,
        delivered_on -> Nullable<Text>,
        asn -> Nullable<Text>,
        pallet -> Nullable<Text>,
        carton -> Nullable<Text>,
        packaging -> Text,
    }
}

/// A line of stock.csv.
#[derive(Insertable)]
#[diesel(table_name = staged_stock, treat_none_as_default_value = false)]
pub(super) struct StagedPlace {
    line: i64,
    chf_device_id: String,
    location_id: String,
    delivered_on: Option<String>,
    asn: Option<String>,
    pallet: Option<String>,
    carton: Option<String>,
    packaging: String,
}

impl StagedPlace {
    pub(super) fn new(line: u64, row: &StockRow) -> Self {
        let PlaceRow { chf_device_id, location_id, delivered_on, asn, pallet, carton, packaging } =
            row.into();
        // No file has more lines.
        let line = i64::try_from(line).unwrap_or(i64::MAX);
        Self { line, chf_device_id, location_id, delivered_on, asn, pallet, carton, packaging }
    }
}

impl StageRow for StagedPlace {
    const TABLE: &'static str = STOCK.staged;

    fn create(connection: &mut Connection) -> Result<(), StoreFault> {
        STOCK.create(connection)
    }

    fn insert(connection: &mut Connection, rows: &[Self]) -> Result<(), StoreFault> {
        match connection {
            // One by one, by a statement that stays prepared.
            Connection::Sqlite(connection) => rows.iter().try_for_each(|row| {
                diesel::insert_into(staged_stock::table).values(row).execute(connection).map(drop)
            }),
            Connection::Postgres(connection) => copy_rows!(connection, staged_stock::table, rows),
        }?;
        Ok(())
    }
}

#[derive(QueryableByName)]
struct ChangedRow {
    #[diesel(sql_type = Text)]
    row_key: String,
    /// JSON: a list of the values before, and of those after, in the order of the columns.
    #[diesel(sql_type = Nullable<Text>)]
    before: Option<String>,
    #[diesel(sql_type = Text)]
    after: String,
}

impl KeyedRow for StagedPlace {
    const KEYED: KeyedTable = STOCK;

    fn changed_rows(
        connection: &mut Connection,
        from: &str,
        (first, last): (i64, i64),
        limit: usize,
    ) -> Result<Vec<RowChange>, StoreFault> {
        let make = match connection {
            Connection::Sqlite(_) => "json_array",
            Connection::Postgres(_) => "json_build_array",
        };
        let list = |table: &str| {
            let columns = COLUMNS.iter().map(|column| format!("COALESCE({table}.{column}, '')"));
            format!("CAST({make}({}) AS TEXT)", columns.collect::<Vec<_>>().join(", "))
        };
        let (before, after) = (list("stock"), list("staged_stock"));
        let query = format!(
            "SELECT staged_stock.chf_device_id AS row_key, {after} AS after,
                CASE WHEN stock.chf_device_id IS NOT NULL THEN {before} END AS before
            {from} ORDER BY staged_stock.line LIMIT {limit}"
        );
        let rows = sql_query(query).bind::<BigInt, _>(first).bind::<BigInt, _>(last);
        let change = |ChangedRow { row_key, before, after }| {
            // The database wrote both, as lists of texts.
            let cells = |list: &str| serde_json::from_str::<Vec<String>>(list).unwrap_or_default();
            let before = before.as_deref().map(cells);
            let kind = if before.is_some() { RowChangeKind::Changed } else { RowChangeKind::New };
            let values = differences(COLUMNS, before.as_deref(), Some(&cells(&after)));
            RowChange { key: row_key, kind, values }
        };
        Ok(rows.load::<ChangedRow>(connection)?.into_iter().map(change).collect())
    }
}
