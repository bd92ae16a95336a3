//! Pairs of a name and a value as a JSON object, in their order.

use serde::{Serialize, Serializer};

pub(super) fn as_map<V: Serialize, S: Serializer>(
    pairs: &[(&'static str, V)],
    to: S,
) -> Result<S::Ok, S::Error> {
    to.collect_map(pairs.iter().map(|(name, value)| (name, value)))
}
