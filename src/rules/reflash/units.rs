//! The units of a site: which hubs they take next (RF/x; MP155-R34).

use super::{Checks, Circumstances, Verdict};
use crate::{
    domain::{
        Eui64, UnitId,
        reflash::{UnitInUse, WaitingHub},
    },
    rules::rulebook::reflash as rules,
};

/// What one unit takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitBatch {
    /// The unit.
    pub unit: UnitId,
    /// Its hubs: at least one, at most as many as it has places.
    pub hubs: Vec<Eui64>,
}

/// Gives the hubs that wait to the free units of a site, in the order of the units: hubs of one model, that of the first that waits. A
/// unit whose check was due before today is passed over.
pub fn next_batch(
    units: &[UnitInUse],
    waiting: &[WaitingHub],
    at: Circumstances<'_>,
) -> Verdict<Vec<UnitBatch>> {
    let is_due = |unit: &UnitInUse| unit.unit.check_due_on < at.today;
    let free = units.iter().filter(|unit| !unit.is_busy && !is_due(unit)).collect::<Vec<_>>();
    let count = |holds: &dyn Fn(&UnitInUse) -> bool| units.iter().filter(|unit| holds(unit)).count();
    let saw = format!(
        "{} units: {} free, {} busy, {} with a check that was due; {} hubs wait",
        units.len(),
        free.len(),
        count(&|unit| unit.is_busy),
        count(&|unit| !unit.is_busy && is_due(unit)),
        waiting.len()
    );
    let mut checks = Checks::default();
    checks.note(rules::UNIT_FREE, !free.is_empty() && !waiting.is_empty(), saw);
    checks.verdict(|| {
        let model = waiting.first().map(|hub| &hub.model);
        let mut hubs = waiting.iter().filter(|hub| Some(&hub.model) == model).map(|hub| hub.chf);
        let take = |unit: &&UnitInUse| {
            let places = usize::try_from(unit.unit.places.get()).unwrap_or(usize::MAX);
            UnitBatch { unit: unit.unit.id.clone(), hubs: hubs.by_ref().take(places).collect() }
        };
        let batches = free.iter().map(take).collect::<Vec<_>>();
        batches.into_iter().filter(|batch| !batch.hubs.is_empty()).collect()
    })
}
