//! SR 12.1 Request WAN Matrix: the coverage of premises by each CSP Region (SMI.md 7, MP106-R1).

use crate::{
    domain::{
        Coverage, Now, Payload, PremisesKey, Provenance, Refusal, RegionAnswer, RegionFacts,
        RenderedCoverage, ResponseCode, Trace, WanTechnology,
    },
    rules::{RuleSettings, accepted::Accepted, rulebook::sr_12_1 as rules},
};

/// Decides by the rules a to e.
pub(in crate::rules) fn decide(
    place: &PremisesKey,
    regions: &[RegionFacts],
    settings: RuleSettings,
    now: Now,
    trace: &mut Trace,
) -> Result<Accepted, Refusal> {
    // A CSP's live answer that the place is not in its region takes precedence over its extract: the region is left out.
    let (covering, elsewhere) = regions.iter().partition::<Vec<_>, _>(|facts| !is_elsewhere(facts));
    trace.require(rules::PLACE_KNOWN, !covering.is_empty(), saw_regions(&covering, &elsewhere))?;
    // Before the last check, because that may refuse: the trace must show first why each region does not answer.
    let answers = covering.iter().map(|facts| answer(facts, settings, now, trace)).collect::<Vec<_>>();
    let answering = answers.iter().filter(|answer| answer.coverage.is_some()).count();
    let saw = format!("{answering} of {} answer", answers.len());
    trace.require(rules::SOME_REGION_ANSWERS, answering > 0, saw)?;
    Ok(Accepted::with_payload(Payload::WanMatrix(place.clone(), answers)))
}

const fn is_elsewhere(facts: &RegionFacts) -> bool {
    matches!(facts.provenance, Provenance::Elsewhere(_))
}

fn saw_regions(covering: &[&RegionFacts], elsewhere: &[&RegionFacts]) -> String {
    let names = covering.iter().map(|facts| facts.region.as_str()).collect::<Vec<_>>().join(", ");
    let mut saw =
        if covering.is_empty() { "no CSP Region".to_owned() } else { format!("CSP Regions: {names}") };
    for facts in elsewhere {
        if let Provenance::Elsewhere(age) = facts.provenance {
            saw.push_str(&format!("; not {}, as its CSP says ({age})", facts.region));
        }
    }
    saw
}

/// The answer of one region: its coverage, or the code that it cannot answer. Never a refusal of the request.
fn answer(facts: &RegionFacts, settings: RuleSettings, now: Now, trace: &mut Trace) -> RegionAnswer {
    let region = facts.region;
    trace.note(
        rules::REGION_ANSWERS,
        facts.coverage.is_some(),
        format!("{region} {}", saw_source(facts, now)),
    );
    match &facts.coverage {
        None => RegionAnswer { region, code: trace.code_of(rules::REGION_ANSWERS), coverage: None },
        Some(coverage) => {
            note_technology(facts, coverage, trace);
            RegionAnswer { region, code: ResponseCode::I0, coverage: Some(render(coverage, settings)) }
        }
    }
}

/// Whether the region answers, and the provenance of its answer, as text.
fn saw_source(facts: &RegionFacts, now: Now) -> String {
    let of_csp = match facts.provenance {
        Provenance::NoCsp => String::new(),
        Provenance::CspNotAsked => "; its CSP was not asked".to_owned(),
        Provenance::Csp(age) | Provenance::Elsewhere(age) => return format!("answers: its CSP ({age})"),
        Provenance::CspFailed(failure) => format!("; its CSP did not answer: {}", failure.in_words()),
    };
    match (&facts.coverage, &facts.source) {
        (Some(_), Some(source)) => format!("answers: {}{of_csp}", source.describe(now)),
        (Some(_), None) => format!("answers{of_csp}"),
        (None, _) => format!("cannot answer now{of_csp}"),
    }
}

/// Records the WAN Variants that explanations must mention, such as a space, which is invisible as text (MP106-R3, R4).
fn note_technology(facts: &RegionFacts, coverage: &Coverage, trace: &mut Trace) {
    let (region, technology) = (facts.region, coverage.technology);
    if technology == WanTechnology::Space {
        let saw = match coverage.anticipated {
            Some(date) => format!("{region}: Unknown (one space, with date {date})"),
            None => format!("{region}: {} (one space, no date)", WanTechnology::NoCoverageIntended),
        };
        trace.note(rules::UNKNOWN_VARIANT, true, saw);
    }
    if !technology.is_in_table_3() {
        trace.note(rules::IN_TABLE_3, true, format!("{region}: {technology} is outside Table 3"));
    }
}

/// The coverage in the form of the answer.
///
/// A single space means "not known yet" if there is a date, and "no coverage planned" if there is none.
fn render(coverage: &Coverage, settings: RuleSettings) -> RenderedCoverage {
    let no_coverage = WanTechnology::NoCoverageIntended.as_str();
    // The extract may have the names of another release than the configured one, older or newer.
    let technology = coverage.technology.named_in(settings.csp_release);
    let (technology, available) = match (technology, coverage.anticipated) {
        (WanTechnology::Space, None) => (no_coverage, false),
        (WanTechnology::Space, Some(_)) => (settings.wan_unknown.wire_text(), coverage.available),
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
