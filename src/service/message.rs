//! A Service Request from its bytes to its reply: decoded, verified, decided in a batch, replied to.

use std::thread;

use super::{
    App, Fault,
    ticket::{ReplySender, Ticket},
};
use crate::{
    clock::Stopwatch,
    domain::{
        Arrival, Decision, LiveCoverage, Now, Request, RequestId, Response, ResponseCode, SchemaVersion,
        ServiceReferenceVariant,
    },
    duis::{
        signature,
        xml::{self, Invalid, Undecodable},
    },
    hash::Hasher,
    metrics::Stage,
    rules::rulebook::common,
    store::Cause,
};

/// What a message gets.
#[derive(Debug)]
pub enum Reply {
    /// A signed `sr:Response`.
    Answer(Vec<u8>),
    /// It is not XML we read: where and why.
    NotXml(String),
    /// DUIS knows the Service Request, this service does not answer it.
    NotImplemented(ServiceReferenceVariant),
}

/// A request that was decoded and whose sender was verified, and what its decision and its log line need beside it.
pub(super) struct VerifiedRequest {
    pub(super) request: Request,
    /// What CSPs said, where they were asked.
    pub(super) live: LiveCoverage,
    /// Tells a repetition of the message from another message under its RequestID.
    pub(super) digest: [u8; 32],
    pub(super) arrival: Arrival,
    pub(super) now: Now,
    /// Runs since the message came.
    since_arrival: Stopwatch,
    /// Runs since the request waits for a batch.
    pub(super) queued: Stopwatch,
    pub(super) span: tracing::Span,
}

/// A verified request that waits for a batch, and where its reply goes.
pub(super) struct PendingRequest {
    pub(super) verified: VerifiedRequest,
    reply: ReplySender<Reply>,
}

/// What a batch leaves of one request: its answer, and the code and rule of a decision that was made in it. A repetition
/// gets its first answer, and no decision.
pub(super) struct Decided {
    pub(super) answer: Vec<u8>,
    pub(super) decision: Option<(ResponseCode, &'static str)>,
}

/// What decoding and verifying lead to.
enum Verification {
    /// A reply at once: the sender is not proven.
    Refused(Reply),
    Verified(Box<VerifiedRequest>),
}

impl App {
    /// Submits one message: it is decoded and verified by the verify pool and decided in a batch of the writer. What it did
    /// is on the disk when its ticket has the reply. Does not block.
    pub fn submit(
        &self,
        message: impl AsRef<[u8]> + Send + 'static,
        arrival: impl Into<Arrival>,
    ) -> Ticket<Reply> {
        let (reply, ticket) = Ticket::new();
        let (app, arrival, span) = (self.clone(), arrival.into(), tracing::Span::current());
        self.0.verify_pool.run(move || span.in_scope(|| app.process(message.as_ref(), arrival, reply)));
        ticket
    }

    /// Submits one message, decoded and verified on the caller's thread. It stands in the queue when this returns, unless
    /// CSPs are asked first.
    pub fn submit_inline(&self, message: &[u8], arrival: impl Into<Arrival>) -> Ticket<Reply> {
        let (reply, ticket) = Ticket::new();
        self.process(message, arrival.into(), reply);
        ticket
    }

    /// Answers one message. Blocks until what it did is on the disk.
    ///
    /// # Errors
    /// When the store or the signer fails; nothing was changed then.
    pub fn answer(&self, message: &[u8], arrival: impl Into<Arrival>) -> Result<Reply, Fault> {
        self.submit_inline(message, arrival).wait()
    }

    fn process(&self, message: &[u8], arrival: Arrival, reply: ReplySender<Reply>) {
        match self.verify(message, arrival) {
            Err(fault) => reply.send(move || Err(fault)),
            Ok(Verification::Refused(refusal)) => reply.send(move || Ok(refusal)),
            Ok(Verification::Verified(verified)) => {
                let pending = PendingRequest { verified: *verified, reply };
                if self.may_ask(&pending.verified.request) {
                    self.ask_csps(pending);
                } else {
                    self.enqueue(pending);
                }
            }
        }
    }

    /// Asks CSPs on a thread of its own, then queues the request: a CSP may take its time, and neither the verify pool nor
    /// the writer waits for one. The listener's permits bound how many such threads there are.
    fn ask_csps(&self, mut pending: PendingRequest) {
        let (app, span) = (self.clone(), tracing::Span::current());
        let ask = move || {
            let _entered = span.entered();
            let verified = &mut pending.verified;
            match app.live_coverage(&verified.request, verified.arrival) {
                Err(fault) => pending.reply.send(move || Err(fault)),
                Ok(live) => {
                    verified.live = live;
                    verified.queued = Stopwatch::start();
                    app.enqueue(pending);
                }
            }
        };
        // Where the thread is not started, its work is dropped, and the ticket gets that it broke off.
        if let Err(fault) = thread::Builder::new().name("csp-ask".to_owned()).spawn(ask) {
            tracing::error!(%fault, "asking CSPs: thread not started");
        }
    }

