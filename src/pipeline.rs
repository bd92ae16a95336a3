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
mod message;
mod notice;
mod turn;

use std::sync::{Arc, PoisonError, RwLock};

use crate::{
    clock::Clock,
    csp::Csps,
    domain::{
        Arrival, CodeOverrides, CspRegion, Decision, Eui64, Instance, LiveCoverage, Now, Request,
        RequestIdUse, Trace,
    },
    duis::{
        signature::{self, SignFault, TrustStore},
        xml::Message,
    },
    metrics::Metrics,
    rules::{self, RuleSettings, UnfittingFacts, access, rulebook::common},
    store::{self, Connection, FirstAnswer, Session, Store, StoreFault},
};

use turn::Waiting;

pub use event::{EventOutcome, SimulatedDevices};
pub use hubs::{Gateway, HubReply};
pub use message::{Ending, News, Proven, Reply};

/// What answers requests: the store, the keys, and what the operator chose.
#[derive(Clone)]
pub struct App(Arc<Parts>);

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

impl Choices {
    /// What is chosen where the operator says nothing.
    pub fn of(dcc: Eui64) -> Self {
        Self {
            instance: Instance::default(),
            dcc,
            rules: RuleSettings::default(),
            codes: CodeOverrides::default(),
            csp_unavailable: Vec::new(),
            simulated_devices: None,
        }
    }
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
    /// A panic, which was this message's alone.
    #[error("what answered it broke off")]
    BrokeOff,
}

impl Fault {
    /// Whether the same message may well be answered in a moment: the store is busy, away or just closing. Sent again,
    /// it gets its first answer, or is decided now: right either way.
    pub const fn is_passing(&self) -> bool {
        match self {
            Self::Store(fault) => fault.is_passing(),
            Self::Sign(_) | Self::NoSigner(_) | Self::Facts(_) | Self::BrokeOff => false,
        }
    }

    /// The same for another request of the turn; nothing where it may be the doing of one.
    fn of_the_group(&self) -> Option<Self> {
        match self {
            Self::Store(fault) => fault.of_the_group().map(Self::Store),
            Self::Sign(_) | Self::NoSigner(_) | Self::Facts(_) | Self::BrokeOff => None,
        }
    }
}

impl App {
    /// Puts the parts together.
    pub fn new(store: Store, trust: TrustStore, clock: Clock, choices: Choices) -> Self {
        Self::with_csps(store, trust, clock, choices, None)
    }

    /// As [`App::new`], with CSPs to be asked for coverage.
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

    /// The certificates and keys, as they are now; [`App::replace_trust`] replaces them.
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
        let mut session = Session::new(connection);
        let first = session.first_answer(&request.id)?;
        let used = FirstAnswer::use_of(first.as_ref());
        self.decide_on(&mut session, request, live, used, arrival.into(), now)
    }

    fn decide_on(
        &self,
        session: &mut Session<'_>,
        request: &Request,
        live: &LiveCoverage,
        used: RequestIdUse,
        arrival: Arrival,
        now: Now,
    ) -> Result<Decision, Fault> {
        let Arrival { at, peer } = arrival;
        let choices = &self.0.choices;
        let facts = store::load_facts(session, request, used, now, &choices.csp_unavailable)?;
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

    fn signed(&self, message: &Message, now: Now) -> Result<Vec<u8>, Fault> {
        let dcc = self.0.choices.dcc;
        let trust = self.trust();
        let signer = trust.signer_for(dcc, now.0).ok_or(Fault::NoSigner(dcc))?;
        Ok(signature::sign_message(message, signer)?)
    }
}
