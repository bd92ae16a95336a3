//! What was told of windows: a row for each version, never changed.

use std::collections::{BTreeMap, BTreeSet};

use diesel::{
    dsl::{exists, not, sql},
    prelude::*,
    sql_types::Bool,
};

use super::{
    columns::{plan_of_row, row_of_plan},
    windows::maintenance_windows,
};
use crate::{
    db::{Connection, StoreFault, insert_rows},
    domain::{
        LondonMonth, Timestamp, instant_text,
        maintenance::{MaintenanceEnvironment, PublishedWindow, WindowReference, WindowState},
    },
    store::{device::BATCH, stored::Table, table::stored_table},
};

stored_table! {
    maintenance_published (reference, version) {
        reference -> Text,
        version -> BigInt,
        month -> Text,
        revision -> BigInt,
        published_at -> Text,
        withdrawn -> Bool,
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
    }
}

diesel::allow_tables_to_appear_in_same_query!(maintenance_published, maintenance_windows);

const TABLE: Table = Table("maintenance_published");

/// Whether a row is the newest version of its reference.
const IS_NEWEST: &str = "NOT EXISTS (SELECT 1 FROM maintenance_published AS newer
    WHERE newer.reference = maintenance_published.reference AND newer.version > maintenance_published.version)";

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = maintenance_published, treat_none_as_default_value = false)]
struct PublishedRow {
    reference: String,
    version: i64,
    month: String,
    revision: i64,
    published_at: String,
    withdrawn: bool,
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
}

impl From<&PublishedWindow> for PublishedRow {
    fn from(published: &PublishedWindow) -> Self {
        let PublishedWindow { reference, version, month, revision, published_at, withdrawn, plan } =
            published;
        row_of_plan!(PublishedRow, plan, {
            reference: reference.to_string(),
            version: i64::from(*version),
            month: month.to_string(),
            revision: i64::from(*revision),
            published_at: instant_text(*published_at),
            withdrawn: *withdrawn,
        })
    }
}

impl TryFrom<PublishedRow> for PublishedWindow {
    type Error = StoreFault;

    fn try_from(row: PublishedRow) -> Result<Self, StoreFault> {
        let number = |column, value| u32::try_from(value).map_err(|error| TABLE.corrupt(column, &error));
        Ok(Self {
            reference: TABLE.value("reference", &row.reference)?,
            version: number("version", row.version)?,
            month: TABLE.value("month", &row.month)?,
            revision: number("revision", row.revision)?,
            published_at: TABLE.instant("published_at", &row.published_at)?,
            withdrawn: row.withdrawn,
            plan: plan_of_row!(row).plan(TABLE)?,
        })
    }
}

fn published(rows: Vec<PublishedRow>) -> Result<Vec<PublishedWindow>, StoreFault> {
    rows.into_iter().map(PublishedWindow::try_from).collect()
}

/// Loads the newest version of each of these windows that was ever told.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back; as of the next ones.
pub fn newest_of(
    connection: &mut Connection,
    references: &BTreeSet<&WindowReference>,
) -> Result<BTreeMap<WindowReference, PublishedWindow>, StoreFault> {
    let references = references.iter().map(|reference| reference.to_string()).collect::<Vec<_>>();
    let mut newest = BTreeMap::new();
    for batch in references.chunks(BATCH) {
        let rows = maintenance_published::table
            .filter(maintenance_published::reference.eq_any(batch))
            .filter(sql::<Bool>(IS_NEWEST))
            .select(PublishedRow::as_select());
        let found = published(rows.load(connection)?)?;
        newest.extend(found.into_iter().map(|version| (version.reference.clone(), version)));
    }
    Ok(newest)
}

