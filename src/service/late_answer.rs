//! Answers that follow an acceptance: through the outbox, to the User's Receive Response address.

use super::{App, Fault};
use crate::{
    db::Connection,
    domain::{Decision, Eui64, Now, RequestId, Response, SchemaVersion, ServiceRequest, SetPart},
    duis::xml,
    rules::{event::Completed, firmware},
    store::{self, MessageKind, NewDecision, NewMessage},
};

/// What a late answer repeats of its request.
pub(super) struct LateAnswer<'a> {
    request_id: RequestId,
    schema_version: &'a SchemaVersion,
    service: ServiceRequest,
    /// Who responds: a Device, or the DCC.
    from: Eui64,
    /// The Device that the request is about, whose messages keep their order; none for a non-device request.
    device: Option<Eui64>,
}

impl<'a> LateAnswer<'a> {
    /// The answer to a request that a Device's event completes.
    pub(super) const fn of_event(completed: &'a Completed) -> Self {
        match completed {
            Completed::HanLog(awaited) => Self {
                request_id: awaited.request_id,
                schema_version: &awaited.schema_version,
                service: ServiceRequest::UpdateHanDeviceLog,
                from: awaited.chf,
                device: Some(awaited.device),
            },
            Completed::Activation(awaited) => Self {
                request_id: awaited.request_id,
                schema_version: &awaited.schema_version,
                service: ServiceRequest::ActivateFirmware,
                from: awaited.device,
                device: Some(awaited.device),
            },
        }
    }
}

impl App {
    /// Records the decision that completes a request, and puts its answer into the outbox for the User's Receive Response
    /// address. The schema has no special element for such an answer. It is a ResponseMessage without data, with the
    /// request's RequestID and a ResponseID of who responds (ours).
    ///
    /// # Errors
    /// When the store or the signer fails.
    pub(super) fn enqueue_late_answer(
        &self,
        connection: &mut Connection,
        answer: &LateAnswer<'_>,
        decision: &Decision,
        now: Now,
    ) -> Result<(), Fault> {
        let LateAnswer { request_id, schema_version, service, from, device } = answer;
        let RequestId { originator, counter, .. } = *request_id;
        let variant = service.variant();
        let own = store::find_user(connection, originator)?.and_then(|user| user.answer_version);
        let response = Response {
            schema_version: self.version_for(originator, own, schema_version),
            request_id: Some(*request_id),
            response_id: Some(RequestId { originator: *from, target: originator, counter }),
            code: decision.code,
            at: now.0,
            variant,
            payload: None,
        };
        let message = self.signed(&xml::encode(&response), now)?;
        let record = NewDecision {
            request_id,
            user: originator,
            device: *device,
            variant: Some(variant),
            code: decision.code,
            rule: decision.decided_by(),
            at: now,
            steps: &decision.steps,
            changes: &[],
            is_first_answer: false,
        };
        store::record_decision(connection, &self.0.choices.instance, record)?;
        let new = NewMessage {
            user: originator,
            device: *device,
            request_id: Some(*request_id),
            kind: MessageKind::Response,
            message: &message,
        };
        Ok(store::enqueue_message(connection, new, now)?)
    }

    /// Answers the last request of a part set that it completed: I0, of the DCC (SR11.1/e).
    ///
    /// # Errors
    /// When the store or the signer fails.
    pub(super) fn answer_complete_set(
        &self,
        connection: &mut Connection,
        part: &SetPart,
        now: Now,
    ) -> Result<(), Fault> {
        let answer = LateAnswer {
            request_id: part.request_id,
            schema_version: &part.schema_version,
            service: ServiceRequest::UpdateFirmware,
            from: self.0.choices.dcc,
            device: None,
        };
        let decision = firmware::complete_set(part, &self.0.choices.codes);
        self.enqueue_late_answer(connection, &answer, &decision, now)
    }
}
