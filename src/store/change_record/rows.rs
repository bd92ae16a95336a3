//! Changes: rows and named queries.

use diesel::prelude::*;

use crate::{
    db::{Connection, StoreFault, insert_rows},
    domain::ChangeRecord,
    store::{
        device::BATCH,
        stored::{Table, text},
        table::stored_table,
    },
};

stored_table! {
    changes (change_id) {
        change_id -> Text,
        reference -> Nullable<Text>,
        implemented_on -> Nullable<Text>,
        title -> Text,
        provider -> Text,
        outcome -> Nullable<Text>,
        incident_category -> Nullable<Text>,
        effect -> Nullable<Text>,
        lesson -> Nullable<Text>,
    }
}

const TABLE: Table = Table("changes");

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = changes, treat_none_as_default_value = false)]
struct ChangeRow {
    change_id: String,
    reference: Option<String>,
    implemented_on: Option<String>,
    title: String,
    provider: String,
    outcome: Option<String>,
    incident_category: Option<String>,
    effect: Option<String>,
    lesson: Option<String>,
}

impl From<&ChangeRecord> for ChangeRow {
    fn from(change: &ChangeRecord) -> Self {
        let ChangeRecord { id, window, implemented_on, title, provider, outcome, incident, effect, lesson } =
            change;
        Self {
            change_id: id.to_string(),
            reference: text(window.as_ref()),
            implemented_on: text(implemented_on.as_ref()),
            title: title.to_string(),
            provider: provider.to_string(),
            outcome: text(outcome.as_ref()),
            incident_category: text(incident.as_ref()),
            effect: text(effect.as_ref()),
            lesson: text(lesson.as_ref()),
        }
    }
}

impl TryFrom<ChangeRow> for ChangeRecord {
    type Error = StoreFault;

    fn try_from(row: ChangeRow) -> Result<Self, StoreFault> {
        Ok(Self {
            id: TABLE.value("change_id", &row.change_id)?,
            window: TABLE.optional("reference", row.reference.as_deref())?,
            implemented_on: TABLE.date("implemented_on", row.implemented_on.as_deref())?,
            title: TABLE.value("title", &row.title)?,
            provider: TABLE.value("provider", &row.provider)?,
            outcome: TABLE.optional("outcome", row.outcome.as_deref())?,
            incident: TABLE.optional("incident_category", row.incident_category.as_deref())?,
            effect: TABLE.optional("effect", row.effect.as_deref())?,
            lesson: TABLE.optional("lesson", row.lesson.as_deref())?,
        })
    }
}

/// Loads every change, in the order of the IDs.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn all(connection: &mut Connection) -> Result<Vec<ChangeRecord>, StoreFault> {
    let rows = changes::table.order(changes::change_id).select(ChangeRow::as_select()).load(connection)?;
    rows.into_iter().map(ChangeRecord::try_from).collect()
}

/// Loads the changes that are made in any of these windows, in the order of the IDs within each part of the windows.
///
/// # Errors
/// As [`all`].
pub fn of_windows(
    connection: &mut Connection,
    references: &[String],
) -> Result<Vec<ChangeRecord>, StoreFault> {
    let mut found = Vec::new();
    for batch in references.chunks(BATCH) {
        let rows = changes::table.filter(changes::reference.eq_any(batch)).order(changes::change_id);
        found.extend(rows.select(ChangeRow::as_select()).load(connection)?);
    }
    found.into_iter().map(ChangeRecord::try_from).collect()
}

/// Puts changes in the place of those with the same IDs.
pub(super) fn replace(connection: &mut Connection, values: &[ChangeRecord]) -> Result<(), StoreFault> {
    for batch in values.chunks(BATCH) {
        let ids = batch.iter().map(|change| change.id.to_string());
        diesel::delete(changes::table.filter(changes::change_id.eq_any(ids))).execute(connection)?;
        let rows = batch.iter().map(ChangeRow::from).collect::<Vec<_>>();
        insert_rows!(connection, changes::table, rows)?;
    }
    Ok(())
}
