//! Contradictions: rows of an extract with different coverage of one address, with and without UPRN or under two UPRNs.
//!
//! It would be undefined which of them answers for the address. Such rows are neighbours in the index of places, which is scanned
//! once, a page at a time.

use diesel::{
    dsl::max,
    prelude::*,
    sql_query,
    sql_types::{BigInt, Text},
};

use crate::{
    db::{Connection, StoreFault, on_either},
    store::coverage::row::coverage,
};

/// The page size; the rows of the last postcode come on top.
const PAGE: i64 = 20_000;

/// The query for contradictions: rows that differ from the first row of their address. Both databases accept `$1`.
// COALESCE as in the unique index, or the planner could not use it.
const CONTRADICTIONS: &str = "SELECT later.id AS later, first.id AS earlier, later.postcode AS postcode,
        later.address_identifier AS address
    FROM (
        SELECT MIN(id) AS id FROM coverage
        WHERE extract_id = $1 AND postcode_key > $2 AND postcode_key <= $3
            AND COALESCE(address_identifier, '') <> ''
        GROUP BY extract_id, postcode_key, COALESCE(address_identifier, '') HAVING COUNT(*) > 1
    ) AS shared
    JOIN coverage AS first ON first.id = shared.id
    JOIN coverage AS later ON later.extract_id = first.extract_id AND later.postcode_key = first.postcode_key
        AND COALESCE(later.address_identifier, '') = COALESCE(first.address_identifier, '') AND later.id <> first.id
    WHERE later.coverage_availability <> first.coverage_availability
        OR later.anticipated_coverage_date IS DISTINCT FROM first.anticipated_coverage_date
        OR later.wan_technology <> first.wan_technology
        OR later.connectivity_likelihood <> first.connectivity_likelihood
        OR later.auxiliary_equipment_required IS DISTINCT FROM first.auxiliary_equipment_required
        OR later.additional_information IS DISTINCT FROM first.additional_information
    ORDER BY later.id LIMIT 100";

/// A row that contradicts an earlier one.
#[derive(QueryableByName)]
pub(super) struct ContradictingRows {
    /// The id of the row.
    #[diesel(sql_type = BigInt)]
    pub(super) later: i64,
    /// The id of the earlier row.
    #[diesel(sql_type = BigInt)]
    pub(super) earlier: i64,
    #[diesel(sql_type = Text)]
    pub(super) postcode: String,
    #[diesel(sql_type = Text)]
    pub(super) address: String,
}

/// Finds the contradictions of the page behind a postcode; returns them with the page's last postcode, or `None` if no rows are
/// left.
pub(super) fn after(
    connection: &mut Connection,
    extract: i64,
    postcode_key: &str,
) -> Result<Option<(Vec<ContradictingRows>, String)>, StoreFault> {
    let keys = || {
        let of_extract = coverage::table.filter(coverage::extract_id.eq(extract));
        of_extract.filter(coverage::postcode_key.gt(postcode_key))
    };
    // A page ends with a whole postcode, so that rows of one address are always on the same page.
    let far = keys().order(coverage::postcode_key).select(coverage::postcode_key).offset(PAGE).limit(1);
    let until = match far.get_result::<String>(connection).optional()? {
        Some(key) => Some(key),
        None => keys().select(max(coverage::postcode_key)).get_result::<Option<String>>(connection)?,
    };
    let Some(until) = until else { return Ok(None) };
    let query = sql_query(CONTRADICTIONS)
        .bind::<BigInt, _>(extract)
        .bind::<Text, _>(postcode_key)
        .bind::<Text, _>(&until);
    let found = on_either!(connection, |connection| query.load::<ContradictingRows>(connection))?;
    Ok(Some((found, until)))
}
