//! The working copies of windows: rows and named queries.

use std::{collections::BTreeSet, ops::Range};

use diesel::prelude::*;

use super::columns::{plan_of_row, row_of_plan};
use crate::{
    db::{Connection, StoreFault, insert_rows},
    domain::{
        Timestamp, instant_text,
        maintenance::{MaintenanceWindow, WindowEnding, WindowReference},
    },
    store::{
        device::BATCH,
        stored::{Table, text},
        table::stored_table,
    },
};

stored_table! {
    maintenance_windows (reference) {
        reference -> Text,
        kind -> Text,
        environment -> Text,
        title -> Nullable<Text>,
        services -> Nullable<Text>,
        disruption -> Nullable<Text>,
        communications -> Bool,
        install_commission -> Bool,
        smets1_migrations -> Bool,
        service_requests -> Bool,
        stops_top_ups -> Bool,
        user_changes -> Bool,
        ssi -> Bool,
        consumer_affecting -> Bool,
        hubs_affected -> Nullable<BigInt>,
        hubs_basis -> Nullable<Text>,
        providers -> Text,
        migration_systems -> Bool,
        starts_at -> Text,
        ends_at -> Text,
        risk_to_return -> Nullable<Text>,
        why -> Nullable<Text>,
        stops -> Text,
        category -> Nullable<Text>,
        state -> Text,
        aware_at -> Nullable<Text>,
        actual_start -> Nullable<Text>,
        actual_end -> Nullable<Text>,
        disrupted -> Nullable<Text>,
        note -> Nullable<Text>,
    }
}

const TABLE: Table = Table("maintenance_windows");

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = maintenance_windows, treat_none_as_default_value = false)]
struct WindowRow {
    reference: String,
    kind: String,
    environment: String,
    title: Option<String>,
    services: Option<String>,
    disruption: Option<String>,
    communications: bool,
    install_commission: bool,
    smets1_migrations: bool,
    service_requests: bool,
    stops_top_ups: bool,
    user_changes: bool,
    ssi: bool,
    consumer_affecting: bool,
    hubs_affected: Option<i64>,
    hubs_basis: Option<String>,
    providers: String,
    migration_systems: bool,
    starts_at: String,
    ends_at: String,
    risk_to_return: Option<String>,
    why: Option<String>,
    stops: String,
    category: Option<String>,
    state: String,
    aware_at: Option<String>,
    actual_start: Option<String>,
    actual_end: Option<String>,
    disrupted: Option<String>,
    note: Option<String>,
}

impl From<&MaintenanceWindow> for WindowRow {
    fn from(window: &MaintenanceWindow) -> Self {
        let MaintenanceWindow { reference, plan, state, aware_at, ending, note } = window;
        row_of_plan!(WindowRow, plan, {
            reference: reference.to_string(),
            state: state.to_string(),
            aware_at: aware_at.map(instant_text),
            actual_start: ending.map(|ending| instant_text(ending.started_at)),
            actual_end: ending.map(|ending| instant_text(ending.ended_at)),
            disrupted: ending.map(|ending| ending.disrupted.to_string()),
            note: text(note.as_ref()),
        })
    }
}

impl TryFrom<WindowRow> for MaintenanceWindow {
    type Error = StoreFault;

    fn try_from(row: WindowRow) -> Result<Self, StoreFault> {
        let instant =
            |column, text: Option<&String>| text.map(|text| TABLE.instant(column, text)).transpose();
        let started_at = instant("actual_start", row.actual_start.as_ref())?;
        let ended_at = instant("actual_end", row.actual_end.as_ref())?;
        let disrupted = TABLE.optional("disrupted", row.disrupted.as_deref())?;
        let ending = started_at.zip(ended_at).zip(disrupted);
        Ok(Self {
            reference: TABLE.value("reference", &row.reference)?,
            state: TABLE.value("state", &row.state)?,
            aware_at: instant("aware_at", row.aware_at.as_ref())?,
            ending: ending.map(|((started_at, ended_at), disrupted)| WindowEnding {
                started_at,
                ended_at,
                disrupted,
            }),
            note: TABLE.optional("note", row.note.as_deref())?,
            plan: plan_of_row!(row).plan(TABLE)?,
        })
    }
}

