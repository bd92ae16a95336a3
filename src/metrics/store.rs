//! Metrics of the store's writer: its queue, its batches, its faults.

use prometheus_client::{
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::Registry,
};

use super::Labels;

/// Histogram buckets of batch sizes: jobs in one commit.
const GROUP_SIZES: [f64; 8] = [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 80.0, 100.0];

/// The store's metrics; clones share the counters.
#[derive(Clone, Debug)]
pub struct StoreMeter {
    waiting: Gauge,
    capacity: Gauge,
    groups: Histogram,
    faults: Family<Labels<1>, Counter>,
    statements: Counter,
}

impl StoreMeter {
    /// Metrics of a queue with that capacity.
    pub fn new(capacity: usize) -> Self {
        let meter = Self {
            waiting: Gauge::default(),
            capacity: Gauge::default(),
            groups: Histogram::new(GROUP_SIZES),
            faults: Family::default(),
            statements: Counter::default(),
        };
        meter.capacity.set(i64::try_from(capacity).unwrap_or(i64::MAX));
        meter
    }

    /// Counts a job as queued.
    pub fn enqueued(&self) {
        self.waiting.inc();
    }

    /// Takes back a job that the full queue rejected.
    pub fn not_enqueued(&self) {
        self.waiting.dec();
    }

    /// Counts the jobs of a batch as taken off the queue.
    pub fn group(&self, jobs: usize) {
        self.waiting.dec_by(i64::try_from(jobs).unwrap_or(i64::MAX));
        self.groups.observe(u32::try_from(jobs).unwrap_or(u32::MAX).into());
    }

    /// Counts a fault by kind.
    pub fn fault(&self, kind: &'static str) {
        self.faults.get_or_create(&[("kind", kind)]).inc();
    }

    /// Counts a statement of a connection that writes, or that a batch of requests reads with. On a server each is a round trip.
    pub fn statement(&self) {
        self.statements.inc();
    }

    /// The number of faults of that kind.
    pub fn faults(&self, kind: &'static str) -> u64 {
        self.faults.get_or_create(&[("kind", kind)]).get()
    }

    pub(super) fn register(&self, registry: &mut Registry) {
        let waiting = "Jobs that wait for the store's writer";
        registry.register("store_queue_depth", waiting, self.waiting.clone());
        let capacity = "Jobs that may wait for the store's writer";
        registry.register("store_queue_capacity", capacity, self.capacity.clone());
        registry.register("store_group_size", "Jobs committed together", self.groups.clone());
        let statements = "Statements of writes and of batches of requests";
        registry.register("store_statements", statements, self.statements.clone());
        registry.register("store_faults", "Faults of the store by kind", self.faults.clone());
    }
}
