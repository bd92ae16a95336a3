//! The processing of one Service Request: decode, verify, ask CSPs, queue for a batch, reply.

use std::thread;

use super::{
    App, Fault, Reason,
    handover::Handover,
    pending::{Decided, PendingRequest, Reply, VerifiedRequest},
    ticket::{ReplySender, Ticket},
};
use crate::{
    clock::Stopwatch,
    domain::{Arrival, Decision, Now, Request, Response, ResponseCode, SchemaVersion},
    duis::{
        signature,
        xml::{self, Undecodable},
    },
    hash::Hasher,
    metrics::Stage,
    rules::{
        access,
        rulebook::{common, sr_11_3},
    },
    store::Cause,
};

/// The result of decoding and verifying a message.
enum Verification {
    /// Refused before a decision (checks 1 to 4): the reply is sent at once, and nothing is stored.
    Refused(Reply),
    /// A request whose signature was verified.
    Verified(Box<VerifiedRequest>),
}

impl App {
    /// Submits a message to the verify pool, without blocking. When its ticket has the reply, its changes are committed.
    pub fn submit(
        &self,
        message: impl AsRef<[u8]> + Send + 'static,
        arrival: impl Into<Arrival>,
    ) -> Ticket<Reply> {
        self.submit_for(message, arrival, Handover::default())
    }

    /// Submits a message whose answer is handed over later than its ticket has it: to a connection. Simulated Devices report
    /// after the handover.
    pub fn submit_for(
        &self,
        message: impl AsRef<[u8]> + Send + 'static,
        arrival: impl Into<Arrival>,
        handover: Handover,
    ) -> Ticket<Reply> {
        let (reply, ticket) = Ticket::new();
        let (app, arrival, span) = (self.clone(), arrival.into(), tracing::Span::current());
        let work = move || app.process(message.as_ref(), arrival, handover, reply);
        // The span does not follow work to another thread by itself.
        self.0.verify_pool.run(move || span.in_scope(work));
        ticket
    }

    /// Submits a message that is decoded and verified on the caller's thread. It is queued for a batch when this returns,
    /// unless CSPs are asked first, or the Devices of an SR 11.1 are sorted.
    pub fn submit_inline(&self, message: &[u8], arrival: impl Into<Arrival>) -> Ticket<Reply> {
        let (reply, ticket) = Ticket::new();
        self.process(message, arrival.into(), Handover::default(), reply);
        ticket
    }

    /// Processes a message and returns its reply. Blocks until its changes are committed.
    ///
    /// # Errors
    /// When the store or the signer fails; nothing was changed then.
    pub fn answer(&self, message: &[u8], arrival: impl Into<Arrival>) -> Result<Reply, Fault> {
        self.submit_inline(message, arrival).wait()
    }

    fn process(&self, message: &[u8], arrival: Arrival, handover: Handover, reply: ReplySender<Reply>) {
        match self.verify(message, arrival, handover) {
            Err(fault) => reply.send(move || Err(fault)),
            Ok(Verification::Refused(refusal)) => reply.send(move || Ok(refusal)),
            Ok(Verification::Verified(verified)) => {
                let pending = PendingRequest { verified: *verified, reply };
                if self.needs_gathering(&pending.verified.request) {
                    self.gather_beside(pending);
                } else {
                    self.enqueue(pending);
                }
            }
        }
    }

    /// Gathers on a separate thread what the decision needs, then queues the request. CSPs may be slow and 50,000 Devices are many, so
    /// neither the verify pool nor the writer waits for them. The listener's permits bound the number of such threads.
    fn gather_beside(&self, mut pending: PendingRequest) {
        let (app, span) = (self.clone(), tracing::Span::current());
        let gather = move || {
            let _entered = span.entered();
            let verified = &mut pending.verified;
            match app.gather(&verified.request, verified.arrival, verified.now, false) {
                Err(fault) => pending.reply.send(move || Err(fault)),
                Ok(gathered) => {
                    verified.gathered = gathered;
                    // Started again: the wait for CSPs is not a wait for the writer.
                    verified.queued = Stopwatch::start();
                    app.enqueue(pending);
                }
            }
        };
        // If the thread cannot be started, the closure is dropped, and the ticket gets `Fault::BrokeOff`.
        if let Err(fault) = thread::Builder::new().name("gather".to_owned()).spawn(gather) {
            tracing::error!(%fault, "gathering thread not started");
        }
    }

