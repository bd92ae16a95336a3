//! Live coverage: the outcomes of asking CSPs while a request waits (CSPM-S1, CSPM-S2), and their merge with the CSPs'
//! extracts (SMI.md 7; that the live answer takes precedence: ours).

use std::fmt;

use super::{Coverage, CoverageSource, CspRegion, set::closed_set};

/// The answer of a CSP about one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CspAnswer {
    /// The place is in its region, with this coverage.
    Covered(Coverage),
    /// The place is not in its region.
    Elsewhere,
}

closed_set!(
    /// The reason why there is no answer of a CSP.
    CspFailure, "a failure of a CSP", {
        Timeout => "timeout",
        Down => "down",
        Refused => "refused",
        Nonsense => "nonsense",
        BreakerOpen => "breaker_open",
        Busy => "busy",
        Simulated => "simulated",
    }
);

impl CspFailure {
    /// The text of explanations.
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::Timeout => "no answer in time",
            Self::Down => "it is down",
            Self::Refused => "it refused the question",
            Self::Nonsense => "its answer was nonsense, and was refused",
            Self::BreakerOpen => "it failed too often just now, and was left in peace",
            Self::Busy => "too many others were asking it",
            Self::Simulated => "`simulate.csp_unavailable` names it",
        }
    }
}

/// The age of a CSP's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerAge {
    /// The CSP was asked for this request.
    Live,
    /// The answer was cached, that many seconds ago.
    Cached(u64),
}

impl fmt::Display for AnswerAge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Live => f.write_str("live"),
            Self::Cached(seconds) => write!(f, "cached {seconds} s ago"),
        }
    }
}

/// The outcome of asking one CSP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CspOutcome {
    /// It was not asked.
    NotAsked,
    /// It answered.
    Answered(CspAnswer, AnswerAge),
    /// It failed.
    Failed(CspFailure),
}

/// The outcomes of asking the CSPs about one place; empty if no CSP has an address in the settings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LiveCoverage(Vec<(CspRegion, CspOutcome)>);

impl LiveCoverage {
    /// Makes live coverage from these outcomes, at most one for each CSP Region.
    pub const fn new(outcomes: Vec<(CspRegion, CspOutcome)>) -> Self {
        Self(outcomes)
    }

    /// The outcome of asking the CSP of that region; none if its CSP has no address in the settings.
    pub fn of(&self, region: CspRegion) -> Option<&CspOutcome> {
        self.0.iter().find(|(asked, _)| *asked == region).map(|(_, outcome)| outcome)
    }

    /// Merges the outcomes with the facts of the extracts, in the order of an answer. A CSP's own answer takes precedence
    /// over its extract, and the extract is used where the CSP did not answer.
    pub fn merge(&self, extracts: Vec<RegionFacts>) -> Vec<RegionFacts> {
        // The usual case, without CSPs to ask: nothing is cloned.
        if self.0.is_empty() {
            return extracts;
        }
        let facts = |region: &CspRegion| {
            let extract = extracts.iter().find(|facts| facts.region == *region).cloned();
            match self.of(*region) {
                Some(outcome) => Some(outcome.merge(*region, extract)),
                None => extract,
            }
        };
        // Over all regions and not over the extracts: a region whose extract does not have the place may still answer live.
        CspRegion::WITH_COVERAGE.iter().filter_map(facts).collect()
    }
}

impl CspOutcome {
    fn merge(&self, region: CspRegion, extract: Option<RegionFacts>) -> RegionFacts {
        let source = extract.as_ref().and_then(|extract| extract.source.clone());
        let of_csp =
            |coverage, provenance| RegionFacts { region, coverage, source: source.clone(), provenance };
        // A region whose extract does not know the place is listed without coverage: as long as its CSP has not
        // answered, it may cover the place (ours).
        let of_extract = |provenance| {
            let extract = extract.clone().map(|extract| RegionFacts { provenance, ..extract });
            extract.unwrap_or(RegionFacts { region, coverage: None, source: None, provenance })
        };
        match self {
            Self::NotAsked => of_extract(Provenance::CspNotAsked),
            Self::Failed(failure) => of_extract(Provenance::CspFailed(*failure)),
            Self::Answered(CspAnswer::Covered(coverage), age) => {
                of_csp(Some(coverage.clone()), Provenance::Csp(*age))
            }
            Self::Answered(CspAnswer::Elsewhere, age) => of_csp(None, Provenance::Elsewhere(*age)),
        }
    }
}

