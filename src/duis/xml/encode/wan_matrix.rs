//! Encodes the coverage of an SR 12.1 answer: a list of CSP Regions since version 5.3, one region before.

use super::inventory::known_region;
use crate::{
    domain::{CspRegion, PremisesKey, RegionAnswer, RenderedCoverage, ResponseCode, Shape},
    duis::xml::{builder::Builder, compose},
};

/// The answer of a CSP Region as one schema version shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownRegion<'a> {
    /// The region that answers.
    pub of: CspRegion,
    /// The region as this version names it.
    pub region: CspRegion,
    /// Its own response code, which answers have since 5.3.
    pub code: Option<ResponseCode>,
    /// The coverage; absent where the region cannot answer.
    pub coverage: Option<&'a RenderedCoverage>,
}

/// The regions of an answer that a version shows: all since 5.3, before that the first with coverage, if any.
pub fn shown_regions(regions: &[RegionAnswer], shape: Shape) -> Vec<ShownRegion<'_>> {
    if shape >= Shape::V5_3 {
        regions.iter().map(|answer| shown(answer, shape)).collect()
    } else {
        let first = first_that_answers(regions).map(|answer| shown(answer, shape));
        first.map(|first| ShownRegion { code: None, ..first }).into_iter().collect()
    }
}

fn shown(answer: &RegionAnswer, shape: Shape) -> ShownRegion<'_> {
    ShownRegion {
        of: answer.region,
        region: known_region(answer.region, shape),
        code: Some(answer.code.known_to(shape)),
        coverage: answer.coverage.as_ref(),
    }
}

/// Writes a DSPWANMatrix, or nothing if there is no region that this version can show.
pub(super) fn wan_matrix(out: &mut Builder, asked: &PremisesKey, regions: &[RegionAnswer], shape: Shape) {
    let shown = shown_regions(regions, shape);
    if shown.is_empty() {
        return;
    }
    out.element("DSPWANMatrix", |out| {
        out.element("Request", |out| compose::premises(out, asked));
        for region in &shown {
            if shape >= Shape::V5_3 {
                out.element("DSPWANMatrixResponse", |out| answer(out, region));
            } else {
                answer(out, region);
            }
        }
    });
}

fn answer(out: &mut Builder, ShownRegion { region, code, coverage, .. }: &ShownRegion<'_>) {
    out.value("CSPRegion", region);
    out.optional("CSPRegionResponseCode", *code);
    if let Some(coverage) = coverage {
        self::coverage(out, coverage);
    }
}

/// The first region with coverage, in the order North, Central, South, 4G (SMI.md 7).
fn first_that_answers(regions: &[RegionAnswer]) -> Option<&RegionAnswer> {
    CspRegion::WITH_COVERAGE.iter().find_map(|wanted| {
        regions.iter().find(|answer| answer.region == *wanted && answer.coverage.is_some())
    })
}

/// Writes the coverage of a region. A WANTechnology of one space means `Unknown` and must not be trimmed (MP106-R8).
fn coverage(out: &mut Builder, coverage: &RenderedCoverage) {
    let RenderedCoverage {
        available,
        anticipated,
        technology,
        likelihood,
        auxiliary_equipment,
        additional_information,
    } = coverage;
    out.value("CoverageAvailability", available);
    out.optional("AnticipatedCoverageDate", *anticipated);
    out.value("WANTechnology", technology);
    out.value("ConnectivityLikelihood", likelihood);
    out.optional("AuxiliaryEquipmentRequired", auxiliary_equipment.as_ref());
    out.optional("AdditionalInformation", additional_information.as_ref());
}
