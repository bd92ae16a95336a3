//! Encodes the answer to a batch of hub notifications (`schemas/csp/n3.xsd`, ours).
//!
//! It is not signed: the CSP reads it from its own TLS connection to us.

use std::fmt::Write as _;

use crate::{
    domain::{Eui64, HubBatch, HubDecision, HubOutcome, Timestamp, instant_text},
    duis::xml::{escape_attribute, names},
};

/// Encodes the outcome of each hub, in the order of the batch.
pub fn encode_hubs(batch: &HubBatch, decisions: &[HubDecision], csp: Eui64, at: Timestamp) -> String {
    let mut out = String::with_capacity(256 + batch.hubs.len() * 128);
    let count = |outcome| decisions.iter().filter(|decision| decision.outcome == outcome).count();
    out.push_str(r#"<?xml version="1.0" encoding="UTF-8"?>"#);
    let (namespace, at) = (names::N3, instant_text(at));
    // Writing to a string cannot fail.
    _ = write!(
        out,
        r#"
<HubNotificationsAnswer xmlns="{namespace}" batchId="{}" csp="{csp}" at="{at}""#,
        batch.id
    );
    for outcome in HubOutcome::ALL {
        _ = write!(out, r#" {outcome}="{}""#, count(*outcome));
    }
    out.push_str(">\n");
    for (hub, decision) in batch.hubs.iter().zip(decisions) {
        _ = write!(out, r#"<Hub chfDeviceId="{}" outcome="{}""#, hub.chf, decision.outcome);
        if let (HubOutcome::Refused, Some(rule)) = (decision.outcome, decision.decided_by()) {
            let reason = decision.reason().unwrap_or_default();
            let (rule, code, reason) = (rule.id, decision.code, escape_attribute(&reason));
            _ = write!(out, r#" rule="{rule}" code="{code}" reason="{reason}""#);
        }
        out.push_str("/>\n");
    }
    out.push_str("</HubNotificationsAnswer>\n");
    out
}
