//! Refusals before a decision (checks 2 to 4): answered at once, explained and logged, and not stored.

use super::{App, Fault, Reason, handover::Handover, message::response_to, pending::Reply};
use crate::{
    domain::{Arrival, Now, Request, RequestId, Response, SchemaVersion, ServiceReferenceVariant},
    duis::{
        signature,
        xml::{self, Invalid, Undecodable},
    },
    rules::rulebook::common,
};

impl App {
    /// Refuses a message that is no request that is answered here (checks 2 and 3).
    pub(super) fn refuse_undecodable(
        &self,
        undecodable: Undecodable,
        from: (Arrival, &Handover),
        now: Now,
    ) -> Result<Reply, Fault> {
        match undecodable {
            Undecodable::NotXml(reason) => Ok(Reply::NotXml(reason.to_string())),
            Undecodable::NotImplemented(variant) => Ok(Reply::NotImplemented(variant)),
            Undecodable::Invalid(invalid) => self.refuse_invalid(*invalid, from, now),
        }
    }

    /// Refuses a message that is not valid against the schema (check 3), with what could be read of its header.
    fn refuse_invalid(
        &self,
        invalid: Invalid,
        (arrival, handover): (Arrival, &Handover),
        now: Now,
    ) -> Result<Reply, Fault> {
        let (request_id, variant) = (invalid.salvaged.request_id, invalid.salvaged.variant);
        let reason = Reason::of(common::SCHEMA.id, invalid.to_string());
        handover.explain(Reason { request_id, variant, ..reason });
        log_refusal(request_id, variant, arrival, common::SCHEMA.id, &invalid.location);
        let claimed = invalid.salvaged.schema_version.unwrap_or_else(SchemaVersion::newest);
        let response = Response {
            schema_version: self.version_for_unknown(&claimed),
            request_id,
            response_id: None,
            code: self.0.choices.codes.code_of(common::SCHEMA),
            at: now.0,
            variant: variant.unwrap_or_else(ServiceReferenceVariant::unreadable),
            payload: None,
        };
        let answer = self.signed(&xml::encode(&response), now)?;
        self.0.metrics.answered(variant, Some(response.code));
        Ok(Reply::Answer(answer))
    }

    /// Refuses a message whose signature is missing, invalid or not the originator's (check 4).
    pub(super) fn refuse_unsigned(
        &self,
        request: &Request,
        fault: &signature::SignatureFault,
        (arrival, handover): (Arrival, &Handover),
        now: Now,
    ) -> Result<Reply, Fault> {
        let (request_id, variant) = (Some(request.id), Some(request.variant));
        let reason = Reason::of(common::SIGNATURE.id, fault.to_string());
        handover.explain(Reason { request_id, variant, ..reason });
        log_refusal(request_id, variant, arrival, common::SIGNATURE.id, &fault.to_string());
        self.0.boxed_pki.log_once(fault, &self.trust());
        let code = self.0.choices.codes.code_of(common::SIGNATURE);
        // Not the version of the User it names: the store is not asked before a sender is known.
        let version = self.version_for_unknown(&request.schema_version);
        let answer = self.signed(&xml::encode(&response_to(request, version, code, now)), now)?;
        self.0.metrics.answered(variant, Some(code));
        Ok(Reply::Answer(answer))
    }
}

/// Logs a refusal with rule and place, but never with the message's values: they may be personal data.
fn log_refusal(
    request_id: Option<RequestId>,
    variant: Option<ServiceReferenceVariant>,
    arrival: Arrival,
    rule: &str,
    place: &str,
) {
    let client = arrival.peer.map(|peer| peer.to_string());
    let request_id = request_id.map(|id| id.to_string());
    let variant = variant.map(ServiceReferenceVariant::as_str);
    tracing::warn!(request_id, client, variant, rule, place, "request refused");
}
