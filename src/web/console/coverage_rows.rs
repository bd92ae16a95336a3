//! The rows of the coverage page: the fields of each CSP Region across the schemaVersions, where they are from, and what was checked.

use super::shown::{CodeMark, When};
use crate::{
    domain::{Coverage, CoverageSource, CspRegion, Provenance, RegionFacts, Step, WanTechnology},
    service::console::{CoverageAnswer, CoverageInVersion, RegionInVersion},
};

/// A CSP Region across the schemaVersions.
#[derive(Clone, Debug)]
pub(super) struct Across {
    pub(super) region: &'static str,
    pub(super) fields: Vec<FieldAcross>,
}

/// A field of a region across the schemaVersions.
#[derive(Clone, Debug)]
pub(super) struct FieldAcross {
    /// The element of the answer.
    pub(super) element: &'static str,
    pub(super) cells: Vec<Cell>,
}

/// What a version shows of a field.
#[derive(Clone, Debug)]
pub(super) enum Cell {
    /// The version does not show the region at all: one cell beside all of its fields.
    RegionAbsent,
    /// The element is not there.
    Absent,
    Code(CodeMark),
    /// One space, which would not show.
    Space,
    Text(String),
}

/// The elements of a region, as the answer names them, in its order.
const ELEMENTS: [&str; 8] = [
    "CSPRegion",
    "CSPRegionResponseCode",
    "CoverageAvailability",
    "AnticipatedCoverageDate",
    "WANTechnology",
    "ConnectivityLikelihood",
    "AuxiliaryEquipmentRequired",
    "AdditionalInformation",
];

/// The regions that any version shows, in the order of an answer.
pub(super) fn groups(versions: &[CoverageInVersion]) -> Vec<Across> {
    let shown = |region: &CspRegion| {
        versions.iter().any(|version| version.regions.iter().any(|shown| shown.of == *region))
    };
    CspRegion::WITH_COVERAGE
        .iter()
        .filter(|region| shown(region))
        .map(|region| across(*region, versions))
        .collect()
}

fn across(region: CspRegion, versions: &[CoverageInVersion]) -> Across {
    let cells = versions.iter().map(|version| {
        let shown = version.regions.iter().find(|shown| shown.of == region);
        shown.map_or_else(|| ELEMENTS.map(|_| Cell::RegionAbsent), cells_of)
    });
    let columns = cells.collect::<Vec<_>>();
    let field = |(row, element): (usize, &'static str)| FieldAcross {
        element,
        cells: columns.iter().filter_map(|column| column.get(row)).cloned().collect(),
    };
    Across { region: region.as_str(), fields: ELEMENTS.into_iter().enumerate().map(field).collect() }
}

fn cells_of(shown: &RegionInVersion) -> [Cell; 8] {
    let coverage = shown.coverage.as_ref();
    let text = |text: Option<String>| text.map_or(Cell::Absent, Cell::Text);
    let technology = coverage.map(|coverage| match coverage.technology {
        " " => Cell::Space,
        name => Cell::Text(name.to_owned()),
    });
    [
        Cell::Text(shown.region.to_string()),
        shown.code.map_or(Cell::Absent, |code| Cell::Code(CodeMark(code))),
        text(coverage.map(|coverage| coverage.available.to_string())),
        text(coverage.and_then(|coverage| coverage.anticipated).map(|date| date.to_string())),
        technology.unwrap_or(Cell::Absent),
        text(coverage.map(|coverage| coverage.likelihood.to_string())),
        text(coverage.and_then(|coverage| coverage.auxiliary_equipment.as_ref()).map(ToString::to_string)),
        text(coverage.and_then(|coverage| coverage.additional_information.as_ref()).map(ToString::to_string)),
    ]
}

/// Where the answer of a CSP Region is from.
#[derive(Clone, Debug)]
pub(super) struct SourceRow {
    pub(super) region: &'static str,
    /// Whether its CSP answered, was not asked or failed; absent where it has no address.
    pub(super) csp: Option<String>,
    /// The file of the extract, and when it was loaded, where it was.
    pub(super) file: Option<String>,
    pub(super) loaded_at: Option<When>,
    /// The WAN Variant there, and what it reads as; absent where the region does not answer.
    pub(super) technology: Option<ReadAs>,
}

/// A WAN Variant of a source, and what SR 12.1 makes of it.
#[derive(Clone, Debug)]
pub(super) enum ReadAs {
    /// One space beside a date.
    SpaceWithDate,
    /// One space without a date.
    SpaceAlone,
    /// A name; and whether Table 3 lists it.
    Name(&'static str, bool),
}

/// Where the answer of each region is from.
pub(super) fn sources(answer: &CoverageAnswer) -> Vec<SourceRow> {
    answer.facts.iter().map(SourceRow::from).collect()
}

impl From<&RegionFacts> for SourceRow {
    fn from(facts: &RegionFacts) -> Self {
        let of_csp = matches!(facts.provenance, Provenance::Csp(_) | Provenance::Elsewhere(_));
        // An answer of the CSP is not from the extract, though there is one.
        let (file, loaded_at) = match facts.source.as_ref().filter(|_| !of_csp) {
            Some(CoverageSource::Extract { name, loaded_at }) => (Some(name.clone()), Some(When(*loaded_at))),
            Some(CoverageSource::UndatedExtract) => (Some("an extract of unknown age".to_owned()), None),
            None => (None, None),
        };
        Self {
            region: facts.region.as_str(),
            csp: csp_text(facts),
            file,
            loaded_at,
            technology: facts.coverage.as_ref().map(ReadAs::of),
        }
    }
}

fn csp_text(facts: &RegionFacts) -> Option<String> {
    match facts.provenance {
        Provenance::NoCsp => None,
        Provenance::CspNotAsked => Some("not asked".to_owned()),
        Provenance::Csp(age) => Some(format!("answered, {age}")),
        Provenance::Elsewhere(age) => Some(format!("says that the place is not in its region, {age}")),
        Provenance::CspFailed(failure) => Some(format!("did not answer: {}", failure.in_words())),
    }
}

impl ReadAs {
    fn of(coverage: &Coverage) -> Self {
        match (coverage.technology, coverage.anticipated) {
            (WanTechnology::Space, Some(_)) => Self::SpaceWithDate,
            (WanTechnology::Space, None) => Self::SpaceAlone,
            (technology, _) => Self::Name(technology.as_str(), technology.is_in_table_3()),
        }
    }
}

/// A check of SR 12.1, and what it saw.
#[derive(Clone, Debug)]
pub(super) struct CheckRow {
    pub(super) rule: &'static str,
    pub(super) holds: bool,
    pub(super) requires: &'static str,
    pub(super) remedy: &'static str,
    pub(super) saw: String,
}

impl From<&Step> for CheckRow {
    fn from(step: &Step) -> Self {
        Self {
            rule: step.rule.id,
            holds: step.holds,
            requires: step.rule.requires,
            remedy: step.rule.remedy,
            saw: step.saw.clone(),
        }
    }
}
