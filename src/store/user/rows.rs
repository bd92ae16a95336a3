//! Users: rows and named queries.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;

use crate::{
    db::{Connection, StoreFault, insert_rows, on_either},
    domain::{Eui64, User},
    store::{
        device::BATCH,
        stored::{Table, joined, text},
        table::stored_table,
    },
};

stored_table! {
    users (user_id) {
        user_id -> Text,
        party_signifier -> Text,
        party_name -> Text,
        roles -> Text,
        status -> Text,
        receive_response_url -> Nullable<Text>,
        answer_version -> Nullable<Text>,
    }
}

const TABLE: Table = Table("users");

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = users, treat_none_as_default_value = false)]
struct UserRow {
    user_id: String,
    party_signifier: String,
    party_name: String,
    roles: String,
    status: String,
    receive_response_url: Option<String>,
    answer_version: Option<String>,
}

impl From<&User> for UserRow {
    fn from(user: &User) -> Self {
        let User { id, party_signifier, party_name, roles, status, receive_response_url, answer_version } =
            user;
        Self {
            user_id: id.to_string(),
            party_signifier: party_signifier.clone(),
            party_name: party_name.clone(),
            roles: joined(roles),
            status: status.to_string(),
            receive_response_url: receive_response_url.clone(),
            answer_version: text(answer_version.as_ref()),
        }
    }
}

impl TryFrom<UserRow> for User {
    type Error = StoreFault;

    fn try_from(row: UserRow) -> Result<Self, StoreFault> {
        let UserRow {
            user_id,
            party_signifier,
            party_name,
            roles,
            status,
            receive_response_url,
            answer_version,
        } = row;
        Ok(Self {
            id: TABLE.value("user_id", &user_id)?,
            party_signifier,
            party_name,
            roles: TABLE.list("roles", &roles)?,
            status: TABLE.value("status", &status)?,
            receive_response_url,
            answer_version: TABLE.optional("answer_version", answer_version.as_deref())?,
        })
    }
}

/// Finds a User by ID.
///
/// # Errors
/// When the database fails.
pub fn find(connection: &mut Connection, id: Eui64) -> Result<Option<User>, StoreFault> {
    let row = users::table.find(id.to_string());
    let row = on_either!(connection, |inner| row.select(UserRow::as_select()).get_result(inner));
    row.optional()?.map(User::try_from).transpose()
}

/// Finds the Users with these IDs by one query; none for an ID without a User, so that the absence can be cached too.
pub(in crate::store) fn find_all(
    connection: &mut Connection,
    ids: &BTreeSet<Eui64>,
) -> Result<BTreeMap<Eui64, Option<User>>, StoreFault> {
    let names = ids.iter().map(ToString::to_string).collect::<Vec<_>>();
    let rows = on_either!(connection, |inner| {
        users::table.filter(users::user_id.eq_any(names)).select(UserRow::as_select()).load(inner)
    })?;
    // Absent first; a User that is found replaces that.
    let mut found = ids.iter().map(|id| (*id, None)).collect::<BTreeMap<_, _>>();
    for row in rows {
        let user = User::try_from(row)?;
        found.insert(user.id, Some(user));
    }
    Ok(found)
}

/// Loads every User, in the order of IDs.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn all(connection: &mut Connection) -> Result<Vec<User>, StoreFault> {
    let rows = users::table.order(users::user_id).select(UserRow::as_select()).load(connection)?;
    rows.into_iter().map(User::try_from).collect()
}

/// Loads the Users behind that one, in the order of IDs: at most so many.
///
/// # Errors
/// When the database fails.
pub fn after(connection: &mut Connection, last: Option<Eui64>, limit: u16) -> Result<Vec<User>, StoreFault> {
    let last = last.map(|last| last.to_string()).unwrap_or_default();
    let query = users::table.filter(users::user_id.gt(last)).order(users::user_id).limit(limit.into());
    let rows = query.select(UserRow::as_select()).load(connection)?;
    rows.into_iter().map(User::try_from).collect()
}

/// Finds the first User with this party signifier. There are hundreds of Users, and no index of these.
///
/// # Errors
/// When the database fails.
pub fn with_signifier(connection: &mut Connection, signifier: &str) -> Result<Option<User>, StoreFault> {
    let query = users::table.filter(users::party_signifier.eq(signifier)).order(users::user_id);
    let row = query.select(UserRow::as_select()).first(connection).optional()?;
    row.map(User::try_from).transpose()
}

/// Filters these IDs: those of Users remain.
pub(in crate::store) fn known(connection: &mut Connection, ids: &[Eui64]) -> Result<Vec<Eui64>, StoreFault> {
    let mut known = Vec::new();
    // In batches: a database limits the number of bound values of a statement.
    for batch in ids.chunks(BATCH) {
        let query = users::table.filter(users::user_id.eq_any(batch.iter().map(ToString::to_string)));
        for id in query.select(users::user_id).load::<String>(connection)? {
            known.push(TABLE.value("user_id", &id)?);
        }
    }
    Ok(known)
}

/// Inserts Users, and replaces those with the same IDs.
pub(in crate::store) fn replace(connection: &mut Connection, new: &[User]) -> Result<(), StoreFault> {
    for batch in new.chunks(BATCH) {
        let rows = batch.iter().map(UserRow::from).collect::<Vec<_>>();
        // DELETE and INSERT: every column is replaced, with no list of columns to update that could miss one.
        let ids = rows.iter().map(|row| row.user_id.clone());
        diesel::delete(users::table.filter(users::user_id.eq_any(ids))).execute(connection)?;
        insert_rows!(connection, users::table, rows)?;
    }
    Ok(())
}
