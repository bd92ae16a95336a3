//! The spine: bytes in, bytes out, the rooms called in order.
//!
//! A request's effect, its history, its decision and its answer are stored in one transaction before the answer
//! leaves. Messages that nobody is proven to have sent (checks 1 to 4) are logged and answered, and leave no trace in
//! the store: else anyone could fill it.

mod event;
mod hubs;
mod live;
pub mod manage;
mod measure;
mod notice;
mod turn;

use std::sync::{Arc, PoisonError, RwLock};

use aws_lc_rs::digest;

use crate::{
    access,
    clock::{Clock, Stopwatch},
    csp::Csps,
    domain::{
        Arrival, CodeOverrides, CspRegion, Decision, Eui64, Instance, LiveCoverage, Now, Peer, Request,
        RequestId, RequestIdUse, Response, ResponseCode, SchemaVersion, ServiceReferenceVariant, Trace,
        rulebook::common,
    },
    metrics::{Metrics, Stage},
    rules::{self, RuleSettings, UnfittingFacts},
    signature::{self, SignFault, TrustStore},
    store::{self, Cause, Connection, FirstAnswer, Store, StoreFault},
    xml::{self, Invalid, Undecodable},
};

use turn::{Asked, Done, Waiting};

pub use event::{EventOutcome, SimulatedDevices};
pub use hubs::{Gateway, HubReply};

/// What answers requests: the store, the keys, and what the operator chose.
#[derive(Clone)]
pub struct Service(Arc<Parts>);

struct Parts {
    store: Store,
    trust: RwLock<Arc<TrustStore>>,
    clock: Clock,
    choices: Choices,
    csps: Option<Csps>,
    metrics: Metrics,
    waiting: Waiting,
}

/// What the operator chose.
#[derive(Clone, Debug)]
pub struct Choices {
    /// Whose chain its decisions belong to.
    pub instance: Instance,
    /// The DCC's EUI-64.
    pub dcc: Eui64,
    /// About the rules.
    pub rules: RuleSettings,
    /// Other codes for rules whose code is our reading.
    pub codes: CodeOverrides,
    /// CSP Regions that do not answer.
    pub csp_unavailable: Vec<CspRegion>,
    /// What Devices do at once; absent where events tell.
    pub simulated_devices: Option<SimulatedDevices>,
}

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

/// What a message is after it was decoded and verified.
pub enum Received {
    /// It is answered: nobody is proven to have sent it.
    Answered(Reply),
    /// Its sender is proven; it is to be decided.
    Proven(Box<Proven>),
}

impl From<Reply> for Received {
    fn from(reply: Reply) -> Self {
        Self::Answered(reply)
    }
}

/// A request whose sender is proven.
pub struct Proven {
    asked: Asked,
    note: Note,
}

/// What is logged of a request in the end.
struct Note {
    id: RequestId,
    variant: ServiceReferenceVariant,
    peer: Option<Peer>,
    /// Since it came.
    stopwatch: Stopwatch,
}

/// The writer ended without a word.
const CLOSED: Result<Done, Fault> = Err(Fault::Store(StoreFault::Closed));

