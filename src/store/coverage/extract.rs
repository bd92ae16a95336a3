//! Coverage extracts: one row a loaded file and CSP Region, with its state.

use diesel::{prelude::*, sql_query};

use crate::{
    db::{Connection, StoreFault, insert_rows},
    domain::{CoverageSource, CspRegion, Now, Timestamp, instant_text},
    store::{stored::Table, table::stored_table},
};

stored_table! {
    coverage_extracts (id) {
        id -> BigInt,
        csp_region -> Text,
        source -> Nullable<Text>,
        loaded_at -> Nullable<Text>,
        row_count -> BigInt,
        state -> Text,
    }
}

const TABLE: Table = Table("coverage_extracts");

/// The state of an extract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum ExtractState {
    /// Being staged: its rows are being inserted, and no query reads them.
    Loading,
    /// In use: queries read its rows. One a region.
    Current,
    /// Replaced or abandoned: its rows are being deleted.
    Old,
}

impl ExtractState {
    /// Every state.
    pub(in crate::store) const ALL: [Self; 3] = [Self::Loading, Self::Current, Self::Old];

    /// The text in the database.
    pub(in crate::store) const fn as_str(self) -> &'static str {
        match self {
            Self::Loading => "loading",
            Self::Current => "current",
            Self::Old => "old",
        }
    }
}

/// The current extract of a CSP Region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoverageExtract {
    /// The region.
    pub region: CspRegion,
    /// The file it was loaded from; absent if a version that did not record it loaded it.
    pub file: Option<ExtractFile>,
    /// The number of its rows.
    pub rows: u64,
}

impl CoverageExtract {
    /// The source that a decision records for its facts.
    pub fn source(&self) -> CoverageSource {
        match self.file.clone() {
            Some(ExtractFile { name, loaded_at }) => CoverageSource::Extract { name, loaded_at },
            None => CoverageSource::UndatedExtract,
        }
    }
}

/// The file of an extract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExtractFile {
    /// Its name.
    pub name: String,
    /// The instant its load began.
    pub loaded_at: Timestamp,
}

/// A current extract with its id, which its rows refer to.
#[derive(Clone)]
pub(in crate::store) struct CurrentExtract {
    pub(in crate::store) id: i64,
    pub(in crate::store) extract: CoverageExtract,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = coverage_extracts)]
struct StoredExtract {
    id: i64,
    csp_region: String,
    source: Option<String>,
    loaded_at: Option<String>,
    row_count: i64,
}

#[derive(Insertable)]
#[diesel(table_name = coverage_extracts)]
struct NewExtract<'a> {
    csp_region: &'static str,
    source: &'a str,
    loaded_at: String,
    row_count: i64,
    state: &'static str,
}

impl TryFrom<StoredExtract> for CurrentExtract {
    type Error = StoreFault;

    fn try_from(stored: StoredExtract) -> Result<Self, StoreFault> {
        let StoredExtract { id, csp_region, source, loaded_at, row_count } = stored;
        let loaded_at = loaded_at.map(|at| TABLE.instant("loaded_at", &at)).transpose()?;
        let file = source.zip(loaded_at).map(|(name, loaded_at)| ExtractFile { name, loaded_at });
        let region = TABLE.value("csp_region", &csp_region)?;
        Ok(Self { id, extract: CoverageExtract { region, file, rows: row_count.unsigned_abs() } })
    }
}

/// Loads the current extracts with their ids, ordered by region as an answer is.
pub(in crate::store) fn current(connection: &mut Connection) -> Result<Vec<CurrentExtract>, StoreFault> {
    let query = coverage_extracts::table.filter(coverage_extracts::state.eq(ExtractState::Current.as_str()));
    let stored = query.select(StoredExtract::as_select()).load(connection)?;
    let mut current = stored.into_iter().map(CurrentExtract::try_from).collect::<Result<Vec<_>, _>>()?;
    current.sort_by_key(|current| current.extract.region);
    Ok(current)
}

/// Loads the current extracts, ordered by region as an answer is.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn extracts(connection: &mut Connection) -> Result<Vec<CoverageExtract>, StoreFault> {
    Ok(current(connection)?.into_iter().map(|current| current.extract).collect())
}

