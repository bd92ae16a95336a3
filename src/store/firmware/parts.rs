//! The parts of images that Users sent by SR 11.1: rows and named queries. A set that is complete is answered, and its rows go.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;

use super::images::{firmware_images, parts_of};
use crate::{
    db::{
        Connection, PgConnection, StoreFault, on_either,
        prepared::{self, BindColumn, BindValue, Statement},
    },
    domain::{Eui64, FirmwareHash, PartSet, SetPart, Timestamp, instant_text},
    store::{stored::Table, table::stored_table},
};

stored_table! {
    firmware_parts (user_id, firmware_hash) {
        user_id -> Text,
        firmware_hash -> Text,
        request_id -> Text,
        received_at -> Text,
    }
}

diesel::allow_tables_to_appear_in_same_query!(firmware_parts, firmware_images);

const TABLE: Table = Table("firmware_parts");

/// Loads the sets of these Users and wholes: the parts that the register names, and those that came.
pub(in crate::store) fn sets_of(
    connection: &mut Connection,
    keys: &BTreeSet<(Eui64, FirmwareHash)>,
) -> Result<BTreeMap<(Eui64, FirmwareHash), PartSet>, StoreFault> {
    let mut parts = BTreeMap::<FirmwareHash, BTreeSet<FirmwareHash>>::new();
    for (whole, part) in parts_of(connection, &keys.iter().map(|(_, whole)| *whole).collect())? {
        parts.entry(whole).or_default().insert(part);
    }
    let users = keys.iter().map(|(user, _)| user.to_string()).collect::<BTreeSet<_>>();
    let hashes = parts.values().flatten().map(ToString::to_string).collect::<Vec<_>>();
    let rows = on_either!(connection, |inner| {
        let rows = firmware_parts::table.filter(firmware_parts::user_id.eq_any(users));
        let rows = rows.filter(firmware_parts::firmware_hash.eq_any(hashes));
        rows.select((firmware_parts::user_id, firmware_parts::firmware_hash)).load::<(String, String)>(inner)
    })?;
    let mut have = BTreeSet::<(Eui64, FirmwareHash)>::new();
    for (user, part) in rows {
        have.insert((TABLE.value("user_id", &user)?, TABLE.value("firmware_hash", &part)?));
    }
    let set = |(user, whole): &(Eui64, FirmwareHash)| {
        let parts = parts.get(whole).cloned().unwrap_or_default();
        let have = parts.iter().filter(|part| have.contains(&(*user, **part))).copied().collect();
        ((*user, *whole), PartSet { parts, have })
    };
    Ok(keys.iter().map(set).collect())
}

/// A set of a User that waits for more of its parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IncompleteSet {
    /// The User.
    pub user: Eui64,
    /// The whole.
    pub part_of: FirmwareHash,
    /// How many parts came.
    pub have: usize,
    /// Of how many.
    pub of: usize,
    /// When the first of them came.
    pub since: Timestamp,
}

/// Loads the sets that wait for more of their parts, by User and whole.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn incomplete(connection: &mut Connection) -> Result<Vec<IncompleteSet>, StoreFault> {
    let joined = firmware_parts::firmware_hash.eq(firmware_images::firmware_hash);
    let rows = firmware_parts::table
        .inner_join(firmware_images::table.on(joined))
        .filter(firmware_images::part_of.is_not_null())
        .select((
            firmware_parts::user_id,
            firmware_images::part_of.assume_not_null(),
            firmware_parts::received_at,
        ))
        .load::<(String, String, String)>(connection)?;
    let mut sets = BTreeMap::<(Eui64, FirmwareHash), Vec<Timestamp>>::new();
    for (user, whole, received_at) in rows {
        let key = (TABLE.value("user_id", &user)?, TABLE.value("firmware_hash", &whole)?);
        sets.entry(key).or_default().push(TABLE.instant("received_at", &received_at)?);
    }
    let counted = sets_of(connection, &sets.keys().copied().collect())?;
    let set = |((user, part_of), times): ((Eui64, FirmwareHash), Vec<Timestamp>)| {
        let of = counted.get(&(user, part_of)).map_or(0, |set| set.parts.len());
        let since = times.iter().min().copied()?;
        Some(IncompleteSet { user, part_of, have: times.len(), of, since })
    };
    Ok(sets.into_iter().filter_map(set).collect())
}

struct InsertPart;

impl Statement for InsertPart {
    const TEXT: &'static [&'static str] = &[
        "INSERT INTO firmware_parts (user_id, firmware_hash, request_id, received_at) VALUES (",
        ", ",
        ", ",
        ", ",
        ") ON CONFLICT (user_id, firmware_hash) DO UPDATE \
        SET request_id = excluded.request_id, received_at = excluded.received_at",
    ];
}

/// Keeps a part; one that came before is kept with its new request.
pub(super) fn insert(connection: &mut Connection, part: &SetPart) -> Result<(), StoreFault> {
    let SetPart { user, part, request_id, received_at, .. } = part;
    let (user, part, request) = (user.to_string(), part.to_string(), request_id.to_string());
    let at = instant_text(*received_at);
    let values = [&user, &part, &request, &at].map(|value| BindValue::Text(value));
    prepared::run::<InsertPart>(connection, &values)?;
    Ok(())
}

struct InsertParts;

impl Statement for InsertParts {
    const TEXT: &'static [&'static str] = &[
        "INSERT INTO firmware_parts (user_id, firmware_hash, request_id, received_at) SELECT * FROM unnest(",
        ", ",
        ", ",
        ", ",
        ") ON CONFLICT (user_id, firmware_hash) DO UPDATE \
        SET request_id = excluded.request_id, received_at = excluded.received_at",
    ];
}

/// Keeps parts on a server by one statement: the newest of each.
pub(in crate::store) fn insert_all(
    connection: &mut PgConnection,
    parts: &[SetPart],
) -> Result<(), StoreFault> {
    // A statement may write a row once.
    let newest = parts.iter().map(|part| ((part.user, part.part), part)).collect::<BTreeMap<_, _>>();
    if newest.is_empty() {
        return Ok(());
    }
    let rows = newest.into_values().map(|part| {
        let SetPart { user, part, request_id, received_at, .. } = part;
        [user.to_string(), part.to_string(), request_id.to_string(), instant_text(*received_at)]
    });
    let rows = rows.collect::<Vec<_>>();
    let columns = [
        BindColumn::texts(&rows, |[user, ..]| Some(user)),
        BindColumn::texts(&rows, |[_, part, ..]| Some(part)),
        BindColumn::texts(&rows, |[_, _, request, _]| Some(request)),
        BindColumn::texts(&rows, |[.., at]| Some(at)),
    ];
    prepared::run_with_rows::<InsertParts>(connection, &columns)?;
    Ok(())
}

/// Forgets the parts of an image that a User sent: its set is complete.
pub(super) fn forget_set(
    connection: &mut Connection,
    user: Eui64,
    whole: FirmwareHash,
) -> Result<(), StoreFault> {
    let parts = parts_of(connection, &[whole].into())?.into_iter().map(|(_, part)| part.to_string());
    let own = firmware_parts::table.filter(firmware_parts::user_id.eq(user.to_string()));
    let own = own.filter(firmware_parts::firmware_hash.eq_any(parts.collect::<Vec<_>>()));
    diesel::delete(own).execute(connection)?;
    Ok(())
}
