//! The revisions of months.

use diesel::prelude::*;

use crate::{
    db::{Connection, StoreFault, insert_rows},
    domain::{LondonMonth, instant_text, maintenance::MonthSchedule},
    store::{
        stored::{Table, text},
        table::stored_table,
    },
};

stored_table! {
    maintenance_schedules (month, revision) {
        month -> Text,
        revision -> BigInt,
        published_at -> Text,
        published_by -> Text,
        late -> Bool,
        rule_set -> Text,
        note -> Nullable<Text>,
    }
}

const TABLE: Table = Table("maintenance_schedules");

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = maintenance_schedules, treat_none_as_default_value = false)]
struct ScheduleRow {
    month: String,
    revision: i64,
    published_at: String,
    published_by: String,
    late: bool,
    rule_set: String,
    note: Option<String>,
}

impl TryFrom<ScheduleRow> for MonthSchedule {
    type Error = StoreFault;

    fn try_from(row: ScheduleRow) -> Result<Self, StoreFault> {
        let revision = u32::try_from(row.revision).map_err(|error| TABLE.corrupt("revision", &error))?;
        Ok(Self {
            month: TABLE.value("month", &row.month)?,
            revision,
            published_at: TABLE.instant("published_at", &row.published_at)?,
            by: TABLE.value("published_by", &row.published_by)?,
            late: row.late,
            rule_set: TABLE.value("rule_set", &row.rule_set)?,
            note: TABLE.optional("note", row.note.as_deref())?,
        })
    }
}

/// Loads the revisions of a month, the first one first.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn of_month(connection: &mut Connection, month: LondonMonth) -> Result<Vec<MonthSchedule>, StoreFault> {
    let rows = maintenance_schedules::table
        .filter(maintenance_schedules::month.eq(month.to_string()))
        .order(maintenance_schedules::revision)
        .select(ScheduleRow::as_select())
        .load(connection)?;
    rows.into_iter().map(MonthSchedule::try_from).collect()
}

/// Loads the newest revision of a month; none where nothing was published of it.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn last(connection: &mut Connection, month: LondonMonth) -> Result<Option<MonthSchedule>, StoreFault> {
    Ok(of_month(connection, month)?.pop())
}

/// Inserts a revision.
///
/// # Errors
/// When the database fails, or has the revision already.
pub fn insert(connection: &mut Connection, schedule: &MonthSchedule) -> Result<(), StoreFault> {
    let MonthSchedule { month, revision, published_at, by, late, rule_set, note } = schedule;
    let row = ScheduleRow {
        month: month.to_string(),
        revision: i64::from(*revision),
        published_at: instant_text(*published_at),
        published_by: by.to_string(),
        late: *late,
        rule_set: rule_set.to_string(),
        note: text(note.as_ref()),
    };
    insert_rows!(connection, maintenance_schedules::table, vec![row])?;
    Ok(())
}