/// Inserts an extract in the state `loading`, which no query reads; returns its id.
pub(in crate::store) fn begin(
    connection: &mut Connection,
    region: CspRegion,
    source: &str,
    now: Now,
) -> Result<i64, StoreFault> {
    let new = NewExtract {
        csp_region: region.as_str(),
        source,
        loaded_at: instant_text(now.0),
        row_count: 0,
        state: ExtractState::Loading.as_str(),
    };
    insert_rows!(connection, coverage_extracts::table, [new])?;
    // The load holds its lock, and this is its writer's transaction: the newest is the one inserted above.
    let newest = coverage_extracts::table.select(diesel::dsl::max(coverage_extracts::id));
    newest.get_result::<Option<i64>>(connection)?.ok_or_else(|| TABLE.corrupt("id", &"there is none"))
}

/// Looks up the state of an extract; `None` if it was deleted.
pub(in crate::store) fn state(
    connection: &mut Connection,
    id: i64,
) -> Result<Option<ExtractState>, StoreFault> {
    let query = coverage_extracts::table.find(id).select(coverage_extracts::state);
    let state = query.get_result::<String>(connection).optional()?;
    let known = |text: &String| ExtractState::ALL.into_iter().find(|state| state.as_str() == text);
    state.map(|text| known(&text).ok_or_else(|| TABLE.corrupt("state", &"it is not known"))).transpose()
}

/// Makes an extract the current one of its region; the previous one becomes old.
pub(in crate::store) fn make_current(
    connection: &mut Connection,
    id: i64,
    region: CspRegion,
    rows: u64,
) -> Result<(), StoreFault> {
    let before = coverage_extracts::table
        .filter(coverage_extracts::csp_region.eq(region.as_str()))
        .filter(coverage_extracts::state.eq(ExtractState::Current.as_str()));
    diesel::update(before)
        .set(coverage_extracts::state.eq(ExtractState::Old.as_str()))
        .execute(connection)?;
    let rows = i64::try_from(rows).unwrap_or(i64::MAX);
    let answers =
        (coverage_extracts::state.eq(ExtractState::Current.as_str()), coverage_extracts::row_count.eq(rows));
    diesel::update(coverage_extracts::table.find(id)).set(answers).execute(connection)?;
    Ok(())
}

/// Marks the extracts of interrupted loads as old. Only the holder of the load lock may call it: without the lock, they may
/// belong to a load that is running.
pub(in crate::store) fn abandon_loading(connection: &mut Connection) -> Result<(), StoreFault> {
    let begun = coverage_extracts::table.filter(coverage_extracts::state.eq(ExtractState::Loading.as_str()));
    diesel::update(begun).set(coverage_extracts::state.eq(ExtractState::Old.as_str())).execute(connection)?;
    Ok(())
}

/// Lists the ids of the extracts that are not current, whose rows are to be deleted.
pub(in crate::store) fn leftovers(connection: &mut Connection) -> Result<Vec<i64>, StoreFault> {
    let query = coverage_extracts::table.filter(coverage_extracts::state.ne(ExtractState::Current.as_str()));
    Ok(query.select(coverage_extracts::id).order(coverage_extracts::id).load(connection)?)
}

/// Deletes an extract; its rows must be deleted before.
pub(in crate::store) fn remove(connection: &mut Connection, id: i64) -> Result<(), StoreFault> {
    diesel::delete(coverage_extracts::table.find(id)).execute(connection)?;
    Ok(())
}

/// Migrates rows without an extract, which a backup of an older version brings: each region gets one.
pub(in crate::store) fn assign_missing_extracts(connection: &mut Connection) -> Result<(), StoreFault> {
    let without = "FROM coverage WHERE extract_id IS NULL";
    let make = format!(
        "INSERT INTO coverage_extracts (csp_region, row_count, state)
            SELECT csp_region, COUNT(*), 'current' {without} GROUP BY csp_region"
    );
    sql_query(make).execute(connection)?;
    let name = "UPDATE coverage SET extract_id = (SELECT coverage_extracts.id FROM coverage_extracts
        WHERE coverage_extracts.csp_region = coverage.csp_region AND state = 'current') WHERE extract_id IS NULL";
    sql_query(name).execute(connection)?;
    Ok(())
}