    fn verify(&self, message: &[u8], arrival: Arrival) -> Result<Verification, Fault> {
        let (now, since_arrival) = (self.0.clock.now(), Stopwatch::start());
        let decoded = match self.timed(Stage::Decode, || xml::decode(message)) {
            Ok(decoded) => decoded,
            Err(Undecodable::NotXml(reason)) => return Ok(Reply::NotXml(reason.to_string()).into()),
            Err(Undecodable::NotImplemented(variant)) => return Ok(Reply::NotImplemented(variant).into()),
            Err(Undecodable::Invalid(invalid)) => {
                return Ok(self.refuse_invalid(*invalid, arrival, now)?.into());
            }
        };
        let verify = || signature::verify_request(&decoded, &self.trust(), now.0);
        let request = match self.timed(Stage::Verify, verify) {
            Ok(verified) => verified.into_request(),
            Err(fault) => return Ok(self.refuse_unsigned(decoded.request(), &fault, arrival, now)?.into()),
        };
        let (digest, queued, span) = (digest_of(message), Stopwatch::start(), tracing::Span::current());
        let live = self.no_csp_asked();
        let verified = VerifiedRequest { request, live, digest, arrival, now, since_arrival, queued, span };
        Ok(Verification::Verified(Box::new(verified)))
    }

    /// Counts and logs how a request ended.
    fn complete(&self, verified: &VerifiedRequest, outcome: Result<Decided, Fault>) -> Result<Reply, Fault> {
        let Decided { answer, decision } = self.noted(outcome)?;
        let Request { id, variant, .. } = verified.request;
        self.0.metrics.answered(Some(variant), decision.map(|(code, _)| code));
        let client = verified.arrival.peer.map(|peer| peer.to_string());
        let ms = verified.since_arrival.milliseconds();
        match decision {
            None => {
                tracing::info!(request_id = %id, client, %variant, ms, "repeated: first answer sent again")
            }
            Some((code, rule)) => {
                self.0.metrics.decided(rule);
                tracing::info!(request_id = %id, client, %variant, %code, rule, ms, "decided");
            }
        }
        Ok(Reply::Answer(answer))
    }

    fn refuse_invalid(&self, invalid: Invalid, arrival: Arrival, now: Now) -> Result<Reply, Fault> {
        let salvaged_variant = invalid.salvaged.variant;
        let id = invalid.salvaged.request_id;
        log_refusal(id, salvaged_variant, arrival, common::SCHEMA.id, &invalid.place);
        let salvaged = invalid.salvaged;
        let response = Response {
            schema_version: salvaged.schema_version.unwrap_or_else(SchemaVersion::newest),
            request_id: salvaged.request_id,
            response_id: None,
            code: self.0.choices.codes.code_of(common::SCHEMA),
            at: now.0,
            variant: salvaged.variant.unwrap_or_else(ServiceReferenceVariant::unreadable),
            payload: None,
        };
        let answer = self.signed(&xml::encode(&response), now)?;
        self.0.metrics.answered(salvaged_variant, Some(response.code));
        Ok(Reply::Answer(answer))
    }

    fn refuse_unsigned(
        &self,
        request: &Request,
        fault: &signature::SignatureFault,
        arrival: Arrival,
        now: Now,
    ) -> Result<Reply, Fault> {
        let variant = Some(request.variant);
        log_refusal(Some(request.id), variant, arrival, common::SIGNATURE.id, &fault.to_string());
        let code = self.0.choices.codes.code_of(common::SIGNATURE);
        let answer = self.signed(&xml::encode(&response_to(request, code, now)), now)?;
        self.0.metrics.answered(Some(request.variant), Some(code));
        Ok(Reply::Answer(answer))
    }

    /// The signed answer to a decided request.
    pub(super) fn answer_of(
        &self,
        verified: &VerifiedRequest,
        decision: &Decision,
    ) -> Result<Vec<u8>, Fault> {
        let VerifiedRequest { request, now, .. } = verified;
        let response =
            Response { payload: decision.payload.clone(), ..response_to(request, decision.code, *now) };
        self.signed(&xml::encode(&response), *now)
    }
}

impl PendingRequest {
    /// Replies with the outcome of the batch.
    pub(super) fn finish(self, app: &App, outcome: Result<Decided, Fault>) {
        let (Self { verified, reply }, app) = (self, app.clone());
        reply.send(move || app.complete(&verified, outcome));
    }
}

impl From<Reply> for Verification {
    fn from(reply: Reply) -> Self {
        Self::Refused(reply)
    }
}

fn response_to(request: &Request, code: ResponseCode, now: Now) -> Response {
    Response {
        schema_version: request.schema_version.clone(),
        request_id: Some(request.id),
        response_id: None,
        code,
        at: now.0,
        variant: request.variant,
        payload: None,
    }
}

/// The User, its request, and the Service Request as the interface.
pub(super) fn cause_of(request: &Request) -> Cause {
    Cause {
        user: Some(request.id.originator),
        request_id: Some(request.id),
        interface: request.body.service().as_str(),
    }
}

/// The digest that tells a repetition of a message from another message under its RequestID.
pub(super) fn digest_of(message: &[u8]) -> [u8; 32] {
    let mut hasher = Hasher::plain();
    hasher.raw(message);
    *hasher.finish().as_bytes()
}

/// Logs rule and place, and never the message's values: they may be personal.
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
    tracing::warn!(request_id, client, variant, rule, place, "refused");
}
