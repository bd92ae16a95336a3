//! Named queries. Each is answered from an index, however many rows there are.

use std::collections::BTreeSet;

use diesel::prelude::*;

use super::row::StoredRow;
use crate::{
    domain::{AddressIdentifier, CoverageRow, Uprn},
    store::{Connection, StoreFault, schema::coverage, stored::uprn_number},
};

fn rows_of(rows: Vec<StoredRow>) -> Result<Vec<CoverageRow>, StoreFault> {
    rows.into_iter().map(CoverageRow::try_from).collect()
}

/// The rows of these extracts that name the premises of that number.
pub(in crate::store) fn by_uprn(
    connection: &mut Connection,
    extracts: &[i64],
    uprn: Uprn,
) -> Result<Vec<CoverageRow>, StoreFault> {
    let query = coverage::table
        .filter(coverage::extract_id.eq_any(extracts))
        .filter(coverage::uprn.eq(uprn_number(Some(uprn))));
    rows_of(query.select(StoredRow::as_select()).load(connection)?)
}

/// The rows of these extracts and postcodes or districts that name one of these addresses, or none.
pub(in crate::store) fn by_address(
    connection: &mut Connection,
    extracts: &[i64],
    keys: &BTreeSet<String>,
    addresses: &BTreeSet<&AddressIdentifier>,
) -> Result<Vec<CoverageRow>, StoreFault> {
    let addresses = addresses.iter().map(|address| address.as_str());
    let speaks = coverage::address_identifier.is_null().or(coverage::address_identifier.eq_any(addresses));
    let query = coverage::table
        .filter(coverage::extract_id.eq_any(extracts))
        .filter(coverage::postcode_key.eq_any(keys))
        .filter(speaks);
    rows_of(query.select(StoredRow::as_select()).load(connection)?)
}

/// As many rows are read at once.
const PAGE: i64 = 1_000;

/// The rows of an extract whose postcode comes after that one, by postcode, address and UPRN: a page of them, in which
/// every postcode is whole. Nothing comes after the last page.
pub(in crate::store) fn of_extract_after(
    connection: &mut Connection,
    extract: i64,
    key: Option<&str>,
) -> Result<Vec<CoverageRow>, StoreFault> {
    let of_extract =
        || coverage::table.filter(coverage::extract_id.eq(extract)).select(StoredRow::as_select());
    let page = of_extract().order(coverage::postcode_key).limit(PAGE);
    let mut rows = match key {
        None => page.load(connection)?,
        Some(key) => page.filter(coverage::postcode_key.gt(key)).load(connection)?,
    };
    if rows.len() >= usize::try_from(PAGE).unwrap_or(usize::MAX)
        && let Some(last) = rows.last().map(|row| row.postcode_key.clone())
    {
        // The page may have been cut between two rows of one postcode: those are read again, all of them.
        rows.retain(|row| row.postcode_key != last);
        rows.extend(of_extract().filter(coverage::postcode_key.eq(last)).load(connection)?);
    }
    rows.sort_by(|a, b| {
        let key = |row: &StoredRow| (row.postcode_key.clone(), row.address_identifier.clone(), row.uprn);
        key(a).cmp(&key(b))
    });
    rows_of(rows)
}
