//! The CSV of coverage, `coverage.csv`: a file replaces the extract of each CSP Region it names.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    domain::{Coverage, CoverageRow, CoveredPlace, CspRegion, Malformed, parse_date},
    store::{
        csv::{Faults, Fields, Line, Sheet, refuse_duplicates},
        stored::text,
    },
};

/// One line of coverage.csv.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(in crate::store) struct CoverageLine {
    csp_region: String,
    postcode: String,
    address_identifier: String,
    uprn: String,
    coverage_availability: String,
    anticipated_coverage_date: String,
    wan_technology: String,
    connectivity_likelihood: String,
    auxiliary_equipment_required: String,
    additional_information: String,
}

impl From<&CoverageRow> for CoverageLine {
    fn from(row: &CoverageRow) -> Self {
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
            csp_region: region.to_string(),
            postcode: place.area().to_owned(),
            address_identifier: text(place.address_identifier()).unwrap_or_default(),
            uprn: text(place.uprn().as_ref()).unwrap_or_default(),
            coverage_availability: available.to_string(),
            anticipated_coverage_date: text(anticipated.as_ref()).unwrap_or_default(),
            wan_technology: technology.to_string(),
            connectivity_likelihood: likelihood.to_string(),
            auxiliary_equipment_required: text(auxiliary_equipment.as_ref()).unwrap_or_default(),
            additional_information: text(additional_information.as_ref()).unwrap_or_default(),
        }
    }
}

impl CoverageLine {
    fn place(&self, fields: &mut Fields<'_>) -> Option<CoveredPlace> {
        // The area is parsed alone first, so that a bad postcode is reported as such whatever the other columns hold.
        let area = |text: &str| CoveredPlace::new(text, None, None);
        let area = fields.required_by("postcode", &self.postcode, area);
        let address = fields.optional("address_identifier", &self.address_identifier);
        let uprn = fields.optional("uprn", &self.uprn);
        let (area, address, uprn) = (area?, address?, uprn?);
        if let CoveredPlace::District(district) = &area {
            let premises = [("address_identifier", &self.address_identifier), ("uprn", &self.uprn)];
            for (column, value) in premises.into_iter().filter(|(_, value)| !value.is_empty()) {
                fields.fault(
                    column,
                    value,
                    format!("`{value}` cannot be: postcode district {district} has none"),
                );
            }
        }
        CoveredPlace::new(&self.postcode, address, uprn).ok()
    }

    fn coverage(&self, fields: &mut Fields<'_>) -> Option<Coverage> {
        let available = fields.required_by("coverage_availability", &self.coverage_availability, parse_bool);
        let anticipated =
            fields.optional_by("anticipated_coverage_date", &self.anticipated_coverage_date, parse_date);
        let technology = fields.required("wan_technology", &self.wan_technology);
        let likelihood = fields.required("connectivity_likelihood", &self.connectivity_likelihood);
        let auxiliary_equipment =
            fields.optional("auxiliary_equipment_required", &self.auxiliary_equipment_required);
        let additional_information = fields.optional("additional_information", &self.additional_information);
        Some(Coverage {
            available: available?,
            anticipated: anticipated?,
            technology: technology?,
            likelihood: likelihood?,
            auxiliary_equipment: auxiliary_equipment?,
            additional_information: additional_information?,
        })
    }
}

/// `true` or `false` in any case: a spreadsheet writes them in capitals.
fn parse_bool(text: &str) -> Result<bool, Malformed> {
    text.to_ascii_lowercase().parse().map_err(|_| Malformed::new(text, "`true` or `false`"))
}

impl Sheet for CoverageLine {
    const COLUMNS: &'static [&'static str] = &[
        "csp_region",
        "postcode",
        "address_identifier",
        "uprn",
        "coverage_availability",
        "anticipated_coverage_date",
        "wan_technology",
        "connectivity_likelihood",
        "auxiliary_equipment_required",
        "additional_information",
    ];
    const REQUIRED: &'static [&'static str] =
        &["csp_region", "postcode", "coverage_availability", "wan_technology", "connectivity_likelihood"];
    type Value = CoverageRow;

    fn read(&self, fields: &mut Fields<'_>) -> Option<CoverageRow> {
        let region = fields.required("csp_region", &self.csp_region);
        let place = self.place(fields);
        let coverage = self.coverage(fields);
        let (region, place, coverage) = (region?, place?, coverage?);
        let row = CoverageRow::new(region, place, coverage);
        row.map_err(|malformed| {
            // The row as a whole is refused; the report names the column that caused it.
            let has_extract = CspRegion::WITH_COVERAGE.contains(&region);
            let technology = ("wan_technology", &self.wan_technology);
            let (column, value) = if has_extract { technology } else { ("csp_region", &self.csp_region) };
            fields.fault(column, value, malformed.to_string());
        })
        .ok()
    }

    fn compare(lines: &[Line<CoverageRow>], faults: &mut Faults) {
        refuse_duplicates(lines, faults, "uprn", |CoverageRow { region, place, coverage: _ }| {
            place.uprn().map(|uprn| ((*region, uprn), uprn.to_string()))
        });
        refuse_duplicates(lines, faults, "postcode", |CoverageRow { region, place, coverage: _ }| {
            let key = || (*region, place.key(), place.address_identifier().cloned());
            place.uprn().is_none().then(|| (key(), place_text(place)))
        });
        // A duplicate is reported as that, not as a contradiction too.
        if faults.is_empty() {
            refuse_contradictions(lines, faults);
        }
    }
}

/// Reports every line whose coverage of an address differs from an earlier line's, whichever UPRN either has.
fn refuse_contradictions(lines: &[Line<CoverageRow>], faults: &mut Faults) {
    let mut first = BTreeMap::new();
    for Line { number, value: CoverageRow { region, place, coverage } } in lines {
        let Some(address) = place.address_identifier() else { continue };
        let (earlier, said) = *first.entry((*region, place.key(), address)).or_insert((*number, coverage));
        if said != coverage {
            report_contradiction(faults, *number, earlier, &place_text(place));
        }
    }
}

/// Reports that a line contradicts an earlier line about the same address.
pub(in crate::store) fn report_contradiction(faults: &mut Faults, line: u64, earlier: u64, place: &str) {
    faults.in_value(
        line,
        "postcode",
        place,
        format!("`{place}` is covered in another way on line {earlier}"),
    );
}

/// The text of a place in a fault: postcode and address.
pub(in crate::store) fn place_text(place: &CoveredPlace) -> String {
    match place.address_identifier() {
        Some(address) => format!("{}, {address}", place.area()),
        None => place.area().to_owned(),
    }
}
