//! SR 8.2 Read Inventory: any eligible User may read any Device (SMI.md 6, ours).

use crate::{
    domain::{InventoryEntry, Payload, Refusal, Trace},
    rules::{accepted::Accepted, rulebook::sr_8_2 as rules},
};

/// The largest number of Devices in one answer (schema: DSPInventory).
pub(crate) const MAX_DEVICES: usize = 17;

/// Decides by the rules a and b. `found` has at most one Device more than an answer can have.
pub(in crate::rules) fn decide(found: &[InventoryEntry], trace: &mut Trace) -> Result<Accepted, Refusal> {
    let saw = format!("{} found", found.len());
    trace.require(rules::FOUND, !found.is_empty(), saw.clone())?;
    trace.require(rules::FITS, found.len() <= MAX_DEVICES, saw)?;
    Ok(Accepted::with_payload(Payload::Inventory(found.to_vec())))
}
