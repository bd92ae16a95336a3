//! The staging of an import's registrations: overlaps and the merge, by statements of the database.

use diesel::{
    prelude::*,
    sql_query,
    sql_types::{BigInt, Text},
};

use super::{
    compare::{all_added, compared, is_any_known},
    rows::{RegistrationRow, TABLE},
};
use crate::{
    db::{Connection, StoreFault, copy_rows},
    domain::{Mpxn, Registration, Role, Timestamp},
    store::{
        csv::Changes,
        staging::{StageRow, StagedNumber, Staging, batches, last_line},
    },
};

/// A line of registrations.csv.
#[derive(Insertable)]
#[diesel(table_name = staged_registrations, treat_none_as_default_value = false)]
pub(in crate::store) struct StagedRegistration {
    line: i64,
    mpxn: String,
    role: String,
    user_id: String,
    effective_from: String,
    effective_to: Option<String>,
}

diesel::table! {
    staged_registrations (line) {
        line -> BigInt,
        mpxn -> Text,
        role -> Text,
        user_id -> Text,
        effective_from -> Text,
        effective_to -> Nullable<Text>,
    }
}

/// A line whose registration overlaps that of an earlier one, by time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::store) struct Overlap {
    /// The earlier of the two, in the order of time.
    pub(in crate::store) earlier: u64,
    pub(in crate::store) line: u64,
    pub(in crate::store) registration: OverlapKey,
    /// The start of the earlier one.
    pub(in crate::store) earlier_from: Timestamp,
}

/// What the two have in common, and the start of the later one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::store) struct OverlapKey {
    pub(in crate::store) mpxn: Mpxn,
    pub(in crate::store) role: Role,
    pub(in crate::store) from: Timestamp,
}

impl StagedRegistration {
    pub(in crate::store) fn new(line: u64, registration: &Registration) -> Self {
        let RegistrationRow { mpxn, role, user_id, effective_from, effective_to } = registration.into();
        // No file has more lines.
        let line = i64::try_from(line).unwrap_or(i64::MAX);
        Self { line, mpxn, role, user_id, effective_from, effective_to }
    }
}

impl StageRow for StagedRegistration {
    const TABLE: &'static str = "staged_registrations";

    fn create(connection: &mut Connection) -> Result<(), StoreFault> {
        let columns = "mpxn TEXT NOT NULL, role TEXT NOT NULL, user_id TEXT NOT NULL, effective_from TEXT NOT NULL, effective_to TEXT";
        let make = match connection {
            Connection::Sqlite(_) => format!("(line INTEGER PRIMARY KEY, {columns})"),
            // With the collations of the registrations, so that keys compare alike.
            Connection::Postgres(_) => "(line BIGINT PRIMARY KEY, LIKE registrations)".to_owned(),
        };
        sql_query(format!("CREATE TEMPORARY TABLE staged_registrations {make}")).execute(connection)?;
        // Made before the rows come, so that the writer is not held by one long statement afterwards. It covers the search for
        // overlaps, which then sorts nothing.
        let index = "CREATE INDEX staged_registrations_by_key
            ON staged_registrations (mpxn, role, effective_from, line, effective_to)";
        sql_query(index).execute(connection)?;
        Ok(())
    }

    fn insert(connection: &mut Connection, rows: &[Self]) -> Result<(), StoreFault> {
        match connection {
            // One by one, by a statement that stays prepared.
            Connection::Sqlite(connection) => rows.iter().try_for_each(|row| {
                diesel::insert_into(staged_registrations::table).values(row).execute(connection).map(drop)
            }),
            Connection::Postgres(connection) => copy_rows!(connection, staged_registrations::table, rows),
        }?;
        Ok(())
    }
}

