//! The report: ESMEs and suspects, what was corrected, and what is left (MP125-D1, D2).

use std::collections::BTreeMap;

use super::{CorrectionCount, EsmeCount, VariantBasis, VariantFault};
use crate::{
    db::{Store, StoreFault},
    domain::{Eui64, EvidenceStrength, VariantDivision},
    store::{self, CountedEsmes, DivideBy},
};

/// What the report is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct VariantQuestion {
    /// What its lines are divided by; one line where there is none.
    pub by: Option<VariantDivision>,
    /// The ESMEs that were estimated to be wrong at the start: 719,000 in July 2020 (MP125-D1).
    pub baseline: Option<u64>,
}

/// ESMEs and suspects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SuspectCounts {
    /// SMETS2+ ESMEs that have a variant.
    pub esmes: u64,
    /// Those with strong evidence against it.
    pub strong: u64,
    /// Those with weak evidence alone.
    pub weak: u64,
    /// Those with a hint alone.
    pub hint: u64,
}

impl SuspectCounts {
    /// All suspects.
    pub const fn suspects(self) -> u64 {
        self.strong + self.weak + self.hint
    }

    const fn add(&mut self, strength: Option<EvidenceStrength>, esmes: u64) {
        self.esmes += esmes;
        match strength {
            None => {}
            Some(EvidenceStrength::Strong) => self.strong += esmes,
            Some(EvidenceStrength::Weak) => self.weak += esmes,
            Some(EvidenceStrength::Hint) => self.hint += esmes,
        }
    }
}

/// A line of the report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportLine {
    /// The Party, User, manufacturer, model or status; absent where it is not known.
    pub division: Option<String>,
    /// What was counted.
    pub counts: SuspectCounts,
}

/// The report.
#[derive(Clone, Debug)]
pub struct VariantReport {
    /// What was counted, and when.
    pub count: EsmeCount,
    /// What its lines are divided by.
    pub by: Option<VariantDivision>,
    /// The lines, by division.
    pub lines: Vec<ReportLine>,
    /// All ESMEs.
    pub total: SuspectCounts,
    /// What was corrected.
    pub corrections: CorrectionCount,
    /// The ESMEs that were estimated to be wrong at the start.
    pub baseline: Option<u64>,
}

impl VariantReport {
    /// What is left of the baseline; absent without one. An ESME that was corrected and is wrong today is left.
    pub fn left_of_baseline(&self) -> Option<u64> {
        let CorrectionCount { esmes, still_wrong, .. } = self.corrections;
        self.baseline.map(|baseline| baseline.saturating_sub(esmes - still_wrong))
    }
}

/// Makes the report. `progress` is called with the ESMEs counted so far, and may end it by a fault.
///
/// # Errors
/// When the store fails, or what `progress` says.
pub fn report(
    store: &Store,
    asked: VariantQuestion,
    basis: &VariantBasis<'_>,
    progress: &mut dyn FnMut(u64) -> Result<(), VariantFault>,
) -> Result<VariantReport, VariantFault> {
    let VariantQuestion { by, baseline } = asked;
    let divide_by = match by {
        None | Some(VariantDivision::Manufacturer | VariantDivision::Model) => DivideBy::Nothing,
        Some(VariantDivision::Party) => DivideBy::Supplier(basis.clock.now()),
        Some(VariantDivision::PreNotifier) => DivideBy::PreNotifier,
        Some(VariantDivision::Status) => DivideBy::Status,
    };
    let count = EsmeCount::make(store, divide_by, basis, progress)?;
    let parties = match by {
        Some(VariantDivision::Party) => parties(store)?,
        None
        | Some(
            VariantDivision::PreNotifier
            | VariantDivision::Manufacturer
            | VariantDivision::Model
            | VariantDivision::Status,
        ) => BTreeMap::new(),
    };
    let (mut lines, mut total) = (BTreeMap::<Option<String>, SuspectCounts>::new(), SuspectCounts::default());
    for (counted, esmes) in &count.groups {
        let strength = count.judge_counted(counted).strength();
        total.add(strength, *esmes);
        lines.entry(division(by, counted, &parties)).or_default().add(strength, *esmes);
    }
    let lines = if by.is_some() { lines } else { BTreeMap::new() };
    let lines = lines.into_iter().map(|(division, counts)| ReportLine { division, counts }).collect();
    let corrections = CorrectionCount::make(store, &count)?;
    Ok(VariantReport { count, by, lines, total, corrections, baseline })
}

/// The Party signifiers, by User.
fn parties(store: &Store) -> Result<BTreeMap<String, String>, StoreFault> {
    let users = store.read::<_, StoreFault>(store::all_users)?;
    let named = users.into_iter().filter(|user| !user.party_signifier.is_empty());
    Ok(named.map(|user| (Eui64::to_string(&user.id), user.party_signifier)).collect())
}

/// The line that ESMEs stand in.
fn division(
    by: Option<VariantDivision>,
    counted: &CountedEsmes,
    parties: &BTreeMap<String, String>,
) -> Option<String> {
    let CountedEsmes { group, division, .. } = counted;
    match by? {
        // A User without a Party stands for itself.
        VariantDivision::Party => {
            let user = division.as_ref()?;
            Some(parties.get(user).unwrap_or(user).clone())
        }
        VariantDivision::PreNotifier | VariantDivision::Status => division.clone(),
        VariantDivision::Manufacturer => Some(group.model.manufacturer.to_string()),
        VariantDivision::Model => Some(format!("{}, {}", group.model.manufacturer, group.model.model)),
    }
}
