//! Correct: another file of what was delivered, in place of the one before (HUBS.md 4).

use std::collections::BTreeSet;

use super::{
    Checks, Circumstances, Verdict,
    delivery::{DeliveryFacts, Receipt, ReceivedTwice, receive},
};
use crate::{
    domain::{
        Eui64,
        reflash::{OrderHubState, ReceivedLine},
    },
    rules::rulebook::reflash as rules,
};

/// Judges another file of a delivery. The order stays in its state, so that a hub at least is accepted still; and what was worked on
/// was there, so that no hub with an outcome is taken away (ours).
///
/// # Errors
/// When an ID stands twice in the file.
pub fn correct_receipt(
    lines: &[ReceivedLine],
    facts: DeliveryFacts<'_>,
    with_outcome: &BTreeSet<Eui64>,
    at: Circumstances<'_>,
) -> Result<Verdict<Receipt>, ReceivedTwice> {
    let receipt = receive(lines, facts, at)?;
    let mut checks = Checks::default();
    for step in &receipt.checks {
        // Hubs that are not accepted are what a file may say: what refuses it is that none is.
        if step.rule == rules::ANY_ACCEPTED {
            checks.note(step.rule, step.holds, step.saw.clone());
        }
    }
    let is_lost = |chf: &&Eui64| {
        !receipt.hubs.iter().any(|hub| hub.chf == **chf && hub.state == OrderHubState::Accepted)
    };
    let lost = with_outcome.iter().filter(is_lost).map(Eui64::to_string).collect::<Vec<_>>();
    let saw = if lost.is_empty() {
        "every hub with an outcome is accepted still".to_owned()
    } else {
        format!("with an outcome and not accepted: {}", lost.join(", "))
    };
    checks.note(rules::OUTCOME_FITS, lost.is_empty(), saw);
    Ok(checks.verdict(|| receipt))
}
