//! Named queries of coverage. Each is answered from an index, as there may be tens of millions of rows.

use diesel::prelude::*;

use super::{
    extract::CurrentExtract,
    row::{StoredRow, coverage},
};
use crate::{
    db::{Connection, StoreFault},
    domain::{AddressIdentifier, CoverageRow, CspRegion, PostCode, Uprn},
    store::stored::uprn_number,
};

/// The ids of the current extracts: one for each CSP Region, or a placeholder. Their fixed number keeps the SQL of the queries the
/// same, so that they stay prepared.
#[derive(Clone, Copy, Debug)]
pub(in crate::store) struct Extracts([i64; REGIONS]);

/// The number of ids: a CSP Region has one current extract.
const REGIONS: usize = CspRegion::WITH_COVERAGE.len();

impl Extracts {
    /// The placeholder, the id of no extract.
    const NONE: i64 = -1;

    pub(in crate::store) fn of(current: &[CurrentExtract]) -> Self {
        let mut ids = [Self::NONE; REGIONS];
        ids.iter_mut().zip(current).for_each(|(id, current)| *id = current.id);
        Self(ids)
    }
}

/// Filters rows by extract and loads them. SQLite would prepare a list of values (`eq_any`) again each time, so it gets an OR.
/// PostgreSQL searches its index for each value of a list, but not for each arm of an OR.
macro_rules! load_of_extracts {
    ($connection:expr, $extracts:expr, $rows:expr) => {
        match $connection {
            Connection::Sqlite(connection) => {
                let Extracts([a, b, c, d, e, f]) = $extracts;
                let id = coverage::extract_id;
                let is_of = id.eq(a).or(id.eq(b)).or(id.eq(c)).or(id.eq(d)).or(id.eq(e)).or(id.eq(f));
                $rows.filter(is_of).select(StoredRow::as_select()).load(connection)
            }
            Connection::Postgres(connection) => {
                let Extracts(ids) = $extracts;
                let is_of = coverage::extract_id.eq_any(ids.to_vec());
                $rows.filter(is_of).select(StoredRow::as_select()).load(connection)
            }
        }
    };
}

fn rows_of(rows: Vec<StoredRow>) -> Result<Vec<CoverageRow>, StoreFault> {
    rows.into_iter().map(CoverageRow::try_from).collect()
}

/// Loads the rows of these extracts with a UPRN.
pub(in crate::store) fn by_uprn(
    connection: &mut Connection,
    extracts: Extracts,
    uprn: Uprn,
) -> Result<Vec<CoverageRow>, StoreFault> {
    let named = coverage::table.filter(coverage::uprn.eq(uprn_number(Some(uprn))));
    rows_of(load_of_extracts!(connection, extracts, named)?)
}

/// Loads the rows of these extracts for a postcode and for its district: those that name the address, and those that name none.
pub(in crate::store) fn by_address(
    connection: &mut Connection,
    extracts: Extracts,
    post_code: &PostCode,
    address: Option<&AddressIdentifier>,
) -> Result<Vec<CoverageRow>, StoreFault> {
    let mut rows = by_key(connection, extracts, &post_code.key(), address)?;
    if let Some(district) = post_code.district() {
        rows.extend(by_key(connection, extracts, &district.key(), address)?);
    }
    Ok(rows)
}

fn by_key(
    connection: &mut Connection,
    extracts: Extracts,
    key: &str,
    address: Option<&AddressIdentifier>,
) -> Result<Vec<CoverageRow>, StoreFault> {
    let names_it = coverage::address_identifier.eq(address.map(AddressIdentifier::as_str));
    let there = coverage::table
        .filter(coverage::postcode_key.eq(key))
        .filter(coverage::address_identifier.is_null().or(names_it));
    rows_of(load_of_extracts!(connection, extracts, there)?)
}

/// The page size.
const PAGE: i64 = 1_000;

/// Loads a page of an extract's rows behind a postcode, ordered by postcode, address and UPRN. A page never ends within a
/// postcode. It is empty behind the last page.
pub(in crate::store) fn page_of_extract(
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
        // The page may end between two rows of the same postcode: all rows of its last postcode are read again.
        rows.retain(|row| row.postcode_key != last);
        rows.extend(of_extract().filter(coverage::postcode_key.eq(last)).load(connection)?);
    }
    rows.sort_by(|a, b| {
        let key = |row: &StoredRow| (row.postcode_key.clone(), row.address_identifier.clone(), row.uprn);
        key(a).cmp(&key(b))
    });
    rows_of(rows)
}
