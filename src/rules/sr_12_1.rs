//! SR 12.1 Request WAN Matrix: what each CSP Region says of a place (SMI.md 7, MP106-R1).

use super::{WanUnknown, decide::Outcome};
use crate::domain::{
    Coverage, Now, Payload, Place, Refusal, RegionAnswer, RegionFacts, RenderedCoverage, ResponseCode, Trace,
    WanTechnology, rulebook::sr_12_1 as rules,
};

pub(super) fn decide(
    place: &Place,
    regions: &[RegionFacts],
    unknown: WanUnknown,
    now: Now,
    trace: &mut Trace,
) -> Result<Outcome, Refusal> {
    let names = regions.iter().map(|facts| facts.region.as_str()).collect::<Vec<_>>().join(", ");
    let saw = if regions.is_empty() { "no CSP Region".to_owned() } else { format!("CSP Regions: {names}") };
    trace.require(rules::PLACE_KNOWN, !regions.is_empty(), saw)?;
    let answers = regions.iter().map(|facts| answer(facts, unknown, now, trace)).collect::<Vec<_>>();
    let answering = answers.iter().filter(|answer| answer.coverage.is_some()).count();
    let saw = format!("{answering} of {} answer", answers.len());
    trace.require(rules::SOME_REGION_ANSWERS, answering > 0, saw)?;
    Ok(Outcome { changes: Vec::new(), payload: Some(Payload::WanMatrix(place.clone(), answers)) })
}

fn answer(facts: &RegionFacts, unknown: WanUnknown, now: Now, trace: &mut Trace) -> RegionAnswer {
    let region = facts.region;
    let saw = match &facts.coverage {
        Some(_) => format!("{region} answers: {}", facts.source.told(now)),
        None => format!("{region} cannot answer now"),
    };
    trace.note(rules::REGION_ANSWERS, facts.coverage.is_some(), saw);
    match &facts.coverage {
        None => RegionAnswer { region, code: trace.code_of(rules::REGION_ANSWERS), coverage: None },
        Some(coverage) => {
            if coverage.technology == WanTechnology::Space {
                let date = coverage.anticipated.map_or("no date".to_owned(), |date| format!("date {date}"));
                trace.note(rules::UNKNOWN_VARIANT, true, format!("{region}: a single space, {date}"));
            }
            RegionAnswer { region, code: ResponseCode::I0, coverage: Some(render(coverage, unknown)) }
        }
    }
}

/// The space means "not known yet" where there is a date, and "no coverage planned" where there is none.
fn render(coverage: &Coverage, unknown: WanUnknown) -> RenderedCoverage {
    let no_coverage = WanTechnology::NoCoverageIntended.as_str();
    let (technology, available) = match (coverage.technology.release_2_name(), coverage.anticipated) {
        (WanTechnology::Space, None) => (no_coverage, false),
        (WanTechnology::Space, Some(_)) => (unknown.wire_text(), coverage.available),
        (technology, _) => (technology.as_str(), coverage.available),
    };
    RenderedCoverage {
        available,
        anticipated: coverage.anticipated,
        technology,
        likelihood: coverage.likelihood,
        auxiliary_equipment: coverage.auxiliary_equipment.clone(),
        additional_information: coverage.additional_information.clone(),
    }
}
