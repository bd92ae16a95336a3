//! ESMEs counted, range by range, and what there is to judge them by.

use std::collections::{BTreeMap, BTreeSet};

use super::{VariantBasis, VariantFault, pace::SearchPace};
use crate::{
    db::{Store, StoreFault},
    domain::{
        AuxiliaryLoad, DeviceModel, EsmeGroup, EsmeModel, EsmePeers, EsmeVariant, EvidenceKind, Timestamp,
    },
    rules::variants::{Judgement, VariantReference, VariantSettings, judge},
    store::{self, CountedEsmes, DeviceRange, DivideBy, SuspectFilter},
};

/// What was counted, from one instant to another: the inventory changed meanwhile, where somebody changed it.
#[derive(Clone, Debug)]
pub struct EsmeCount {
    /// When counting began.
    pub from: Timestamp,
    /// When it was done.
    pub to: Timestamp,
    /// The list of model-variants.
    pub reference: VariantReference,
    /// The ESMEs of each Device Model.
    pub peers: EsmePeers,
    /// The ESMEs that are judged alike.
    pub(super) groups: BTreeMap<CountedEsmes, u64>,
    /// The ranges in which they were counted: the last one has all keys that follow.
    pub(super) ranges: Vec<DeviceRange>,
    settings: VariantSettings,
}

impl EsmeCount {
    /// Counts every SMETS2+ ESME, range by range, each in a read of its own. `progress` is called with the ESMEs counted
    /// so far after each, and may end it by a fault.
    ///
    /// # Errors
    /// When the store fails, or what `progress` says.
    pub fn make(
        store: &Store,
        by: DivideBy,
        basis: &VariantBasis<'_>,
        progress: &mut dyn FnMut(u64) -> Result<(), VariantFault>,
    ) -> Result<Self, VariantFault> {
        let (settings, from) = (basis.settings, basis.clock.now().0);
        let reference = VariantReference::new(store.read::<_, StoreFault>(store::model_variants)?);
        let (mut groups, mut peers) = (BTreeMap::<CountedEsmes, u64>::new(), EsmePeers::default());
        let (mut ranges, mut after, mut counted, mut pace) = (Vec::new(), None, 0, SearchPace::start());
        loop {
            let (range, rows) = store.read::<_, StoreFault>(|connection| {
                let range = store::next_range(connection, after)?;
                let rows = store::count_esmes(connection, &range, by, settings.hcalcs)?;
                Ok((range, rows))
            })?;
            for (group, esmes) in rows {
                peers.add(&group.group.model, group.group.variant, esmes);
                counted += esmes;
                *groups.entry(group).or_default() += esmes;
            }
            progress(counted)?;
            let is_last = range.is_last;
            after = range.end;
            ranges.push(range);
            if is_last {
                break;
            }
            pace.range_is_done(store)?;
        }
        Ok(Self { from, to: basis.clock.now().0, reference, peers, groups, ranges, settings })
    }

    /// Judges the ESMEs of a group by what was counted.
    pub fn judge(&self, group: &EsmeGroup, load: AuxiliaryLoad) -> Judgement {
        judge(group, load, &self.reference, &self.peers, self.settings)
    }

    pub(super) fn judge_counted(&self, counted: &CountedEsmes) -> Judgement {
        let load = if counted.has_load { AuxiliaryLoad::Some } else { AuxiliaryLoad::None };
        self.judge(&counted.group, load)
    }

    /// How many ESMEs were counted.
    pub fn esmes(&self) -> u64 {
        self.groups.values().sum()
    }

    /// Why there is no evidence at all, where there is none: then that nobody is a suspect says nothing (VARIANTS.md 5).
    pub fn no_evidence(&self) -> Option<String> {
        let VariantSettings { min_peers, hcalcs, .. } = self.settings;
        let largest = self.peers.largest();
        let is_none = self.reference.is_empty() && largest < min_peers && !hcalcs;
        is_none.then(|| {
            format!(
                "there is no evidence: no model-variants are loaded, and of no Device Model are there {min_peers} ESMEs (at most {largest})"
            )
        })
    }

    /// Which ESMEs may be suspects; none where no ESME is one.
    pub(super) fn filter(&self) -> Option<SuspectFilter> {
        let (mut held, mut with_hcalcs) = (BTreeSet::<(DeviceModel, EsmeVariant)>::new(), false);
        for counted in self.groups.keys() {
            let judgement = self.judge_counted(counted);
            // Beside other evidence too: all of it is shown.
            with_hcalcs |= judgement.has(EvidenceKind::Hint);
            if judgement.kind().is_some_and(|kind| kind != EvidenceKind::Hint) {
                let EsmeGroup { model: EsmeModel { model, .. }, variant, .. } = &counted.group;
                held.insert((model.clone(), *variant));
            }
        }
        let filter = SuspectFilter { held, with_hcalcs };
        (filter != SuspectFilter::default()).then_some(filter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{clock::Clock, domain::CodeOverrides, rules::RuleSettings};

    /// Nobody reads the ranges that follow, where whoever counts may stop.
    #[test]
    fn a_count_ends_where_nobody_waits_for_it() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite://{}/smi.db", folder.path().display())).unwrap();
        let (codes, clock) = (CodeOverrides::default(), Clock::fixed(Timestamp::UNIX_EPOCH));
        let basis = VariantBasis {
            settings: VariantSettings::default(),
            rules: RuleSettings::default(),
            codes: &codes,
            clock: &clock,
        };
        let made = EsmeCount::make(&store, DivideBy::Nothing, &basis, &mut |_| Err(VariantFault::Unread));
        assert!(matches!(made, Err(VariantFault::Unread)));
    }
}
