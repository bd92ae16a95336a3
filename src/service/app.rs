//! The application state: store, trust store, clock, choices, verify pool and queue, shared by every listener.

use std::sync::{Arc, PoisonError, RwLock};

use super::{
    Choices, Fault, JobWatch, batch_queue::BatchQueues, boxed_pki::BoxedPkiHint, console::ConsoleState,
    csp::Csps, forward::Forwarder, gate::Gate, maintenance_watch::MaintenanceWatch,
    refused_messages::RefusedMessages, report_queue::ReportQueue, supplier_looks::SupplierLooks,
    test_bench::TestBench, unpublished_versions::UnpublishedVersions, user_permits::UserPermits,
    variants::KeptCount, verify_pool::VerifyPool, write_probe::WriteProbe,
};
use crate::{
    clock::Clock,
    db::Store,
    domain::{Calendar, Now},
    duis::{
        signature::{self, TrustStore},
        xml::UnsignedMessage,
    },
    metrics::{ForwardMeter, Metrics},
    store,
};

/// The application. Clones share one state, so a listener, a job and a thread each keep a clone.
#[derive(Clone)]
pub struct App(pub(super) Arc<AppState>);

/// The state that all clones of an [`App`] share.
pub(super) struct AppState {
    pub(super) store: Store,
    // Replaced as a whole by SIGHUP. A message takes its own `Arc`, so that it is verified against one set of certificates
    // from start to end, and the lock is never held while a signature is checked.
    pub(super) trust: RwLock<Arc<TrustStore>>,
    pub(super) calendar: RwLock<Arc<Calendar>>,
    pub(super) clock: Clock,
    pub(super) choices: Choices,
    pub(super) csps: Option<Csps>,
    pub(super) metrics: Metrics,
    pub(super) jobs: JobWatch,
    pub(super) supplier_looks: SupplierLooks,
    pub(super) verify_pool: VerifyPool,
    pub(super) user_permits: UserPermits,
    pub(super) queues: BatchQueues,
    pub(super) boxed_pki: BoxedPkiHint,
    pub(super) unpublished_versions: UnpublishedVersions,
    pub(super) reports: ReportQueue,
    pub(super) refusals: RefusedMessages,
    pub(super) forwarder: Option<Forwarder>,
    pub(super) gate: Gate,
    /// Absent where `[test]` is not set.
    pub(super) bench: Option<TestBench>,
    pub(super) write_probe: WriteProbe,
    pub(super) console: ConsoleState,
    pub(super) maintenance: MaintenanceWatch,
    pub(super) variants: KeptCount,
}

impl App {
    /// An application without CSPs to ask.
    pub fn new(store: Store, trust: TrustStore, clock: Clock, choices: Choices) -> Self {
        Self::with_csps(store, trust, clock, choices, None)
    }

    /// An application that asks these CSPs for live coverage.
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
        let forwarder = choices.forward.as_ref().map(|options| {
            let meter = ForwardMeter::default();
            metrics.watch_forwarding(&meter);
            Forwarder::new(options, clock.clone(), meter)
        });
        let jobs = JobWatch::new(metrics.jobs().clone());
        let trust = RwLock::new(Arc::new(trust));
        let calendar = RwLock::new(Arc::new(choices.calendar.clone()));
        let user_permits = UserPermits::new(choices.max_in_flight_per_user);
        let bench = choices.test.as_ref().map(TestBench::new);
        let queues = BatchQueues::new(store.concurrent_batches());
        Self(Arc::new(AppState {
            store,
            trust,
            calendar,
            clock,
            choices,
            csps,
            metrics,
            jobs,
            supplier_looks: SupplierLooks::default(),
            verify_pool: VerifyPool::start(),
            user_permits,
            queues,
            boxed_pki: BoxedPkiHint::default(),
            unpublished_versions: UnpublishedVersions::default(),
            reports: ReportQueue::default(),
            refusals: RefusedMessages::default(),
            forwarder,
            gate: Gate::default(),
            bench,
            write_probe: WriteProbe::default(),
            console: ConsoleState::default(),
            maintenance: MaintenanceWatch::default(),
            variants: KeptCount::default(),
        }))
    }

    /// The store.
    pub fn store(&self) -> &Store {
        &self.0.store
    }

    /// The current trust store: certificates and keys. [`App::replace_trust`] replaces it.
    pub fn trust(&self) -> Arc<TrustStore> {
        // A poisoned lock is used all the same: the only write is one assignment, so the value is never half made.
        Arc::clone(&self.0.trust.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Replaces the trust store, from the next message on.
    ///
    /// # Errors
    /// When it has no key to sign answers with; the old one stays then.
    pub fn replace_trust(&self, trust: TrustStore) -> Result<(), Fault> {
        let dcc = self.0.choices.dcc;
        // Checked before the swap: a running service must not lose its signing key to a mistake in a file.
        trust.signer_for(dcc, self.0.clock.now().0).ok_or(Fault::NoSigner(dcc))?;
        *self.0.trust.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(trust);
        Ok(())
    }

    /// The gate that what changes the store passes.
    pub fn gate(&self) -> &Gate {
        &self.0.gate
    }

    /// The clock.
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// The operator's choices.
    pub fn choices(&self) -> &Choices {
        &self.0.choices
    }

    /// The watch over its background jobs.
    pub fn jobs(&self) -> &JobWatch {
        &self.0.jobs
    }

    /// Readiness: whether there is a key to sign with, the store can be read and written, and every background job stays up.
    pub fn is_ready(&self) -> bool {
        let dcc = self.0.choices.dcc;
        let has_signer = self.trust().signer_for(dcc, self.0.clock.now().0).is_some();
        let store = &self.0.store;
        let is_readable = || store.read(|connection| store::find_user(connection, dcc)).is_ok();
        let is_writable = || store.is_writable() && self.0.write_probe.is_writable(store);
        has_signer && is_readable() && is_writable() && self.0.jobs.is_up()
    }

    /// Signs a message as the DCC.
    pub(super) fn signed(&self, message: &UnsignedMessage, now: Now) -> Result<Vec<u8>, Fault> {
        let dcc = self.0.choices.dcc;
        let trust = self.trust();
        let signer = trust.signer_for(dcc, now.0).ok_or(Fault::NoSigner(dcc))?;
        Ok(signature::sign_message(message, signer)?)
    }
}
