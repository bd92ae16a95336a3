//! The coverage of a place: what SR 12.1 is answered about it, in each schemaVersion.

use super::XmlLineValue;
use crate::{
    db::StoreFault,
    domain::{
        CspRegion, Decision, Payload, PremisesKey, RegionAnswer, RegionFacts, RenderedCoverage, Response,
        ResponseCode, SchemaVersion, ServiceRequest, Shape, Timestamp,
    },
    duis::xml::{self, pretty::pretty},
    rules,
    service::{App, Fault},
    store::{self, Session},
};

/// What SR 12.1 about a place is answered.
#[derive(Clone, Debug)]
pub struct CoverageAnswer {
    /// What is known of each CSP Region, and from where.
    pub facts: Vec<RegionFacts>,
    /// The decision, whose steps are those of SR 12.1 alone.
    pub decision: Decision,
    /// The answer in each schemaVersion that has a shape of its own, oldest first.
    pub versions: Vec<CoverageInVersion>,
}

/// The answer in one schemaVersion.
#[derive(Clone, Debug)]
pub struct CoverageInVersion {
    /// The version.
    pub version: &'static str,
    /// The response code of the answer.
    pub code: ResponseCode,
    /// The CSP Regions that it shows.
    pub regions: Vec<RegionInVersion>,
    /// The answer as XML: without a RequestID, as no request was sent, and without a signature.
    pub message: Vec<XmlLineValue>,
}

/// A CSP Region in one schemaVersion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegionInVersion {
    /// The region that answers.
    pub of: CspRegion,
    /// The region as this version names it.
    pub region: CspRegion,
    /// Its own response code, which answers have since 5.3.
    pub code: Option<ResponseCode>,
    /// The coverage; absent where the region cannot answer.
    pub coverage: Option<RenderedCoverage>,
}

impl App {
    /// What SR 12.1 about a place is answered to who may send it, by the facts and rules of a real request. CSPs that have an address
    /// are asked, as for a real one.
    ///
    /// # Errors
    /// When the store fails.
    pub fn coverage_at(&self, place: &PremisesKey) -> Result<CoverageAnswer, Fault> {
        let (choices, now) = (self.choices(), self.clock().now());
        let silent = &choices.csp_unavailable;
        // Before the read: no connection waits for a CSP.
        let live = self.0.csps.as_ref().map(|csps| csps.ask(place, silent)).unwrap_or_default();
        let read = |connection: &mut _| store::coverage_facts(&mut Session::new(connection), place, silent);
        let facts = live.merge(self.store().read::<_, StoreFault>(read)?);
        let decision = rules::decide_coverage(place, &facts, now, choices.rules, &choices.codes);
        let versions = Shape::ALL.iter().map(|shape| in_version(&decision, *shape, now.0)).collect();
        Ok(CoverageAnswer { facts, decision, versions })
    }
}

fn in_version(decision: &Decision, shape: Shape, at: Timestamp) -> CoverageInVersion {
    let regions: &[RegionAnswer] = match &decision.payload {
        Some(Payload::WanMatrix(_, regions)) => regions,
        Some(Payload::Inventory(_) | Payload::FirmwareWarning(_)) | None => &[],
    };
    let regions = xml::shown_regions(regions, shape).into_iter().map(|shown| RegionInVersion {
        of: shown.of,
        region: shown.region,
        code: shown.code,
        coverage: shown.coverage.cloned(),
    });
    let response = Response {
        schema_version: SchemaVersion::of(shape),
        request_id: None,
        response_id: None,
        code: decision.code,
        at,
        variant: ServiceRequest::RequestWanMatrix.variant(),
        payload: decision.payload.clone(),
    };
    CoverageInVersion {
        version: shape.since(),
        code: decision.code.known_to(shape),
        regions: regions.collect(),
        message: pretty(xml::encode(&response).as_str()).unwrap_or_default(),
    }
}
