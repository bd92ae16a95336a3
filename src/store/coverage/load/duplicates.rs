//! Duplicates: places that an extract names twice.
//!
//! The database's unique indexes find them. Only after such a fault are the rows of the batch compared with the stored ones, to find
//! their lines: a file without duplicates costs no query.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;

use super::insert;
use crate::{
    db::{Connection, StoreFault},
    store::coverage::row::{StoredRow, coverage},
};

/// The key that two duplicate rows share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum DuplicateBy {
    /// The UPRN.
    Uprn,
    /// Postcode or district, and address; of rows without UPRN.
    Place,
}

/// A duplicate: a line with the place of an earlier line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) struct DuplicatePlace {
    pub(in crate::store) line: u64,
    pub(in crate::store) earlier: u64,
    pub(in crate::store) by: DuplicateBy,
}

/// The id of a duplicate row, the id of the earlier row, and the key they share.
type DuplicateIds = (i64, i64, DuplicateBy);

/// The key of a place within an extract.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum PlaceKey {
    Uprn(i64),
    Place(String, Option<String>),
}

fn place_key(uprn: Option<i64>, postcode_key: String, address: Option<String>) -> PlaceKey {
    uprn.map_or(PlaceKey::Place(postcode_key, address), PlaceKey::Uprn)
}

/// Inserts the rows whose place is not stored yet; returns the duplicates. A row that an earlier attempt of the same step inserted
/// is skipped: it has the same id, and is no duplicate.
pub(super) fn insert_new(
    connection: &mut Connection,
    rows: &[StoredRow],
) -> Result<Vec<DuplicateIds>, StoreFault> {
    let mut first = stored_ids(connection, rows)?;
    let written = first.values().copied().collect::<BTreeSet<_>>();
    let mut duplicates = Vec::new();
    let mut new = Vec::new();
    for row in rows {
        let key = place_key(row.uprn, row.postcode_key.clone(), row.address_identifier.clone());
        let by = if row.uprn.is_some() { DuplicateBy::Uprn } else { DuplicateBy::Place };
        let earlier = *first.entry((row.extract_id, key)).or_insert(row.id);
        if earlier != row.id {
            duplicates.push((row.id, earlier, by));
        } else if !written.contains(&row.id) {
            new.push(row.clone());
        }
    }
    if !new.is_empty() {
        insert::all(connection, &new)?;
    }
    Ok(duplicates)
}

/// Looks up the ids of the stored rows with these places.
fn stored_ids(
    connection: &mut Connection,
    rows: &[StoredRow],
) -> Result<BTreeMap<(Option<i64>, PlaceKey), i64>, StoreFault> {
    let extracts = rows.iter().filter_map(|row| row.extract_id).collect::<BTreeSet<_>>();
    let uprns = rows.iter().filter_map(|row| row.uprn);
    let keys = rows.iter().filter(|row| row.uprn.is_none()).map(|row| row.postcode_key.as_str());
    let keys = keys.collect::<BTreeSet<_>>();
    let of_load = || {
        coverage::table.filter(coverage::extract_id.eq_any(extracts.clone())).select((
            coverage::id,
            coverage::extract_id,
            coverage::uprn,
            coverage::postcode_key,
            coverage::address_identifier,
        ))
    };
    let named = of_load().filter(coverage::uprn.eq_any(uprns));
    let placed = of_load().filter(coverage::uprn.is_null()).filter(coverage::postcode_key.eq_any(keys));
    type Found = (i64, Option<i64>, Option<i64>, String, Option<String>);
    let mut found = named.load::<Found>(connection)?;
    found.extend(placed.load::<Found>(connection)?);
    let keyed = |(id, extract, uprn, postcode_key, address): Found| {
        ((extract, place_key(uprn, postcode_key, address)), id)
    };
    Ok(found.into_iter().map(keyed).collect())
}
