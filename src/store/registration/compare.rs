//! What the staged registrations of a file change, counted and named by statements of the database.

use diesel::{
    prelude::*,
    sql_query,
    sql_types::{BigInt, Nullable, Text},
};

use crate::{
    db::{Connection, StoreFault},
    store::{
        csv::{Affected, Changes, RowChange, RowChangeKind, differences},
        staging::StagedNumber,
    },
};

/// Whether one of these MPxNs has a registration already.
pub(super) fn is_any_known(connection: &mut Connection) -> Result<bool, StoreFault> {
    let known = "SELECT COUNT(*) AS number FROM (SELECT 1 FROM staged_registrations
        JOIN registrations ON registrations.mpxn = staged_registrations.mpxn LIMIT 1) AS known";
    Ok(sql_query(known).get_result::<StagedNumber>(connection)?.number > 0)
}

/// The changes of a file none of whose MPxNs is known.
pub(super) fn all_added(connection: &mut Connection) -> Result<Changes, StoreFault> {
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
pub(super) fn compared(
    connection: &mut Connection,
    lines: (i64, i64),
    mut changes: Changes,
) -> Result<Changes, StoreFault> {
    let named = named(connection, &mut changes, lines)?;
    let removed = removed(connection, &mut changes, lines)?;
    for rows in named.into_iter().chain(removed) {
        show(connection, &mut changes, &rows, lines)?;
    }
    Ok(changes)
}

/// Adds the registrations that these lines add, replace or leave as they are. Returns the query that shows the changed ones, if there are any.
fn named(
    connection: &mut Connection,
    changes: &mut Changes,
    lines: (i64, i64),
) -> Result<Option<String>, StoreFault> {
    // By the MPxN alone: a server without statistics may prefer the index of roles and instants, and find all for each line.
    let both = "FROM staged_registrations LEFT JOIN registrations
        ON registrations.mpxn = staged_registrations.mpxn
        AND registrations.role IS NOT DISTINCT FROM staged_registrations.role
        AND registrations.effective_from IS NOT DISTINCT FROM staged_registrations.effective_from
        WHERE staged_registrations.line BETWEEN $1 AND $2";
    let same = "registrations.user_id = staged_registrations.user_id
        AND registrations.effective_to IS NOT DISTINCT FROM staged_registrations.effective_to";
    let (staged, by_line) = ("staged_registrations", "staged_registrations.line");
    let before = changes.added.total + changes.replaced.total;
    let new = format!("{both} AND registrations.mpxn IS NULL");
    add(connection, &mut changes.added, &new, staged, by_line, lines)?;
    let other = format!("{both} AND registrations.mpxn IS NOT NULL AND NOT ({same})");
    add(connection, &mut changes.replaced, &other, staged, by_line, lines)?;
    changes.unchanged += count(connection, &format!("{both} AND {same}"), lines)?;
    let rows = format!(
        "SELECT staged_registrations.line, staged_registrations.mpxn, staged_registrations.role,
            staged_registrations.effective_from, registrations.user_id AS user_before,
            registrations.effective_to AS to_before, staged_registrations.user_id AS user_after,
            staged_registrations.effective_to AS to_after
        {both} AND (registrations.mpxn IS NULL OR NOT ({same})) ORDER BY {by_line}"
    );
    Ok((changes.added.total + changes.replaced.total > before).then_some(rows))
}

/// Adds the registrations of these lines' MPxNs that the file does not have. Returns the query that shows them, if there are any.
fn removed(
    connection: &mut Connection,
    changes: &mut Changes,
    lines: (i64, i64),
) -> Result<Option<String>, StoreFault> {
    // Those of the MPxNs that an earlier batch had are counted there.
    let gone = "FROM registrations WHERE mpxn IN
            (SELECT mpxn FROM staged_registrations WHERE line BETWEEN $1 AND $2)
        AND NOT EXISTS (SELECT 1 FROM staged_registrations AS earlier
            WHERE earlier.mpxn = registrations.mpxn AND earlier.line < $1)
        AND NOT EXISTS (SELECT 1 FROM staged_registrations AS same
            WHERE same.mpxn = registrations.mpxn AND same.role = registrations.role
            AND same.effective_from = registrations.effective_from)";
    let by_key = "registrations.mpxn, registrations.role, registrations.effective_from";
    let before = changes.removed.total;
    add(connection, &mut changes.removed, gone, "registrations", by_key, lines)?;
    let rows = format!(
        "SELECT CAST(0 AS BIGINT) AS line, mpxn, role, effective_from, user_id AS user_before,
            effective_to AS to_before, NULL AS user_after, NULL AS to_after
        {gone} ORDER BY {by_key}"
    );
    Ok((changes.removed.total > before).then_some(rows))
}

#[derive(QueryableByName)]
struct KeyRow {
    #[diesel(sql_type = Text)]
    mpxn: String,
    #[diesel(sql_type = Text)]
    role: String,
    #[diesel(sql_type = Text)]
    effective_from: String,
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
        let named = format!("SELECT {columns} {from} ORDER BY {order} LIMIT {missing}");
        let named = sql_query(named).bind::<BigInt, _>(lines.0).bind::<BigInt, _>(lines.1);
        let key = |KeyRow { mpxn, role, effective_from }| format!("{mpxn}, {role}, {effective_from}");
        affected.first.extend(named.load::<KeyRow>(connection)?.into_iter().map(key));
    }
    Ok(())
}

fn count(connection: &mut Connection, from: &str, (first, last): (i64, i64)) -> Result<usize, StoreFault> {
    let count = sql_query(format!("SELECT COUNT(*) AS number {from}"));
    let count = count.bind::<BigInt, _>(first).bind::<BigInt, _>(last);
    Ok(usize::try_from(count.get_result::<StagedNumber>(connection)?.number).unwrap_or(usize::MAX))
}
