//! What CSPs say of a place when they are asked while a request is answered (CSPM-S1, CSPM-S2), and how that stands
//! beside what their extracts say (SMI.md 7; that the live word goes first: ours).

use std::fmt;

use super::{Coverage, CspRegion, RegionFacts, set::closed_set};

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
    /// A region whose CSP is silent, and whose extract does not know the place, is not left out: nobody can say that
    /// the place is not there (ours).
    pub fn beside(&self, extracts: Vec<RegionFacts>) -> Vec<RegionFacts> {
        if self.0.is_empty() {
            return extracts;
        }
        let facts = |region: &CspRegion| {
            let extract = extracts.iter().find(|facts| facts.region == *region).cloned();
            self.of(*region).map_or(extract.clone(), |outcome| outcome.beside(*region, extract))
        };
        CspRegion::WITH_COVERAGE.iter().filter_map(facts).collect()
    }
}

impl CspOutcome {
    fn beside(&self, region: CspRegion, extract: Option<RegionFacts>) -> Option<RegionFacts> {
        let source = extract.as_ref().and_then(|extract| extract.source.clone());
        let of_csp = |coverage, csp| Some(RegionFacts { region, coverage, source, csp });
        match self {
            Self::NotAsked => extract.map(|extract| RegionFacts { csp: CspWord::NotAsked, ..extract }),
            Self::Answered(CspAnswer::Covered(coverage), age) => {
                of_csp(Some(coverage.clone()), CspWord::Said(*age))
            }
            Self::Answered(CspAnswer::Elsewhere, age) => of_csp(None, CspWord::Elsewhere(*age)),
            Self::Silent(silence) => {
                let word = CspWord::Silent(*silence);
                extract.map(|extract| RegionFacts { csp: word, ..extract }).or_else(|| of_csp(None, word))
            }
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
