//! Corrections to date: how many, by week, from which variant to which, and those that go against the evidence.

use std::collections::{BTreeMap, BTreeSet};

use super::EsmeCount;
use crate::{
    db::{Store, StoreFault},
    domain::{AuxiliaryLoad, Date, EsmeVariant, Eui64, EvidenceKind, Timestamp, london_date, week_of},
    store::{self, Correction},
};

/// At most so many of those against the evidence are named.
const MOST_NAMED: usize = 100;

/// From which variant to which.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct VariantPair {
    /// Before; absent where there was none.
    pub from: Option<EsmeVariant>,
    /// Since.
    pub to: Option<EsmeVariant>,
}

/// A correction to a variant that strong or weak evidence is against today; a hint says too little for that. It was not refused: the
/// Supplier saw the meter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgainstEvidence {
    /// The ESME.
    pub device: Eui64,
    /// When.
    pub at: Timestamp,
    /// From which variant to which.
    pub pair: VariantPair,
}

/// What was corrected by SR 8.4.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CorrectionCount {
    /// How many corrections there were.
    pub to_date: u64,
    /// How many ESMEs they are of: one may be corrected more than once.
    pub esmes: u64,
    /// How many of these ESMEs hold a variant today that evidence is against: by their correction, or by what came after it.
    pub still_wrong: u64,
    /// By the London week, from Monday.
    pub by_week: BTreeMap<Date, u64>,
    /// From which variant to which.
    pub by_pair: BTreeMap<VariantPair, u64>,
    /// How many ESMEs stand against the evidence since.
    pub against: u64,
    /// The first ones of these.
    pub named: Vec<AgainstEvidence>,
    /// Before this instant not every correction is kept; absent where all are.
    pub kept_since: Option<Timestamp>,
}

/// The corrected ESMEs that evidence is against today.
#[derive(Default)]
struct WrongToday {
    esmes: BTreeSet<Eui64>,
    /// Those that hold the variant that they were corrected to.
    against: BTreeSet<Eui64>,
}

impl CorrectionCount {
    /// Counts them in the decisions kept, range by range, each in a read of its own.
    ///
    /// # Errors
    /// When the store fails.
    pub(super) fn make(store: &Store, count: &EsmeCount) -> Result<Self, StoreFault> {
        let kept_since = store.read::<_, StoreFault>(store::decisions_kept)?;
        let (mut corrections, mut after) = (Self { kept_since, ..Self::default() }, 0);
        let (mut esmes, mut wrong) = (Vec::new(), WrongToday::default());
        loop {
            let read = |connection: &mut _| store::corrections_between(connection, after);
            let (of_range, last) = store.read::<_, StoreFault>(read)?;
            for correction in of_range {
                esmes.push(correction.device);
                corrections.add(correction, count, &mut wrong);
            }
            match last {
                Some(last) => after = last,
                None => break,
            }
        }
        esmes.sort_unstable();
        esmes.dedup();
        corrections.still_wrong = u64::try_from(wrong.esmes.len()).unwrap_or(u64::MAX);
        corrections.esmes = u64::try_from(esmes.len()).unwrap_or(u64::MAX);
        Ok(corrections)
    }

    /// Adds a correction; with the ESMEs of those so far that are wrong today.
    fn add(&mut self, correction: Correction, count: &EsmeCount, wrong: &mut WrongToday) {
        let Correction { device, at, from, to, today } = correction;
        let pair = VariantPair { from, to };
        self.to_date += 1;
        *self.by_week.entry(week_of(london_date(at))).or_default() += 1;
        *self.by_pair.entry(pair).or_default() += 1;
        let Some(today) = today else { return };
        let kind = count.judge(&today, AuxiliaryLoad::None).kind();
        // That the model is written oddly says nothing of the variant.
        if kind.is_none_or(|kind| kind == EvidenceKind::Model) {
            return;
        }
        wrong.esmes.insert(device);
        // One that was corrected again since is judged by the later correction, and counted once.
        if Some(today.variant) == to && wrong.against.insert(device) {
            self.against += 1;
            if self.named.len() < MOST_NAMED {
                self.named.push(AgainstEvidence { device, at, pair });
            }
        }
    }
}
