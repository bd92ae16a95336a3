//! Queries of coverage, each answered from an index, however many rows there are.

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

/// The ids of the current extracts, one for each CSP Region or a placeholder. A fixed number of them keeps the statement's SQL the
/// same, and so prepared.
#[derive(Clone, Copy, Debug)]
pub(in crate::store) struct Extracts([i64; REGIONS]);

/// The fewest that are enough: a CSP Region has one extract that speaks for it.
const REGIONS: usize = CspRegion::WITH_COVERAGE.len();

impl Extracts {
    /// The placeholder: no row has it.
    const NONE: i64 = -1;

    pub(in crate::store) fn of(current: &[CurrentExtract]) -> Self {
        let mut ids = [Self::NONE; REGIONS];
        ids.iter_mut().zip(current).for_each(|(id, current)| *id = current.id);
        Self(ids)
    }
}

/// Filters rows by extract. SQLite would prepare a list of values (`eq_any`) anew each time, so it gets an OR; a server searches its
/// index for each value of a list, but not of an OR.
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

/// The rows of these extracts that name the premises of that number.
pub(in crate::store) fn by_uprn(
    connection: &mut Connection,
    extracts: Extracts,
    uprn: Uprn,
) -> Result<Vec<CoverageRow>, StoreFault> {
    let named = coverage::table.filter(coverage::uprn.eq(uprn_number(Some(uprn))));
    rows_of(load_of_extracts!(connection, extracts, named)?)
}

/// The rows of these extracts that speak for that postcode and name that address, or none; those of its district, too.
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

/// The rows of an extract whose postcode comes after that one, by postcode, address and UPRN: a page of them, in which
/// every postcode is whole. Nothing comes after the last page.
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
