//! Named queries of coverage. Each is answered from an index, as there may be tens of millions of rows.

use std::collections::{BTreeMap, BTreeSet};

use diesel::{prelude::*, sql_types::BigInt};

use super::{
    extract::CurrentExtract,
    row::{StoredRow, coverage},
};
use crate::{
    db::{
        Connection, PgConnection, StoreFault,
        prepared::{self, BindColumn, Statement},
    },
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

/// A lookup of rows of the current extracts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::store) enum CoverageLookup {
    /// The rows with a UPRN.
    Uprn(Uprn),
    /// The rows for a normalised postcode or district: those that name this address, and those that name none.
    Place(String, Option<String>),
}

impl CoverageLookup {
    /// The lookups of an address: of its postcode, and of its district.
    pub(in crate::store) fn of_address(
        post_code: &PostCode,
        address: Option<&AddressIdentifier>,
    ) -> impl Iterator<Item = Self> {
        let address = address.map(|address| address.as_str().to_owned());
        let keys = [Some(post_code.key()), post_code.district().map(|district| district.key())];
        keys.into_iter().flatten().map(move |key| Self::Place(key, address.clone()))
    }

    /// Loads the rows of these extracts.
    pub(in crate::store) fn run(
        &self,
        connection: &mut Connection,
        extracts: Extracts,
    ) -> Result<Vec<CoverageRow>, StoreFault> {
        match self {
            Self::Uprn(uprn) => {
                let named = coverage::table.filter(coverage::uprn.eq(uprn_number(Some(*uprn))));
                rows_of(load_of_extracts!(connection, extracts, named)?)
            }
            Self::Place(key, address) => {
                let names_it = coverage::address_identifier.eq(address.as_deref());
                let there = coverage::table
                    .filter(coverage::postcode_key.eq(key))
                    .filter(coverage::address_identifier.is_null().or(names_it));
                rows_of(load_of_extracts!(connection, extracts, there)?)
            }
        }
    }
}

/// A row that was found, with the place of the lookup among those asked for.
#[derive(QueryableByName)]
struct FoundRow {
    #[diesel(sql_type = BigInt)]
    place: i64,
    #[diesel(embed)]
    row: StoredRow,
}

/// The prepared statement of UPRN lookups on a server. OFFSET keeps the planner from making one scan of many searches by index.
struct WithUprn;

impl Statement for WithUprn {
    const TEXT: &'static [&'static str] = &[
        "SELECT asked.place, found.* FROM unnest(",
        ") WITH ORDINALITY AS asked (uprn, place) CROSS JOIN LATERAL (SELECT * FROM coverage \
        WHERE uprn = asked.uprn AND extract_id = ANY(",
        ") OFFSET 0) AS found ORDER BY asked.place",
    ];
}

/// The prepared statement of lookups of places on a server.
struct OfPlace;

impl Statement for OfPlace {
    const TEXT: &'static [&'static str] = &[
        "SELECT asked.place, found.* FROM unnest(",
        ", ",
        ") WITH ORDINALITY AS asked (postcode_key, address, place) CROSS JOIN LATERAL (SELECT * FROM coverage \
        WHERE postcode_key = asked.postcode_key AND (address_identifier IS NULL OR address_identifier = asked.address) \
        AND extract_id = ANY(",
        ") OFFSET 0) AS found ORDER BY asked.place",
    ];
}

/// Answers lookups on a server: one statement for each kind among them.
pub(in crate::store) fn run_all(
    connection: &mut PgConnection,
    extracts: Extracts,
    lookups: &BTreeSet<CoverageLookup>,
) -> Result<BTreeMap<CoverageLookup, Vec<CoverageRow>>, StoreFault> {
    let mut found = lookups.iter().map(|lookup| (lookup.clone(), Vec::new())).collect::<BTreeMap<_, _>>();
    let Extracts(ids) = extracts;
    let ids = || BindColumn::Numbers(ids.map(Some).into());
    let (mut uprns, mut places) = (Vec::new(), Vec::new());
    for lookup in lookups {
        match lookup {
            CoverageLookup::Uprn(uprn) => uprns.push((lookup, *uprn)),
            CoverageLookup::Place(key, address) => places.push((lookup, key, address)),
        }
    }
    let mut keep = |lookup: Option<&CoverageLookup>, row: StoredRow| {
        if let Some(rows) = lookup.and_then(|lookup| found.get_mut(lookup)) {
            rows.push(CoverageRow::try_from(row)?);
        }
        Ok::<_, StoreFault>(())
    };
    if !uprns.is_empty() {
        let columns = [BindColumn::numbers(&uprns, |(_, uprn)| uprn_number(Some(*uprn))), ids()];
        for FoundRow { place, row } in prepared::load_for_rows::<WithUprn, FoundRow>(connection, &columns)? {
            keep(at(&uprns, place).map(|(lookup, _)| *lookup), row)?;
        }
    }
    if !places.is_empty() {
        let columns = [
            BindColumn::texts(&places, |(_, key, _)| Some(key.as_str())),
            BindColumn::texts(&places, |(.., address)| address.as_deref()),
            ids(),
        ];
        for FoundRow { place, row } in prepared::load_for_rows::<OfPlace, FoundRow>(connection, &columns)? {
            keep(at(&places, place).map(|(lookup, ..)| *lookup), row)?;
        }
    }
    Ok(found)
}

/// The lookup at a place, which the database counts from 1.
fn at<T>(lookups: &[T], place: i64) -> Option<&T> {
    usize::try_from(place).ok().and_then(|place| lookups.get(place.checked_sub(1)?))
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
