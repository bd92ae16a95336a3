//! Every row of every table, as text, read by SQL, so that no code of the service has a say in it.

use std::collections::BTreeMap;

use diesel::{QueryableByName, RunQueryDsl as _, sql_query, sql_types::Text};
use smi::{
    db::{Connection, Store, StoreFault},
    store,
};

/// Tables that jobs and probes write of themselves.
const OF_JOBS: [&str; 4] = ["counters", "answer_tallies", "device_tallies", "audit_heads"];
/// Columns with numbers of a row, and with digests of texts that differ from order to order.
const NUMBERS: [&str; 12] = [
    "id",
    "number",
    "asn",
    "sequence",
    "chain",
    "hash",
    "previous_hash",
    "digest",
    "answer",
    "changes_after",
    "value",
    "first_previous_hash",
];
/// A row that another one is part of, named by what it is instead of by its number.
const PARENTS: [(&str, &str); 2] = [
    ("order_number", "(SELECT reference FROM reflash_orders WHERE number = order_number)"),
    ("notice_id", "(SELECT about || ' ' || kind FROM notices WHERE id = notice_id)"),
];

/// Rows by table: each as text, with how often it is there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Tables(pub(super) BTreeMap<&'static str, BTreeMap<String, i64>>);

#[derive(QueryableByName)]
struct TextRow {
    #[diesel(sql_type = Text)]
    a: String,
}

fn texts(connection: &mut Connection, query: &str) -> Result<Vec<String>, StoreFault> {
    Ok(sql_query(query).load::<TextRow>(connection)?.into_iter().map(|row| row.a).collect())
}

impl Tables {
    /// All of them. As a writer it waits for a transaction that the killed service may have left on a server.
    pub(super) fn of(store: &Store) -> Self {
        store.transact::<_, StoreFault, _>(Self::read).unwrap()
    }

    fn read(connection: &mut Connection) -> Result<Self, StoreFault> {
        let mut tables = Self::default();
        for table in store::table_names().into_iter().filter(|table| !OF_JOBS.contains(table)) {
            let query = query_of(connection, table)?;
            for row in texts(connection, &query)? {
                *tables.0.entry(table).or_default().entry(row).or_default() += 1;
            }
        }
        Ok(tables)
    }

    /// The tables that have rows.
    pub(super) fn names(&self) -> Vec<&'static str> {
        self.0.keys().copied().collect()
    }

    /// The first row of a table with that text in it.
    pub(super) fn row(&self, table: &str, text: &str) -> Option<&str> {
        self.0.get(table)?.keys().find(|row| row.contains(text)).map(String::as_str)
    }

    /// The same with other texts.
    pub(super) fn map(&self, text: impl Fn(&str) -> String) -> Self {
        let mut tables = Self::default();
        for (table, rows) in &self.0 {
            let changed = tables.0.entry(table).or_default();
            rows.iter().for_each(|(row, times)| *changed.entry(text(row)).or_default() += times);
        }
        tables
    }
}

/// The query for a table's rows as text.
fn query_of(connection: &mut Connection, table: &str) -> Result<String, StoreFault> {
    let names = match connection {
        Connection::Sqlite(_) => format!("SELECT name AS a FROM pragma_table_info('{table}') ORDER BY cid"),
        Connection::Postgres(_) => format!(
            "SELECT column_name::text AS a FROM information_schema.columns \
             WHERE table_schema = current_schema() AND table_name = '{table}' ORDER BY ordinal_position"
        ),
    };
    let columns = texts(connection, &names)?;
    let kept = columns.iter().filter(|column| !NUMBERS.contains(&column.as_str()));
    let values = kept.map(|column| {
        let parent = PARENTS.iter().find(|(name, _)| name == column).map(|(_, parent)| *parent);
        format!("'{column}=' || COALESCE(CAST({} AS TEXT), '-')", parent.unwrap_or(column))
    });
    let values = values.collect::<Vec<_>>().join(" || ' | ' || ");
    // Which number an order and its way back have, for those who look for it.
    let numbers = match table {
        "reflash_orders" => {
            " || ' | RF-' || CAST(number AS TEXT) || ' | ASN-' || COALESCE(CAST(asn AS TEXT), '-')"
        }
        _ => "",
    };
    Ok(format!("SELECT {values}{numbers} AS a FROM {table}"))
}

/// What is there now more often than before (positive), or less often.
pub(super) fn difference(before: &Tables, now: &Tables) -> Tables {
    let mut changed = Tables::default();
    let none = BTreeMap::new();
    for table in before.0.keys().chain(now.0.keys()) {
        let (before, now) = (before.0.get(table).unwrap_or(&none), now.0.get(table).unwrap_or(&none));
        let mut rows = now.clone();
        for (row, times) in before {
            *rows.entry(row.clone()).or_default() -= times;
        }
        rows.retain(|_, times| *times != 0);
        if !rows.is_empty() {
            changed.0.insert(table, rows);
        }
    }
    changed
}