    /// Checks 1 to 4: decodes the message and verifies its signature.
    fn verify(&self, message: &[u8], arrival: Arrival, handover: Handover) -> Result<Verification, Fault> {
        let (now, since_arrival) = (self.0.clock.now(), Stopwatch::start());
        let decoded = match self.timed(Stage::Decode, || xml::decode(message)) {
            Ok(decoded) => decoded,
            Err(undecodable) => {
                handover.quote(message);
                if let Undecodable::NotImplemented(variant) = undecodable {
                    let from = (arrival, &handover);
                    return Ok(self.reply_to_unanswered(message, variant, from, now)?.into());
                }
                return Ok(self.refuse_undecodable(undecodable, (arrival, &handover), now)?.into());
            }
        };
        // Over the same parse that the request was decoded from: a second reading of the bytes could differ from the first.
        let verify = || signature::verify_request(&decoded, &self.trust(), now.0);
        let request = match self.timed(Stage::Verify, verify) {
            Ok(verified) => verified.into_request(),
            Err(fault) => {
                handover.quote(message);
                return Ok(self
                    .refuse_unsigned(decoded.request(), &fault, (arrival, &handover), now)?
                    .into());
            }
        };
        handover.identify(request.id, request.variant);
        if let Some(reply) = self.try_faults(&request, &handover, now)? {
            return Ok(reply.into());
        }
        if access::is_for_local_delivery(&request, arrival, self.0.choices.dcc) {
            self.note_forwarding(request.id.originator, arrival, &handover)?;
            return Ok(Reply::LocalDelivery(request.variant).into());
        }
        // Not before the signature is verified: others could use up a User's permits by its name alone.
        let user = request.id.originator;
        let _permit = self.0.user_permits.try_acquire(user).ok_or(Fault::TooManyOfUser(user))?;
        let (digest, queued, span) = (digest_of(message), Stopwatch::start(), tracing::Span::current());
        // Replaced if something is gathered after this.
        let gathered = self.nothing_gathered();
        let verified = VerifiedRequest {
            request,
            gathered,
            digest,
            arrival,
            now,
            since_arrival,
            queued,
            span,
            handover,
            _permit,
        };
        Ok(Verification::Verified(Box::new(verified)))
    }

    /// Sends the result of a batch to the request's ticket.
    pub(super) fn finish(&self, request: PendingRequest, outcome: Result<Decided, Fault>) {
        let (PendingRequest { verified, reply }, app) = (request, self.clone());
        if let Ok(Decided { awaited, .. }) = &outcome {
            self.simulate(awaited, &verified.handover, &verified.span);
        }
        reply.send(move || app.complete(&verified, outcome));
    }

    /// Counts and logs the result of a request. Runs on the thread that waits for the ticket.
    fn complete(&self, verified: &VerifiedRequest, outcome: Result<Decided, Fault>) -> Result<Reply, Fault> {
        let Decided { answer, decision, counted, reason, .. } = self.count_fault(outcome)?;
        let Request { id, variant, .. } = verified.request;
        let Some(answer) = answer else {
            // No code: it is answered by HTTP alone, as what is not implemented.
            if self.forwarder().is_some() {
                verified.handover.allow_forwarding();
            }
            tracing::info!(request_id = %id, %variant, rule = sr_11_3::PRE_COMMAND.id, "request asks for a Pre-Command");
            return Ok(Reply::PreCommand(variant));
        };
        self.0.metrics.answered(Some(variant), decision.map(|(code, _)| code));
        let client = verified.arrival.peer.map(|peer| peer.to_string());
        let ms = verified.since_arrival.milliseconds();
        match decision {
            None => {
                verified
                    .handover
                    .explain(Reason::of(common::NEW_REQUEST_ID.id, "repeated: the first answer again"));
                tracing::info!(request_id = %id, client, %variant, ms, "request repeated: first answer sent again")
            }
            Some((code, rule)) => {
                self.0.metrics.decided(rule);
                if let Some(standing) = counted {
                    self.0.metrics.firmware_image(standing);
                }
                verified.handover.explain(Reason::of(rule, reason));
                tracing::info!(request_id = %id, client, %variant, %code, rule, ms, "request decided");
            }
        }
        Ok(Reply::Answer(answer))
    }

    /// Encodes and signs the answer to a decided request, in that version.
    pub(super) fn signed_answer(
        &self,
        verified: &VerifiedRequest,
        decision: &Decision,
        version: SchemaVersion,
    ) -> Result<Vec<u8>, Fault> {
        let VerifiedRequest { request, now, .. } = verified;
        let response = response_to(request, version, decision.code, *now);
        let response = Response { payload: decision.payload.clone(), ..response };
        self.signed(&xml::encode(&response), *now)
    }
}

impl From<Reply> for Verification {
    fn from(reply: Reply) -> Self {
        Self::Refused(reply)
    }
}

/// A response to the request with that code, without data.
pub(super) fn response_to(
    request: &Request,
    schema_version: SchemaVersion,
    code: ResponseCode,
    now: Now,
) -> Response {
    Response {
        schema_version,
        request_id: Some(request.id),
        response_id: None,
        code,
        at: now.0,
        variant: request.variant,
        payload: None,
    }
}

/// The cause of a change, for the history: the User, the RequestID, the Service Request as the interface, and the reason it gives.
pub(super) fn cause_of(request: &Request) -> Cause<'static> {
    Cause {
        user: Some(request.id.originator),
        request_id: Some(request.id),
        interface: request.body.service().as_str(),
        reason: request.body.reason(),
    }
}

/// The digest that distinguishes a repeated message from another message with the same RequestID.
pub(super) fn digest_of(message: &[u8]) -> [u8; 32] {
    let mut hasher = Hasher::plain();
    hasher.raw(message);
    *hasher.finish().as_bytes()
}
