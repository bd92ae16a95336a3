//! WAN coverage: rows and named queries. A single space survives here (MP106-R8).

use std::collections::BTreeSet;

use diesel::prelude::*;

use super::{
    Connection, StoreFault,
    any::insert_rows,
    device::BATCH,
    schema::coverage,
    stored::{Table, text, uprn_number},
};
use crate::domain::{AddressIdentifier, Coverage, CoverageRow, CoveredPlace, CspRegion, Uprn};

const TABLE: Table = Table("coverage");

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = coverage, treat_none_as_default_value = false)]
struct StoredRow {
    csp_region: String,
    postcode: String,
    postcode_key: String,
    address_identifier: Option<String>,
    uprn: Option<i64>,
    coverage_availability: bool,
    anticipated_coverage_date: Option<String>,
    wan_technology: String,
    connectivity_likelihood: String,
    auxiliary_equipment_required: Option<String>,
    additional_information: Option<String>,
}

impl From<&CoverageRow> for StoredRow {
    fn from(row: &CoverageRow) -> Self {
        let CoverageRow { region, place, coverage } = row;
        let CoveredPlace { post_code, address_identifier, uprn } = place;
        let Coverage {
            available,
            anticipated,
            technology,
            likelihood,
            auxiliary_equipment,
            additional_information,
        } = coverage;
        Self {
            csp_region: region.to_string(),
            postcode: post_code.to_string(),
            postcode_key: post_code.key(),
            address_identifier: text(address_identifier.as_ref()),
            uprn: uprn_number(*uprn),
            coverage_availability: *available,
            anticipated_coverage_date: text(anticipated.as_ref()),
            wan_technology: technology.to_string(),
            connectivity_likelihood: likelihood.to_string(),
            auxiliary_equipment_required: text(auxiliary_equipment.as_ref()),
            additional_information: text(additional_information.as_ref()),
        }
    }
}

impl TryFrom<StoredRow> for CoverageRow {
    type Error = StoreFault;

    fn try_from(row: StoredRow) -> Result<Self, StoreFault> {
        let region = TABLE.value("csp_region", &row.csp_region)?;
        let place = CoveredPlace {
            post_code: TABLE.value("postcode", &row.postcode)?,
            address_identifier: TABLE.optional("address_identifier", row.address_identifier.as_deref())?,
            uprn: TABLE.uprn("uprn", row.uprn)?,
        };
        let coverage = Coverage {
            available: row.coverage_availability,
            anticipated: TABLE.date("anticipated_coverage_date", row.anticipated_coverage_date.as_deref())?,
            technology: TABLE.value("wan_technology", &row.wan_technology)?,
            likelihood: TABLE.value("connectivity_likelihood", &row.connectivity_likelihood)?,
            auxiliary_equipment: TABLE
                .optional("auxiliary_equipment_required", row.auxiliary_equipment_required.as_deref())?,
            additional_information: TABLE
                .optional("additional_information", row.additional_information.as_deref())?,
        };
        Self::new(region, place, coverage).map_err(|malformed| TABLE.malformed("wan_technology", &malformed))
    }
}

fn rows_of(rows: Vec<StoredRow>) -> Result<Vec<CoverageRow>, StoreFault> {
    rows.into_iter().map(CoverageRow::try_from).collect()
}

/// The rows that name the premises of that number.
pub(super) fn by_uprn(connection: &mut Connection, uprn: Uprn) -> Result<Vec<CoverageRow>, StoreFault> {
    let query = coverage::table.filter(coverage::uprn.eq(uprn_number(Some(uprn))));
    rows_of(query.order(coverage::id).select(StoredRow::as_select()).load(connection)?)
}

/// The rows of these postcodes that name one of these addresses, or none.
pub(super) fn by_address(
    connection: &mut Connection,
    post_code_keys: &BTreeSet<String>,
    addresses: &BTreeSet<&AddressIdentifier>,
) -> Result<Vec<CoverageRow>, StoreFault> {
    let addresses = addresses.iter().map(|address| address.as_str());
    let speaks = coverage::address_identifier.is_null().or(coverage::address_identifier.eq_any(addresses));
    let query = coverage::table.filter(coverage::postcode_key.eq_any(post_code_keys)).filter(speaks);
    rows_of(query.order(coverage::id).select(StoredRow::as_select()).load(connection)?)
}

/// Every row, by CSP Region, postcode, address and UPRN.
pub(super) fn all(connection: &mut Connection) -> Result<Vec<CoverageRow>, StoreFault> {
    let mut rows = rows_of(coverage::table.select(StoredRow::as_select()).load(connection)?)?;
    rows.sort_by_cached_key(|CoverageRow { region, place, coverage: _ }| {
        let CoveredPlace { post_code, address_identifier, uprn } = place.clone();
        (*region, post_code.key(), address_identifier, uprn)
    });
    Ok(rows)
}

/// Puts these in the place of all rows of their CSP Regions.
pub(super) fn replace(connection: &mut Connection, new: &[CoverageRow]) -> Result<(), StoreFault> {
    let regions = new.iter().map(|row| row.region).collect::<BTreeSet<CspRegion>>();
    let regions = regions.into_iter().map(CspRegion::as_str);
    diesel::delete(coverage::table.filter(coverage::csp_region.eq_any(regions))).execute(connection)?;
    for batch in new.chunks(BATCH) {
        let rows = batch.iter().map(StoredRow::from).collect::<Vec<_>>();
        insert_rows!(connection, coverage::table, rows)?;
    }
    Ok(())
}
