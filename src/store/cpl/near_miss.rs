//! The search for Device Models that nearly are on the Central Products List.

use std::collections::{BTreeMap, BTreeSet};

use super::rows::{ListedModel, ModelKey};
use crate::store::csv::{NearMiss, NearMisses};

/// Those of these Device Models of Devices that are not on the list, but differ from one of its lines by leading zeros, case or spaces
/// alone.
pub(in crate::store) fn near_misses(models: &BTreeSet<ModelKey>, list: &[ListedModel]) -> NearMisses {
    let listed = list.iter().map(ModelKey::of).collect::<BTreeSet<_>>();
    let alike = listed.iter().map(|key| (key.folded(), key)).collect::<BTreeMap<_, _>>();
    let mut found = NearMisses::default();
    for model in models.difference(&listed) {
        if let Some(listed) = alike.get(&model.folded()) {
            found.add(NearMiss { of_devices: model.to_string(), listed: listed.to_string() });
        }
    }
    found
}