/// Why a message could not be answered; none of it is the sender's doing, and nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreFault),
    /// The answer could not be signed.
    #[error("the answer cannot be signed: {0}")]
    Sign(#[from] SignFault),
    /// There is no key to sign with.
    #[error("there is no valid certificate with a private key for the DCC, {0}")]
    NoSigner(Eui64),
    /// The program asked for the wrong facts.
    #[error(transparent)]
    Facts(#[from] UnfittingFacts),
}

impl Fault {
    /// Whether the same message may well be answered in a moment: the store is busy, away or just closing. Sent again,
    /// it gets its first answer, or is decided now: right either way.
    pub const fn is_passing(&self) -> bool {
        match self {
            Self::Store(fault) => fault.is_passing(),
            Self::Sign(_) | Self::NoSigner(_) | Self::Facts(_) => false,
        }
    }

    /// The same for another request of the turn; nothing where it may be the doing of one.
    fn of_the_group(&self) -> Option<Self> {
        match self {
            Self::Store(fault) => fault.of_the_group().map(Self::Store),
            Self::Sign(_) | Self::NoSigner(_) | Self::Facts(_) => None,
        }
    }
}

impl Service {
    /// Puts the parts together.
    pub fn new(store: Store, trust: TrustStore, clock: Clock, choices: Choices) -> Self {
        Self::with_csps(store, trust, clock, choices, None)
    }

    /// As [`Service::new`], with CSPs to be asked for coverage.
    pub fn with_csps(
        store: Store,
        trust: TrustStore,
        clock: Clock,
        choices: Choices,
        csps: Option<Csps>,
    ) -> Self {
        let mut metrics = Metrics::new(store.meter());
        if let Some(csps) = &csps {
            metrics.watch_csps(csps.meter());
        }
        let trust = RwLock::new(Arc::new(trust));
        let waiting = Waiting::default();
        Self(Arc::new(Parts { store, trust, clock, choices, csps, metrics, waiting }))
    }

    /// The store.
    pub fn store(&self) -> &Store {
        &self.0.store
    }

    /// The certificates and keys, as they are now; [`Service::replace_trust`] replaces them.
    pub fn trust(&self) -> Arc<TrustStore> {
        Arc::clone(&self.0.trust.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Replaces the certificates and keys, in one step, from the next message on.
    ///
    /// # Errors
    /// When there is no key to sign answers with among them; the old ones stay then.
    pub fn replace_trust(&self, trust: TrustStore) -> Result<(), Fault> {
        let dcc = self.0.choices.dcc;
        trust.signer_for(dcc, self.0.clock.now().0).ok_or(Fault::NoSigner(dcc))?;
        *self.0.trust.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(trust);
        Ok(())
    }

    /// The clock.
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// What the operator chose.
    pub fn choices(&self) -> &Choices {
        &self.0.choices
    }

    /// Whether it can answer now: there is a key to sign with, and the store can be read and written.
    pub fn is_ready(&self) -> bool {
        let dcc = self.0.choices.dcc;
        let has_signer = self.trust().signer_for(dcc, self.0.clock.now().0).is_some();
        let store = &self.0.store;
        let is_readable = || store.read(|connection| store::find_user(connection, dcc)).is_ok();
        has_signer && is_readable() && store.is_writable()
    }

    /// Answers one message. Blocks until what it did is on the disk.
    ///
    /// # Errors
    /// When the store or the signer fails; nothing was changed then.
    pub fn answer(&self, message: &[u8], arrival: impl Into<Arrival>) -> Result<Reply, Fault> {
        match self.receive(message, arrival)? {
            Received::Answered(reply) => Ok(reply),
            Received::Proven(proven) => {
                let Proven { asked, note } = *proven;
                let done = self.in_next_turn(asked).blocking_recv();
                self.told(done.unwrap_or(CLOSED), note)
            }
        }
    }

    /// Decodes one message and verifies who sent it: all that is to be computed before its turn.
    ///
    /// # Errors
    /// When there is something to answer already, and the signer fails.
    pub fn receive(&self, message: &[u8], arrival: impl Into<Arrival>) -> Result<Received, Fault> {
        let (arrival, now, stopwatch) = (arrival.into(), self.0.clock.now(), Stopwatch::start());
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
        // No writer waits for a CSP: they are asked before the turn.
        let live = self.live_coverage(&request, arrival)?;
        let note = Note { id: request.id, variant: request.variant, peer: arrival.peer, stopwatch };
        let (digest, queued, span) = (digest_of(message), Stopwatch::start(), tracing::Span::current());
        let asked = Asked { request, live, digest, arrival, now, queued, span };
        Ok(Received::Proven(Box::new(Proven { asked, note })))
    }

    /// Decides a message that was received, in the next turn to write. What it did is on the disk when this is ready.
    ///
    /// # Errors
    /// When the store or the signer fails; nothing was changed then.
    pub async fn settle(&self, proven: Box<Proven>) -> Result<Reply, Fault> {
        let Proven { asked, note } = *proven;
        let done = self.in_next_turn(asked).await;
        self.told(done.unwrap_or(CLOSED), note)
    }

    /// Counts and logs what came of it.
    fn told(&self, done: Result<Done, Fault>, note: Note) -> Result<Reply, Fault> {
        let Note { id, variant, peer, stopwatch } = note;
        let Done { answer, decision } = self.noted(done)?;
        self.0.metrics.answered(Some(variant), decision.map(|(code, _)| code));
        let (client, ms) = (peer.map(|peer| peer.to_string()), stopwatch.milliseconds());
        match decision {
            None => {
                tracing::info!(request_id = %id, client, %variant, ms, "the same message again: the first answer again");
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
        let answer = self.signed(&response, now)?;
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
        let answer = self.signed(&response_to(request, code, now), now)?;
        self.0.metrics.answered(Some(request.variant), Some(code));
        Ok(Reply::Answer(answer))
    }

    /// Decides a request that was decoded and verified, against the store as it is and with what CSPs said. Changes
    /// nothing.
    ///
    /// # Errors
    /// When the store fails.
    pub fn decide_with(
        &self,
        connection: &mut Connection,
        request: &Request,
        live: &LiveCoverage,
        arrival: impl Into<Arrival>,
        now: Now,
    ) -> Result<Decision, Fault> {
        let first = store::first_answer(connection, &request.id)?;
        let used = FirstAnswer::use_of(first.as_ref());
        self.decide_on(connection, request, live, used, arrival.into(), now)
    }

    fn decide_on(
        &self,
        connection: &mut Connection,
        request: &Request,
        live: &LiveCoverage,
        used: RequestIdUse,
        arrival: Arrival,
        now: Now,
    ) -> Result<Decision, Fault> {
        let Arrival { at, peer } = arrival;
        let choices = &self.0.choices;
        let facts = store::load_facts(connection, request, used, now, &choices.csp_unavailable)?;
        let facts = live::beside(facts, live);
        let mut trace = Trace::new(choices.codes.clone());
        trace.note(common::SCHEMA, true, format!("SR {} {}", request.variant, request.variant.name()));
        trace.note(common::SIGNATURE, true, format!("originator {}", request.id.originator));
        let authorised = access::admit(request, peer, &mut trace)
            .and_then(|()| access::authorise(request, at, choices.dcc, &facts.account, &mut trace));
        match authorised {
            Err(refusal) => Ok(Decision::refuse(trace, refusal)),
            Ok(authorised) => Ok(rules::decide(&authorised, &facts.subject, now, choices.rules, trace)?),
        }
    }

    fn answer_of(&self, asked: &Asked, decision: &Decision) -> Result<Vec<u8>, Fault> {
        let Asked { request, now, .. } = asked;
        let response =
            Response { payload: decision.payload.clone(), ..response_to(request, decision.code, *now) };
        self.signed(&response, *now)
    }

    fn signed(&self, response: &Response, now: Now) -> Result<Vec<u8>, Fault> {
        self.signed_text(&xml::encode(response), now)
    }

    fn signed_text(&self, message: &str, now: Now) -> Result<Vec<u8>, Fault> {
        let dcc = self.0.choices.dcc;
        let trust = self.trust();
        let signer = trust.signer_for(dcc, now.0).ok_or(Fault::NoSigner(dcc))?;
        Ok(signature::sign(message.as_bytes(), signer)?)
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
fn cause_of(request: &Request) -> Cause {
    Cause {
        user: Some(request.id.originator),
        request_id: Some(request.id),
        interface: request.body.service().as_str(),
    }
}

/// What tells the very same message from another under its RequestID.
fn digest_of(message: &[u8]) -> [u8; 32] {
    let mut octets = [0; 32];
    for (to, from) in octets.iter_mut().zip(digest::digest(&digest::SHA256, message).as_ref()) {
        *to = *from;
    }
    octets
}

/// Names the rule and the place, and never the message's values.
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
