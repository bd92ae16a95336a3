//! Encodes the coverage of an SR 12.1 answer: a list of CSP Regions since version 5.3, one region before.

use super::inventory::known_region;
use crate::{
    domain::{CspRegion, PremisesKey, RegionAnswer, RenderedCoverage, Shape},
    duis::xml::{builder::Builder, compose},
};

/// Writes a DSPWANMatrix, or nothing if there is no region that this version can show.
pub(super) fn wan_matrix(out: &mut Builder, asked: &PremisesKey, regions: &[RegionAnswer], shape: Shape) {
    if shape >= Shape::V5_3 {
        list(out, asked, regions, shape);
    } else if let Some((region, coverage)) = first_that_answers(regions) {
        out.element("DSPWANMatrix", |out| {
            out.element("Request", |out| compose::premises(out, asked));
            out.value("CSPRegion", known_region(region, shape));
            self::coverage(out, coverage);
        });
    }
}

fn list(out: &mut Builder, asked: &PremisesKey, regions: &[RegionAnswer], shape: Shape) {
    if regions.is_empty() {
        return;
    }
    out.element("DSPWANMatrix", |out| {
        out.element("Request", |out| compose::premises(out, asked));
        for region in regions {
            out.element("DSPWANMatrixResponse", |out| answer(out, region, shape));
        }
    });
}

fn answer(out: &mut Builder, answer: &RegionAnswer, shape: Shape) {
    out.value("CSPRegion", answer.region);
    out.value("CSPRegionResponseCode", answer.code.known_to(shape));
    if let Some(coverage) = &answer.coverage {
        self::coverage(out, coverage);
    }
}

/// The first region with coverage, in the order North, Central, South, 4G (SMI.md 7).
fn first_that_answers(regions: &[RegionAnswer]) -> Option<(CspRegion, &RenderedCoverage)> {
    CspRegion::WITH_COVERAGE.iter().find_map(|wanted| {
        let answers = regions.iter().filter(|answer| answer.region == *wanted);
        answers.filter_map(|answer| Some((answer.region, answer.coverage.as_ref()?))).next()
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
