//! How old the firmware of stock is (MP155-R37, R-002).

use std::collections::BTreeMap;

use super::StockFacts;
use crate::domain::{Date, Generation, PartySignifier, StockGroup};

/// The stock of a Party of one generation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgeRow {
    /// The Party; absent where it is not known.
    pub party: Option<PartySignifier>,
    /// The generation.
    pub generation: Generation,
    /// How many hubs.
    pub in_stock: u64,
    /// The oldest delivery among them.
    pub oldest_delivered_on: Option<Date>,
}

/// Reports the age of stock: every generation for each Party.
pub fn age(facts: &StockFacts<'_>, groups: &[StockGroup]) -> Vec<AgeRow> {
    let mut found =
        BTreeMap::<(bool, Option<PartySignifier>), BTreeMap<Generation, (u64, Option<Date>)>>::new();
    for group in groups {
        let party = facts.parties.of(group.pre_notified_by).cloned();
        let generation = facts.firmware.generation(&group.model, group.firmware.as_ref(), facts.on);
        let of_party = found.entry((party.is_none(), party)).or_default();
        let (hubs, oldest) = of_party.entry(generation).or_default();
        *hubs += group.hubs;
        *oldest = oldest.iter().copied().chain(group.oldest_delivered_on).min();
    }
    let rows = found.into_iter().flat_map(|((_, party), generations)| {
        Generation::ALL.iter().map(move |generation| {
            let (in_stock, oldest_delivered_on) = generations.get(generation).copied().unwrap_or_default();
            AgeRow { party: party.clone(), generation: *generation, in_stock, oldest_delivered_on }
        })
    });
    rows.collect()
}
