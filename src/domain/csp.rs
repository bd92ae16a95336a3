//! What CSPs say of a place when they are asked while a request is answered (CSPM-S1, CSPM-S2), and how that stands
//! beside what their extracts say (SMI.md 7; that the live word goes first: ours).

use std::fmt;

use super::{Coverage, CoverageSource, CspRegion, set::closed_set};

/// What a CSP says of a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CspAnswer {
    /// It covers the place so.
    Covered(Coverage),
    /// The place is not in its region.
    Elsewhere,
}

closed_set!(
    /// Why a CSP that was to be asked did not answer.
    Silence, "a reason for silence", {
        Timeout => "timeout",
        Down => "down",
        Refused => "refused",
        Nonsense => "nonsense",
        BreakerOpen => "breaker_open",
        Busy => "busy",
        Simulated => "simulated",
    }
);

impl Silence {
    /// As an explanation says it.
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

/// How old a CSP's word is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WordAge {
    /// It was said for this request.
    Live,
    /// It was said so many seconds before, for another.
    Cached(u64),
}

impl fmt::Display for WordAge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Live => f.write_str("live"),
            Self::Cached(seconds) => write!(f, "cached {seconds} s ago"),
        }
    }
}

/// What became of asking one CSP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CspOutcome {
    /// Nobody asked it.
    NotAsked,
    /// It answered.
    Answered(CspAnswer, WordAge),
    /// It did not.
    Silent(Silence),
}

/// What the CSPs that can be asked say of one place; empty where there are none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LiveCoverage(Vec<(CspRegion, CspOutcome)>);

impl LiveCoverage {
    /// By CSP Region, each once.
    pub const fn new(outcomes: Vec<(CspRegion, CspOutcome)>) -> Self {
        Self(outcomes)
    }

    /// What became of asking the CSP of that region; nothing where it has none that can be asked.
    pub fn of(&self, region: CspRegion) -> Option<&CspOutcome> {
        self.0.iter().find(|(asked, _)| *asked == region).map(|(_, outcome)| outcome)
    }

    /// All of it, beside what the extracts say: a CSP's own word goes before that of its extract, and the extract speaks
    /// where the CSP is silent. In the order of an answer.
    ///
    /// A region whose CSP is silent, or was not asked, and whose extract does not know the place, is not left out: nobody can say that
    /// the place is not there (ours).
    pub fn beside(&self, extracts: Vec<RegionFacts>) -> Vec<RegionFacts> {
        if self.0.is_empty() {
            return extracts;
        }
        let facts = |region: &CspRegion| {
            let extract = extracts.iter().find(|facts| facts.region == *region).cloned();
            match self.of(*region) {
                Some(outcome) => Some(outcome.beside(*region, extract)),
                None => extract,
            }
        };
        CspRegion::WITH_COVERAGE.iter().filter_map(facts).collect()
    }
}

impl CspOutcome {
    fn beside(&self, region: CspRegion, extract: Option<RegionFacts>) -> RegionFacts {
        let source = extract.as_ref().and_then(|extract| extract.source.clone());
        let of_csp = |coverage, csp| RegionFacts { region, coverage, source: source.clone(), csp };
        let of_extract = |csp| {
            let extract = extract.clone().map(|extract| RegionFacts { csp, ..extract });
            extract.unwrap_or(RegionFacts { region, coverage: None, source: None, csp })
        };
        match self {
            Self::NotAsked => of_extract(CspWord::NotAsked),
            Self::Silent(silence) => of_extract(CspWord::Silent(*silence)),
            Self::Answered(CspAnswer::Covered(coverage), age) => {
                of_csp(Some(coverage.clone()), CspWord::Said(*age))
            }
            Self::Answered(CspAnswer::Elsewhere, age) => of_csp(None, CspWord::Elsewhere(*age)),
        }
    }
}

/// Whose word a region's facts are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CspWord {
    /// There is no CSP to ask: the extract's.
    NoneToAsk,
    /// Nobody asked the CSP: the extract's.
    NotAsked,
    /// The CSP's.
    Said(WordAge),
    /// The CSP's: the place is not in its region.
    Elsewhere(WordAge),
    /// The CSP was silent: the extract's, where it knows the place.
    Silent(Silence),
}

/// A CSP Region that covers a place, or may; or, by its CSP's own word, does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegionFacts {
    /// The region.
    pub region: CspRegion,
    /// What it says; absent when it cannot answer now, and where the place is not in it.
    pub coverage: Option<Coverage>,
    /// The extract that knows the place, if one does.
    pub source: Option<CoverageSource>,
    /// Whose word it is.
    pub csp: CspWord,
}

impl RegionFacts {
    /// What an extract says, where nobody else is asked; absent when it cannot answer now.
    pub const fn of_extract(region: CspRegion, coverage: Option<Coverage>, source: CoverageSource) -> Self {
        Self { region, coverage, source: Some(source), csp: CspWord::NoneToAsk }
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
    fn a_csps_word_goes_first_and_the_extract_speaks_where_it_is_silent() {
        let said = CspOutcome::Answered(CspAnswer::Covered(coverage(WanTechnology::N420)), WordAge::Live);
        let elsewhere = CspOutcome::Answered(CspAnswer::Elsewhere, WordAge::Cached(7));
        let silent = CspOutcome::Silent(Silence::Timeout);
        let source = CoverageSource::UndatedExtract;
        let extract = RegionFacts::of_extract(CspRegion::North, Some(coverage(WanTechnology::N450)), source);
        let beside = |outcome: Option<&CspOutcome>, extracts: &[&RegionFacts]| {
            // Another region's CSP, so that somebody was asked.
            let other = (CspRegion::South, CspOutcome::NotAsked);
            let outcomes =
                outcome.map(|outcome| (CspRegion::North, outcome.clone())).into_iter().chain([other]);
            let live = LiveCoverage::new(outcomes.collect());
            let facts = live.beside(extracts.iter().map(|facts| (*facts).clone()).collect());
            facts
                .iter()
                .find(|facts| facts.region == CspRegion::North)
                .map(|facts| (facts.coverage.as_ref().map(|c| c.technology.as_str()), facts.csp))
        };
        let knows = |outcome| beside(outcome, &[&extract]);
        let knows_not = |outcome| beside(outcome, &[]);
        let (csps, extracts) = (Some("420"), Some("450"));
        assert_eq!(knows(Some(&said)), Some((csps, CspWord::Said(WordAge::Live))));
        assert_eq!(knows_not(Some(&said)), Some((csps, CspWord::Said(WordAge::Live))));
        for known in [knows(Some(&elsewhere)), knows_not(Some(&elsewhere))] {
            assert_eq!(known, Some((None, CspWord::Elsewhere(WordAge::Cached(7)))));
        }
        assert_eq!(knows(Some(&silent)), Some((extracts, CspWord::Silent(Silence::Timeout))));
        assert_eq!(knows_not(Some(&silent)), Some((None, CspWord::Silent(Silence::Timeout))));
        assert_eq!(knows(Some(&CspOutcome::NotAsked)), Some((extracts, CspWord::NotAsked)));
        assert_eq!(knows_not(Some(&CspOutcome::NotAsked)), Some((None, CspWord::NotAsked)));
        assert_eq!(knows(None), Some((extracts, CspWord::NoneToAsk)));
        assert_eq!(knows_not(None), None);
    }
}