/// The provenance of a region's facts: the CSP's live answer, or the extract and the reason why it was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Provenance {
    /// The extract, as the region's CSP has no address in the settings.
    NoCsp,
    /// The extract, as the CSP was not asked.
    CspNotAsked,
    /// The CSP's answer.
    Csp(AnswerAge),
    /// The CSP's answer that the place is not in its region.
    Elsewhere(AnswerAge),
    /// The extract, if it has the place, as the CSP failed.
    CspFailed(CspFailure),
}

/// The facts of one CSP Region about a place: it covers the place, may cover it, or does not, by its CSP's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegionFacts {
    /// The region.
    pub region: CspRegion,
    /// The coverage; absent if the region cannot answer now, or the place is not in it.
    pub coverage: Option<Coverage>,
    /// The extract that has the place, if any.
    pub source: Option<CoverageSource>,
    /// Whether the coverage is from the CSP or from its extract.
    pub provenance: Provenance,
}

impl RegionFacts {
    /// The facts of an extract only; without coverage if the region cannot answer now.
    pub const fn of_extract(region: CspRegion, coverage: Option<Coverage>, source: CoverageSource) -> Self {
        Self { region, coverage, source: Some(source), provenance: Provenance::NoCsp }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ConnectivityLikelihood, WanTechnology};

    fn coverage(technology: WanTechnology) -> Coverage {
        Coverage {
            available: true,
            anticipated: None,
            technology,
            likelihood: ConnectivityLikelihood::High,
            auxiliary_equipment: None,
            additional_information: None,
        }
    }

    /// docs/CSP.md, "Whose word counts": each cell.
    #[test]
    fn a_csps_answer_takes_precedence_and_its_extract_is_used_where_it_failed() {
        let covered =
            CspOutcome::Answered(CspAnswer::Covered(coverage(WanTechnology::N420)), AnswerAge::Live);
        let elsewhere = CspOutcome::Answered(CspAnswer::Elsewhere, AnswerAge::Cached(7));
        let failed = CspOutcome::Failed(CspFailure::Timeout);
        let source = CoverageSource::UndatedExtract;
        let extract = RegionFacts::of_extract(CspRegion::North, Some(coverage(WanTechnology::N450)), source);
        let merged = |outcome: Option<&CspOutcome>, extracts: &[&RegionFacts]| {
            // Another region's CSP, so that a CSP was asked.
            let other = (CspRegion::South, CspOutcome::NotAsked);
            let outcomes =
                outcome.map(|outcome| (CspRegion::North, outcome.clone())).into_iter().chain([other]);
            let live = LiveCoverage::new(outcomes.collect());
            let facts = live.merge(extracts.iter().map(|facts| (*facts).clone()).collect());
            facts
                .iter()
                .find(|facts| facts.region == CspRegion::North)
                .map(|facts| (facts.coverage.as_ref().map(|c| c.technology.as_str()), facts.provenance))
        };
        let knows = |outcome| merged(outcome, &[&extract]);
        let knows_not = |outcome| merged(outcome, &[]);
        let (csps, extracts) = (Some("420"), Some("450"));
        assert_eq!(knows(Some(&covered)), Some((csps, Provenance::Csp(AnswerAge::Live))));
        assert_eq!(knows_not(Some(&covered)), Some((csps, Provenance::Csp(AnswerAge::Live))));
        for known in [knows(Some(&elsewhere)), knows_not(Some(&elsewhere))] {
            assert_eq!(known, Some((None, Provenance::Elsewhere(AnswerAge::Cached(7)))));
        }
        assert_eq!(knows(Some(&failed)), Some((extracts, Provenance::CspFailed(CspFailure::Timeout))));
        assert_eq!(knows_not(Some(&failed)), Some((None, Provenance::CspFailed(CspFailure::Timeout))));
        assert_eq!(knows(Some(&CspOutcome::NotAsked)), Some((extracts, Provenance::CspNotAsked)));
        assert_eq!(knows_not(Some(&CspOutcome::NotAsked)), Some((None, Provenance::CspNotAsked)));
        assert_eq!(knows(None), Some((extracts, Provenance::NoCsp)));
        assert_eq!(knows_not(None), None);
    }
}
