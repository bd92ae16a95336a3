//! The service as one value: the store, the keys and what the operator chose, shared by every listener.

use std::sync::{Arc, PoisonError, RwLock};

use super::{Choices, Fault, batch_queue::BatchQueue, csp::Csps, verify_pool::VerifyPool};
use crate::{
    clock::Clock,
    db::Store,
    domain::Now,
    duis::{
        signature::{self, TrustStore},
        xml::Message,
    },
    metrics::Metrics,
    store,
};

/// What answers requests: the store, the keys, and what the operator chose.
#[derive(Clone)]
pub struct App(pub(super) Arc<Parts>);

pub(super) struct Parts {
    pub(super) store: Store,
    pub(super) trust: RwLock<Arc<TrustStore>>,
    pub(super) clock: Clock,
    pub(super) choices: Choices,
    pub(super) csps: Option<Csps>,
    pub(super) metrics: Metrics,
    pub(super) verify_pool: VerifyPool,
    pub(super) queue: BatchQueue,
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
        let (verify_pool, queue) = (VerifyPool::start(), BatchQueue::default());
        Self(Arc::new(Parts { store, trust, clock, choices, csps, metrics, verify_pool, queue }))
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

    /// A message, signed as the DCC.
    pub(super) fn signed(&self, message: &Message, now: Now) -> Result<Vec<u8>, Fault> {
        let dcc = self.0.choices.dcc;
        let trust = self.trust();
        let signer = trust.signer_for(dcc, now.0).ok_or(Fault::NoSigner(dcc))?;
        Ok(signature::sign_message(message, signer)?)
    }
}