/// Loads the windows whose newest version stands in the schedule of a month, also those that are taken back, in the order of start and
/// reference.
///
/// # Errors
/// As [`newest_of`].
pub fn newest_of_month(
    connection: &mut Connection,
    month: LondonMonth,
) -> Result<Vec<PublishedWindow>, StoreFault> {
    let rows = maintenance_published::table
        .filter(maintenance_published::month.eq(month.to_string()))
        .filter(sql::<Bool>(IS_NEWEST))
        .order((maintenance_published::starts_at, maintenance_published::reference))
        .select(PublishedRow::as_select());
    published(rows.load(connection)?)
}

/// Loads the newest version of each window that ends after an instant, also of those that are taken back, in the order of start and
/// reference.
///
/// # Errors
/// As [`newest_of`].
pub fn ended_after(
    connection: &mut Connection,
    after: Timestamp,
) -> Result<Vec<PublishedWindow>, StoreFault> {
    let rows = maintenance_published::table
        .filter(maintenance_published::ends_at.gt(instant_text(after)))
        .filter(sql::<Bool>(IS_NEWEST))
        .order((maintenance_published::starts_at, maintenance_published::reference))
        .select(PublishedRow::as_select());
    published(rows.load(connection)?)
}

/// Loads the windows of an environment that are in force at an instant or later: told, not taken back, not ended, and neither closed nor
/// withdrawn, which the next revision alone tells (ours). In the order of start and reference. Which of them are in force now,
/// [`PublishedWindow::is_in_force`] says.
///
/// # Errors
/// As [`newest_of`].
pub fn standing_after(
    connection: &mut Connection,
    environment: MaintenanceEnvironment,
    after: Timestamp,
) -> Result<Vec<PublishedWindow>, StoreFault> {
    // Whatever its working copy plans: that may end at another time than was told.
    let over = maintenance_windows::table
        .filter(maintenance_windows::reference.eq(maintenance_published::reference))
        .filter(
            maintenance_windows::state
                .eq_any([WindowState::Closed, WindowState::Withdrawn].map(WindowState::as_str)),
        );
    let rows = maintenance_published::table
        .filter(maintenance_published::ends_at.gt(instant_text(after)))
        .filter(maintenance_published::environment.eq(environment.as_str()))
        .filter(maintenance_published::withdrawn.eq(false))
        .filter(not(exists(over)))
        .filter(sql::<Bool>(IS_NEWEST))
        .order((maintenance_published::starts_at, maintenance_published::reference))
        .select(PublishedRow::as_select());
    published(rows.load(connection)?)
}

/// Loads every version of these windows, those of a window from the first one on.
///
/// # Errors
/// As [`newest_of`].
pub fn versions_of_all(
    connection: &mut Connection,
    references: &[String],
) -> Result<Vec<PublishedWindow>, StoreFault> {
    let mut found = Vec::new();
    for batch in references.chunks(BATCH) {
        let rows = maintenance_published::table
            .filter(maintenance_published::reference.eq_any(batch))
            .order((maintenance_published::reference, maintenance_published::version))
            .select(PublishedRow::as_select());
        found.extend(published(rows.load(connection)?)?);
    }
    Ok(found)
}

/// Loads every version that stands in the schedule of a month, whatever was told of its windows later, in the order of references and
/// versions.
///
/// # Errors
/// As [`newest_of`].
pub fn versions_of_month(
    connection: &mut Connection,
    month: LondonMonth,
) -> Result<Vec<PublishedWindow>, StoreFault> {
    let rows = maintenance_published::table
        .filter(maintenance_published::month.eq(month.to_string()))
        .order((maintenance_published::reference, maintenance_published::version))
        .select(PublishedRow::as_select());
    published(rows.load(connection)?)
}

/// Inserts versions.
///
/// # Errors
/// When the database fails, or has a version already.
pub fn insert(connection: &mut Connection, versions: &[PublishedWindow]) -> Result<(), StoreFault> {
    for batch in versions.chunks(BATCH) {
        let rows = batch.iter().map(PublishedRow::from).collect::<Vec<_>>();
        insert_rows!(connection, maintenance_published::table, rows)?;
    }
    Ok(())
}
