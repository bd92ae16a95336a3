//! Derogations: rows and named queries.

use diesel::prelude::*;

use super::columns::joined;
use crate::{
    db::{Connection, StoreFault, insert_rows},
    domain::maintenance::Derogation,
    store::{device::BATCH, stored::Table, table::stored_table},
};

stored_table! {
    derogations (derogation_id) {
        derogation_id -> Text,
        rules -> Text,
        windows -> Text,
        from_date -> Text,
        to_date -> Text,
        reason -> Text,
        source -> Text,
    }
}

const TABLE: Table = Table("derogations");

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = derogations)]
struct DerogationRow {
    derogation_id: String,
    rules: String,
    windows: String,
    from_date: String,
    to_date: String,
    reason: String,
    source: String,
}

impl From<&Derogation> for DerogationRow {
    fn from(derogation: &Derogation) -> Self {
        let Derogation { id, rules, references, from, to, reason, source } = derogation;
        Self {
            derogation_id: id.to_string(),
            rules: joined(rules),
            windows: joined(references),
            from_date: from.to_string(),
            to_date: to.to_string(),
            reason: reason.to_string(),
            source: source.to_string(),
        }
    }
}

impl TryFrom<DerogationRow> for Derogation {
    type Error = StoreFault;

    fn try_from(row: DerogationRow) -> Result<Self, StoreFault> {
        Ok(Self {
            id: TABLE.value("derogation_id", &row.derogation_id)?,
            rules: TABLE.list("rules", &row.rules)?.into_iter().collect(),
            references: TABLE.list("windows", &row.windows)?.into_iter().collect(),
            from: TABLE.day("from_date", &row.from_date)?,
            to: TABLE.day("to_date", &row.to_date)?,
            reason: TABLE.value("reason", &row.reason)?,
            source: TABLE.value("source", &row.source)?,
        })
    }
}

/// Loads every derogation, in the order of the IDs.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn all(connection: &mut Connection) -> Result<Vec<Derogation>, StoreFault> {
    let rows = derogations::table
        .order(derogations::derogation_id)
        .select(DerogationRow::as_select())
        .load(connection)?;
    rows.into_iter().map(Derogation::try_from).collect()
}

/// Puts another list in the place of the whole one.
pub(super) fn replace(connection: &mut Connection, values: &[Derogation]) -> Result<(), StoreFault> {
    diesel::delete(derogations::table).execute(connection)?;
    for batch in values.chunks(BATCH) {
        let rows = batch.iter().map(DerogationRow::from).collect::<Vec<_>>();
        insert_rows!(connection, derogations::table, rows)?;
    }
    Ok(())
}
