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

use std::sync::{Arc, PoisonError, RwLock};

use aws_lc_rs::digest;

use crate::{
    access,
    clock::{Clock, Stopwatch},
    csp::Csps,
    domain::{
        Arrival, CodeOverrides, CspRegion, Decision, Eui64, Instance, LiveCoverage, Now, Request, RequestId,
        Response, ResponseCode, SchemaVersion, ServiceReferenceVariant, Trace, rulebook::common,
    },
    metrics::{Metrics, Stage},
    rules::{self, RuleSettings, UnfittingFacts},
    signature::{self, SignFault, TrustStore},
    store::{self, Cause, Connection, FirstAnswer, NewDecision, Store, StoreFault},
    xml::{self, Invalid, Undecodable},
};

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

/// What a transaction leaves: the answer, and the code and rule of a decision that was made in it.
struct Done {
    answer: Vec<u8>,
    decision: Option<(ResponseCode, &'static str)>,
}

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
        Self(Arc::new(Parts { store, trust, clock, choices, csps, metrics }))
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
        self.noted(self.take(message, arrival.into()))
    }

    fn take(&self, message: &[u8], arrival: Arrival) -> Result<Reply, Fault> {
        let (now, stopwatch) = (self.0.clock.now(), Stopwatch::start());
        let decoded = match self.timed(Stage::Decode, || xml::decode(message)) {
            Ok(decoded) => decoded,
            Err(Undecodable::NotXml(reason)) => return Ok(Reply::NotXml(reason.to_string())),
            Err(Undecodable::NotImplemented(variant)) => return Ok(Reply::NotImplemented(variant)),
            Err(Undecodable::Invalid(invalid)) => return self.refuse_invalid(*invalid, arrival, now),
        };
        let verify = || signature::verify_request(&decoded, &self.trust(), now.0);
        match self.timed(Stage::Verify, verify) {
            Ok(verified) => {
                let (digest, request) = (digest_of(message), verified.into_request());
                // No writer waits for a CSP: they are asked before the transaction.
                let live = self.live_coverage(&request, arrival)?;
                self.decide_and_store(request, live, digest, arrival, now, stopwatch)
            }
            Err(fault) => self.refuse_unsigned(decoded.request(), &fault, arrival, now),
        }
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

    fn decide_and_store(
        &self,
        request: Request,
        live: LiveCoverage,
        digest: [u8; 32],
        arrival: Arrival,
        now: Now,
        stopwatch: Stopwatch,
    ) -> Result<Reply, Fault> {
        let (service, span, queued) = (self.clone(), tracing::Span::current(), Stopwatch::start());
        let (id, variant) = (request.id, request.variant);
        let work = move |connection: &mut Connection| {
            service.0.metrics.observe(Stage::Queue, queued.elapsed());
            let in_transaction = || service.in_transaction(connection, &request, &live, digest, arrival, now);
            span.in_scope(in_transaction).map(|done| (done, Stopwatch::start()))
        };
        let (Done { answer, decision }, done) = self.0.store.transact(work)?;
        self.0.metrics.observe(Stage::Commit, done.elapsed());
        self.0.metrics.answered(Some(variant), decision.map(|(code, _)| code));
        let (client, ms) = (arrival.peer.map(|peer| peer.to_string()), stopwatch.milliseconds());
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

    /// All that one request does to the store, and its answer.
    fn in_transaction(
        &self,
        connection: &mut Connection,
        request: &Request,
        live: &LiveCoverage,
        digest: [u8; 32],
        arrival: Arrival,
        now: Now,
    ) -> Result<Done, Fault> {
        if access::is_admitted(request, arrival.peer)
            && let Some(FirstAnswer { digest: first, answer: Some(answer) }) =
                store::first_answer(connection, &request.id)?
            && first == digest
        {
            return Ok(Done { answer, decision: None });
        }
        let decision =
            self.timed(Stage::Decide, || self.decide_with(connection, request, live, arrival, now))?;
        let response =
            Response { payload: decision.payload.clone(), ..response_to(request, decision.code, now) };
        let answer = self.timed(Stage::Sign, || self.signed(&response, now))?;
        self.timed(Stage::Store, || {
            store::apply(connection, &decision.changes, &cause_of(request), now)?;
            store::record_decision(connection, self.record_of(request, &decision, now))?;
            let names_it = |step: &crate::domain::Step| step.rule == common::NEW_REQUEST_ID && step.holds;
            if decision.steps.iter().any(names_it) {
                store::remember(connection, &request.id, &digest, &answer, now)?;
            }
            Ok::<_, StoreFault>(())
        })?;
        self.simulate(connection, &decision.changes, now)?;
        let rule = decision.decided_by().map_or("", |rule| rule.id);
        Ok(Done { answer, decision: Some((decision.code, rule)) })
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
        let Arrival { at, peer } = arrival.into();
        let choices = &self.0.choices;
        let facts = store::load_facts(connection, request, now, &choices.csp_unavailable)?;
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

    fn record_of<'a>(&'a self, request: &'a Request, decision: &'a Decision, now: Now) -> NewDecision<'a> {
        NewDecision {
            instance: &self.0.choices.instance,
            request_id: &request.id,
            user: request.id.originator,
            device: request.body.device(),
            variant: Some(request.variant),
            code: decision.code,
            rule: decision.decided_by(),
            at: now,
            steps: &decision.steps,
        }
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