impl Staging<'_, StagedRegistration> {
    /// Finds the first overlaps, at most `limit`, and counts all of them.
    pub(in crate::store) fn overlaps(&mut self, limit: u32) -> Result<(Vec<Overlap>, u64), StoreFault> {
        self.transact(move |connection| {
            let total = count_overlaps(connection)?;
            // The names are sorted by role, which the index does not give: left out for a good file.
            let first = if total > 0 { first_overlaps(connection, limit)? } else { Vec::new() };
            Ok((first, total))
        })
    }

    /// Replaces all registrations of the MPxNs of the file, in one transaction; what that changes.
    pub(in crate::store) fn replace(&mut self) -> Result<Changes, StoreFault> {
        self.transact(|connection| {
            let last = last_line::<StagedRegistration>(connection)?;
            let mut changes = Changes::default();
            if is_any_known(connection)? {
                for lines in batches(last) {
                    changes = compared(connection, lines, changes)?;
                }
                // All are deleted before the first is inserted: the registrations of an MPxN may be in several batches.
                let delete = "DELETE FROM registrations WHERE mpxn IN
                    (SELECT mpxn FROM staged_registrations WHERE line BETWEEN $1 AND $2)";
                batches(last).try_for_each(|lines| execute(connection, delete, lines))?;
            } else {
                changes = all_added(connection)?;
            }
            let insert = "INSERT INTO registrations (mpxn, role, user_id, effective_from, effective_to)
                SELECT mpxn, role, user_id, effective_from, effective_to FROM staged_registrations
                WHERE line BETWEEN $1 AND $2";
            batches(last).try_for_each(|lines| execute(connection, insert, lines))?;
            Ok(changes)
        })
    }

    /// What replacing them would change. Others write between the batches.
    pub(in crate::store) fn compare(&mut self) -> Result<Changes, StoreFault> {
        let last = self.transact(last_line::<StagedRegistration>)?;
        let mut changes = Changes::default();
        for lines in batches(last) {
            let so_far = changes.clone();
            changes = self.transact(move |connection| compared(connection, lines, so_far.clone()))?;
        }
        Ok(changes)
    }
}

fn execute(connection: &mut Connection, sql: &str, (first, last): (i64, i64)) -> Result<(), StoreFault> {
    sql_query(sql).bind::<BigInt, _>(first).bind::<BigInt, _>(last).execute(connection)?;
    Ok(())
}

/// Each line with the latest end of the lines before it, by MPxN, role and time. No end is later than every end.
const WITH_LATEST_END: &str = "SELECT line, mpxn, role, effective_from,
        MAX(COALESCE(effective_to, '~')) OVER (PARTITION BY mpxn, role ORDER BY effective_from, line
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS latest_end
    FROM staged_registrations";

fn count_overlaps(connection: &mut Connection) -> Result<u64, StoreFault> {
    let count = format!(
        "SELECT COUNT(*) AS number FROM ({WITH_LATEST_END}) AS ordered WHERE latest_end > effective_from"
    );
    Ok(sql_query(count).get_result::<StagedNumber>(connection)?.number.unsigned_abs())
}

#[derive(QueryableByName)]
struct OverlapRow {
    #[diesel(sql_type = BigInt)]
    line: i64,
    #[diesel(sql_type = Text)]
    mpxn: String,
    #[diesel(sql_type = Text)]
    role: String,
    #[diesel(sql_type = Text)]
    effective_from: String,
}

fn first_overlaps(connection: &mut Connection, limit: u32) -> Result<Vec<Overlap>, StoreFault> {
    let roles = Role::ALL.iter().enumerate().map(|(at, role)| format!("WHEN '{role}' THEN {at}"));
    let roles = roles.collect::<Vec<_>>().join(" ");
    let find = format!(
        "SELECT line, mpxn, role, effective_from FROM ({WITH_LATEST_END}) AS ordered
        WHERE latest_end > effective_from
        ORDER BY mpxn, CASE role {roles} END, effective_from, line LIMIT {limit}"
    );
    let rows = sql_query(find).load::<OverlapRow>(connection)?;
    rows.into_iter().map(|row| overlap(connection, &row)).collect()
}

/// The overlap of a line with the one of those before it that ends last: the first without an end, else the last of the latest.
fn overlap(connection: &mut Connection, later: &OverlapRow) -> Result<Overlap, StoreFault> {
    let before = "SELECT line, mpxn, role, effective_from FROM staged_registrations
        WHERE mpxn = $1 AND role = $2 AND (effective_from < $3 OR effective_from = $3 AND line < $4)";
    let find = |connection: &mut Connection, rest: &str| {
        sql_query(format!("{before} {rest} LIMIT 1"))
            .bind::<Text, _>(&later.mpxn)
            .bind::<Text, _>(&later.role)
            .bind::<Text, _>(&later.effective_from)
            .bind::<BigInt, _>(later.line)
            .get_result::<OverlapRow>(connection)
            .optional()
    };
    let open = find(connection, "AND effective_to IS NULL ORDER BY effective_from, line")?;
    let earlier = match open {
        Some(open) => open,
        None => find(connection, "ORDER BY effective_to DESC, effective_from DESC, line DESC")?
            .ok_or(diesel::result::Error::NotFound)?,
    };
    Ok(Overlap {
        earlier: earlier.line.unsigned_abs(),
        line: later.line.unsigned_abs(),
        earlier_from: TABLE.instant("effective_from", &earlier.effective_from)?,
        registration: OverlapKey {
            mpxn: TABLE.value("mpxn", &later.mpxn)?,
            role: TABLE.value("role", &later.role)?,
            from: TABLE.instant("effective_from", &later.effective_from)?,
        },
    })
}
