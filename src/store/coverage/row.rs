//! The row of an extract in the database. Texts are stored untrimmed, as a single space is a value (MP106-R8).

use diesel::prelude::*;

use crate::{
    db::StoreFault,
    domain::{Coverage, CoverageRow, CoveredPlace},
    store::{
        stored::{Table, text, uprn_number},
        table::stored_table,
    },
};

stored_table! {
    coverage (id) {
        id -> BigInt,
        extract_id -> Nullable<BigInt>,
        csp_region -> Text,
        postcode -> Text,
        postcode_key -> Text,
        address_identifier -> Nullable<Text>,
        uprn -> Nullable<BigInt>,
        coverage_availability -> Bool,
        anticipated_coverage_date -> Nullable<Text>,
        wan_technology -> Text,
        connectivity_likelihood -> Text,
        auxiliary_equipment_required -> Nullable<Text>,
        additional_information -> Nullable<Text>,
    }
}

const TABLE: Table = Table("coverage");

/// A row of the table `coverage`.
#[derive(Clone, Queryable, QueryableByName, Selectable, Insertable)]
#[diesel(table_name = coverage, treat_none_as_default_value = false)]
pub(in crate::store) struct StoredRow {
    /// Computed from the line in the file, so that ids follow its order.
    pub(in crate::store) id: i64,
    pub(in crate::store) extract_id: Option<i64>,
    csp_region: String,
    postcode: String,
    pub(in crate::store) postcode_key: String,
    pub(in crate::store) address_identifier: Option<String>,
    pub(in crate::store) uprn: Option<i64>,
    coverage_availability: bool,
    anticipated_coverage_date: Option<String>,
    wan_technology: String,
    connectivity_likelihood: String,
    auxiliary_equipment_required: Option<String>,
    additional_information: Option<String>,
}

impl StoredRow {
    /// The row with this id, of this extract.
    pub(in crate::store) fn new(row: &CoverageRow, id: i64, extract_id: i64) -> Self {
        let CoverageRow { region, place, coverage } = row;
        let Coverage {
            available,
            anticipated,
            technology,
            likelihood,
            auxiliary_equipment,
            additional_information,
        } = coverage;
        Self {
            id,
            extract_id: Some(extract_id),
            csp_region: region.to_string(),
            postcode: place.area().to_owned(),
            postcode_key: place.key(),
            address_identifier: text(place.address_identifier()),
            uprn: uprn_number(place.uprn()),
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
        let address = TABLE.optional("address_identifier", row.address_identifier.as_deref())?;
        let place = CoveredPlace::new(&row.postcode, address, TABLE.uprn("uprn", row.uprn)?);
        let place = place.map_err(|malformed| TABLE.malformed("postcode", &malformed))?;
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