fn windows(rows: Vec<WindowRow>) -> Result<Vec<MaintenanceWindow>, StoreFault> {
    rows.into_iter().map(MaintenanceWindow::try_from).collect()
}

/// Finds a window.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back; as of the next ones.
pub fn find(
    connection: &mut Connection,
    reference: &WindowReference,
) -> Result<Option<MaintenanceWindow>, StoreFault> {
    let row = maintenance_windows::table.find(reference.as_str()).select(WindowRow::as_select());
    row.first(connection).optional()?.map(MaintenanceWindow::try_from).transpose()
}

/// Loads every window, in the order of references.
pub(super) fn all(connection: &mut Connection) -> Result<Vec<MaintenanceWindow>, StoreFault> {
    let rows = maintenance_windows::table.order(maintenance_windows::reference);
    windows(rows.select(WindowRow::as_select()).load(connection)?)
}

/// Loads the windows that start within a range, in the order of start and reference.
///
/// # Errors
/// As [`find`].
pub fn started_within(
    connection: &mut Connection,
    range: &Range<Timestamp>,
) -> Result<Vec<MaintenanceWindow>, StoreFault> {
    let rows = maintenance_windows::table
        .filter(maintenance_windows::starts_at.ge(instant_text(range.start)))
        .filter(maintenance_windows::starts_at.lt(instant_text(range.end)))
        .order((maintenance_windows::starts_at, maintenance_windows::reference))
        .select(WindowRow::as_select());
    windows(rows.load(connection)?)
}

/// Loads the windows that end after an instant, in the order of start and reference.
///
/// # Errors
/// As [`find`].
pub fn ended_after(
    connection: &mut Connection,
    after: Timestamp,
) -> Result<Vec<MaintenanceWindow>, StoreFault> {
    let rows = maintenance_windows::table
        .filter(maintenance_windows::ends_at.gt(instant_text(after)))
        .order((maintenance_windows::starts_at, maintenance_windows::reference))
        .select(WindowRow::as_select());
    windows(rows.load(connection)?)
}

/// Loads those of these windows that there are.
///
/// # Errors
/// As [`find`].
pub fn of_references(
    connection: &mut Connection,
    references: &BTreeSet<&WindowReference>,
) -> Result<Vec<MaintenanceWindow>, StoreFault> {
    let references = references.iter().map(|reference| reference.to_string()).collect::<Vec<_>>();
    let mut found = Vec::new();
    for batch in references.chunks(BATCH) {
        let rows = maintenance_windows::table.filter(maintenance_windows::reference.eq_any(batch));
        found.extend(windows(rows.select(WindowRow::as_select()).load(connection)?)?);
    }
    Ok(found)
}

/// Saves a window in the place of the one of its reference.
///
/// # Errors
/// When the database fails.
pub fn save(connection: &mut Connection, window: &MaintenanceWindow) -> Result<(), StoreFault> {
    replace(connection, std::slice::from_ref(window))
}

/// Saves windows in the place of those of their references.
pub(super) fn replace(connection: &mut Connection, windows: &[MaintenanceWindow]) -> Result<(), StoreFault> {
    for batch in windows.chunks(BATCH) {
        let references = batch.iter().map(|window| window.reference.to_string());
        diesel::delete(maintenance_windows::table.filter(maintenance_windows::reference.eq_any(references)))
            .execute(connection)?;
        let rows = batch.iter().map(WindowRow::from).collect::<Vec<_>>();
        insert_rows!(connection, maintenance_windows::table, rows)?;
    }
    Ok(())
}
