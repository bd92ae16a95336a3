//! The staging of an import's registrations: overlaps, what the file changes, and the merge, each by statements of the database.

use diesel::{
    prelude::*,
    sql_query,
    sql_types::{BigInt, Nullable, Text},
};

use super::rows::{RegistrationRow, TABLE};
use crate::{
    db::{Connection, StoreFault, copy_rows},
    domain::{Mpxn, Registration, Role, Timestamp},
    store::{
        csv::{Affected, Changes, RowChange, RowChangeKind, differences},
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

/// Whether one of these MPxNs has a registration already.
fn is_any_known(connection: &mut Connection) -> Result<bool, StoreFault> {
    let known = "SELECT COUNT(*) AS number FROM (SELECT 1 FROM staged_registrations
        JOIN registrations ON registrations.mpxn = staged_registrations.mpxn LIMIT 1) AS known";
    Ok(sql_query(known).get_result::<StagedNumber>(connection)?.number > 0)
}

/// The changes of a file none of whose MPxNs is known.
fn all_added(connection: &mut Connection) -> Result<Changes, StoreFault> {
    let mut changes = Changes::default();
    let all = "FROM staged_registrations WHERE line BETWEEN $1 AND $2";
    add(connection, &mut changes.added, all, "staged_registrations", "line", (1, i64::MAX))?;
    let rows = "SELECT line, mpxn, role, effective_from, NULL AS user_before, NULL AS to_before,
            user_id AS user_after, effective_to AS to_after
        FROM staged_registrations WHERE line BETWEEN $1 AND $2 ORDER BY line";
    show(connection, &mut changes, rows, (1, i64::MAX))?;
    Ok(changes)
}

/// Adds the changes that these lines make to those of the lines before.
fn compared(
    connection: &mut Connection,
    lines: (i64, i64),
    mut changes: Changes,
) -> Result<Changes, StoreFault> {
    // By the MPxN alone: a server without statistics may prefer the index of roles and instants, and find all for each line.
    let both = "FROM staged_registrations LEFT JOIN registrations
        ON registrations.mpxn = staged_registrations.mpxn
        AND registrations.role IS NOT DISTINCT FROM staged_registrations.role
        AND registrations.effective_from IS NOT DISTINCT FROM staged_registrations.effective_from
        WHERE staged_registrations.line BETWEEN $1 AND $2";
    let same = "registrations.user_id = staged_registrations.user_id
        AND registrations.effective_to IS NOT DISTINCT FROM staged_registrations.effective_to";
    let (staged, by_line) = ("staged_registrations", "staged_registrations.line");
    let new = format!("{both} AND registrations.mpxn IS NULL");
    let shown = changes.added.total + changes.replaced.total + changes.removed.total;
    add(connection, &mut changes.added, &new, staged, by_line, lines)?;
    let other = format!("{both} AND registrations.mpxn IS NOT NULL AND NOT ({same})");
    add(connection, &mut changes.replaced, &other, staged, by_line, lines)?;
    changes.unchanged += count(connection, &format!("{both} AND {same}"), lines)?;
    // Those of the MPxNs that an earlier batch had are counted there.
    let gone = "FROM registrations WHERE mpxn IN
            (SELECT mpxn FROM staged_registrations WHERE line BETWEEN $1 AND $2)
        AND NOT EXISTS (SELECT 1 FROM staged_registrations AS earlier
            WHERE earlier.mpxn = registrations.mpxn AND earlier.line < $1)
        AND NOT EXISTS (SELECT 1 FROM staged_registrations AS same
            WHERE same.mpxn = registrations.mpxn AND same.role = registrations.role
            AND same.effective_from = registrations.effective_from)";
    let by_key = "registrations.mpxn, registrations.role, registrations.effective_from";
    add(connection, &mut changes.removed, gone, "registrations", by_key, lines)?;
    if changes.added.total + changes.replaced.total + changes.removed.total > shown {
        let (named, gone) = (
            format!(
                "SELECT staged_registrations.line, staged_registrations.mpxn, staged_registrations.role,
                    staged_registrations.effective_from, registrations.user_id AS user_before,
                    registrations.effective_to AS to_before, staged_registrations.user_id AS user_after,
                    staged_registrations.effective_to AS to_after
                {both} AND (registrations.mpxn IS NULL OR NOT ({same})) ORDER BY {by_line}"
            ),
            format!(
                "SELECT CAST(0 AS BIGINT) AS line, mpxn, role, effective_from, user_id AS user_before,
                    effective_to AS to_before, NULL AS user_after, NULL AS to_after
                {gone} ORDER BY {by_key}"
            ),
        );
        show(connection, &mut changes, &named, lines)?;
        show(connection, &mut changes, &gone, lines)?;
    }
    Ok(changes)
}

#[derive(QueryableByName)]
struct ChangedRow {
    #[diesel(sql_type = Text)]
    mpxn: String,
    #[diesel(sql_type = Text)]
    role: String,
    #[diesel(sql_type = Text)]
    effective_from: String,
    #[diesel(sql_type = Nullable<Text>)]
    user_before: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    to_before: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    user_after: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    to_after: Option<String>,
}

/// Adds the rows of a query to those that are shown with their values before and after, as long as there is room.
fn show(
    connection: &mut Connection,
    changes: &mut Changes,
    query: &str,
    (first, last): (i64, i64),
) -> Result<(), StoreFault> {
    let limit = changes.rows_to_show();
    if limit == 0 {
        return Ok(());
    }
    let query = sql_query(format!("{query} LIMIT {limit}"));
    let rows = query.bind::<BigInt, _>(first).bind::<BigInt, _>(last).load::<ChangedRow>(connection)?;
    changes.first.extend(rows.into_iter().map(RowChange::from));
    Ok(())
}

impl From<ChangedRow> for RowChange {
    fn from(row: ChangedRow) -> Self {
        let ChangedRow { mpxn, role, effective_from, user_before, to_before, user_after, to_after } = row;
        // A registration has a User always.
        let kind = match (&user_before, &user_after) {
            (None, _) => RowChangeKind::New,
            (Some(_), Some(_)) => RowChangeKind::Changed,
            (Some(_), None) => RowChangeKind::Removed,
        };
        let cells =
            |user: Option<String>, to: Option<String>| [user.unwrap_or_default(), to.unwrap_or_default()];
        let (before, after) = (cells(user_before, to_before), cells(user_after, to_after));
        Self {
            key: format!("{mpxn}, {role}, {effective_from}"),
            kind,
            values: differences(&["user_id", "effective_to"], Some(&before), Some(&after)),
        }
    }
}

/// Adds the rows of a query to what is affected: counts them, and names them as long as names are missing.
fn add(
    connection: &mut Connection,
    affected: &mut Affected,
    from: &str,
    table: &str,
    order: &str,
    lines: (i64, i64),
) -> Result<(), StoreFault> {
    let number = count(connection, from, lines)?;
    affected.total += number;
    let missing = Affected::NAMED - affected.first.len();
    if number > 0 && missing > 0 {
        let columns = ["mpxn", "role", "effective_from"].map(|column| format!("{table}.{column}")).join(", ");
        let named =
            format!("SELECT CAST(0 AS BIGINT) AS line, {columns} {from} ORDER BY {order} LIMIT {missing}");
        let named = sql_query(named).bind::<BigInt, _>(lines.0).bind::<BigInt, _>(lines.1);
        let key = |OverlapRow { mpxn, role, effective_from, .. }| format!("{mpxn}, {role}, {effective_from}");
        affected.first.extend(named.load::<OverlapRow>(connection)?.into_iter().map(key));
    }
    Ok(())
}

fn count(connection: &mut Connection, from: &str, (first, last): (i64, i64)) -> Result<usize, StoreFault> {
    let count = sql_query(format!("SELECT COUNT(*) AS number {from}"));
    let count = count.bind::<BigInt, _>(first).bind::<BigInt, _>(last);
    Ok(usize::try_from(count.get_result::<StagedNumber>(connection)?.number).unwrap_or(usize::MAX))
}
