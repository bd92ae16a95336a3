//! Metrics of the service, for Prometheus.
//!
//! In: events and durations, from the rooms where they happen. Out: a page of OpenMetrics text. The values of labels come
//! from closed sets, status codes and the operator's own certificates, so that no sender can add time series.

mod csp;
mod forward;
mod jobs;
mod snapshot;
mod store;
mod text_format;

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use prometheus_client::{
    encoding::text,
    metrics::{counter::Counter, family::Family, histogram::Histogram, info::Info},
    registry::{Registry, Unit},
};

use crate::domain::{
    ActivationStanding, Now, ResponseCode, ServiceReferenceVariant, closed_set, reflash::OrderEvent,
};

pub use csp::{BreakerState, CspAsked, CspMeter};
pub use forward::{ForwardMeter, ForwardOutcome};
pub use jobs::JobMeter;
pub use prometheus_client::metrics::gauge::Gauge;
pub use snapshot::{CertificateExpiry, OutboxCount, Snapshot};
pub use store::StoreMeter;
pub use text_format::TextFormat;

closed_set!(
    /// A stage of answering a message, as it is timed.
    Stage, "a stage", {
        // The bytes are decoded into a request.
        Decode => "decode",
        // The signature is verified.
        Verify => "verify",
        // The request waits in the queue of the store's writer.
        Queue => "queue",
        // Facts are loaded and rules decide.
        Decide => "decide",
        // Changes, history, decision and answer are written.
        Store => "store",
        // The answer is signed.
        Sign => "sign",
        // The transaction waits for the other requests of its batch, and for the disk.
        Commit => "commit",
        // From the last byte received to the first byte sent.
        Total => "total",
    }
);

closed_set!(
    /// A listener.
    ListenerName, "a listener", {
        Duis => "duis",
        Manage => "manage",
        CspGateway => "csp_gateway",
    }
);

/// Histogram buckets in seconds, from 50 us to 10 s.
const BUCKETS: [f64; 17] = [
    0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5,
    5.0, 10.0,
];

/// Names and values of labels. Both are static, so that no sender can make up a value.
type Labels<const N: usize> = [(&'static str, &'static str); N];

/// The `code` label of an answer that was sent before.
const REPEATED: &str = "repeated";
/// The `variant` label of a request whose variant cannot be read.
const UNREADABLE: &str = "unreadable";

/// All metrics since the start of the process.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    requests: Family<Labels<2>, Counter>,
    refusals: Family<Labels<2>, Counter>,
    decisions: Family<Labels<1>, Counter>,
    hub_events: Family<Labels<1>, Counter>,
    maintenance_refusals: Counter,
    firmware_images: Family<Labels<1>, Counter>,
    stages: Family<Labels<1>, Histogram, fn() -> Histogram>,
    in_flight: Gauge,
    in_flight_limit: Gauge,
    jobs: JobMeter,
    listener_certificates: Mutex<Vec<CertificateExpiry>>,
}

impl Metrics {
    /// Registers all metrics, those of the store included.
    pub fn new(store: &StoreMeter) -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("smi"),
            requests: Family::default(),
            refusals: Family::default(),
            decisions: Family::default(),
            hub_events: Family::default(),
            maintenance_refusals: Counter::default(),
            firmware_images: Family::default(),
            stages: Family::new_with_constructor(|| Histogram::new(BUCKETS)),
            in_flight: Gauge::default(),
            in_flight_limit: Gauge::default(),
            jobs: JobMeter::default(),
            listener_certificates: Mutex::default(),
        };
        metrics.register();
        store.register(&mut metrics.registry);
        metrics
    }

    /// Registers the metrics of the CSP clients.
    pub fn watch_csps(&mut self, csps: &CspMeter) {
        csps.register(&mut self.registry);
    }

    /// Registers the metrics of forwarding.
    pub fn watch_forwarding(&mut self, forwarding: &ForwardMeter) {
        forwarding.register(&mut self.registry);
    }

    fn register(&mut self) {
        let registry = &mut self.registry;
        let answered = "Signed answers by Service Reference Variant and response code";
        registry.register("requests", answered, self.requests.clone());
        registry.register("http_refusals", "Requests refused by an HTTP status alone", self.refusals.clone());
        let decided = "Decisions by the rule that decided";
        registry.register("decisions", decided, self.decisions.clone());
        let happened = "What happened to re-flash orders, by the event";
        registry.register("hub_events", happened, self.hub_events.clone());
        let felt = "Requests refused as planned maintenance was in force, which are counted nowhere else";
        registry.register("maintenance_refused", felt, self.maintenance_refusals.clone());
        let activated = "Large SMETS1 images by their standing when they were received";
        registry.register("firmware_images", activated, self.firmware_images.clone());
        let stages = "How long each stage of a message takes";
        registry.register_with_unit("stage", stages, Unit::Seconds, self.stages.clone());
        registry.register("http_in_flight", "Messages being answered", self.in_flight.clone());
        let limit = "Messages answered at once at most";
        registry.register("http_in_flight_limit", limit, self.in_flight_limit.clone());
        self.jobs.register(registry);
        let build = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("build", "The program", build);
        for stage in Stage::ALL {
            drop(self.stages.get_or_create_owned(&[("stage", stage.as_str())]));
        }
        for standing in ActivationStanding::ALL {
            drop(self.firmware_images.get_or_create_owned(&[("standing", standing.as_str())]));
        }
        for event in OrderEvent::ALL {
            drop(self.hub_events.get_or_create_owned(&[("event", event.as_str())]));
        }
    }

    /// Records the duration of a stage, which the caller measured: no clock is read here.
    pub fn observe(&self, stage: Stage, took: Duration) {
        self.stages.get_or_create(&[("stage", stage.as_str())]).observe(took.as_secs_f64());
    }

    /// Counts a signed answer; without a code, an earlier answer that was sent again.
    pub fn answered(&self, variant: Option<ServiceReferenceVariant>, code: Option<ResponseCode>) {
        let variant = variant.map_or(UNREADABLE, ServiceReferenceVariant::as_str);
        let code = code.map_or(REPEATED, |code| code.as_str());
        self.requests.get_or_create(&[("variant", variant), ("code", code)]).inc();
    }

    /// Counts a committed decision by that rule.
    pub fn decided(&self, rule: &'static str) {
        self.decisions.get_or_create(&[("rule", rule)]).inc();
    }

    /// Counts committed decisions by that rule.
    pub fn decided_times(&self, rule: &'static str, times: usize) {
        self.decisions.get_or_create(&[("rule", rule)]).inc_by(u64::try_from(times).unwrap_or(u64::MAX));
    }

    /// Counts committed events of re-flash orders.
    pub fn hub_events(&self, event: OrderEvent, times: usize) {
        let times = u64::try_from(times).unwrap_or(u64::MAX);
        self.hub_events.get_or_create(&[("event", event.as_str())]).inc_by(times);
    }

    /// Counts a large image whose activation was committed.
    pub fn firmware_image(&self, standing: ActivationStanding) {
        self.firmware_images.get_or_create(&[("standing", standing.as_str())]).inc();
    }

    /// Counts a request that was answered by an HTTP status alone.
    pub fn refused(&self, listener: ListenerName, status: u16) {
        let labels = [("listener", listener.as_str()), ("status", status_text(status))];
        self.refusals.get_or_create(&labels).inc();
    }

    /// Counts a request that was refused as planned maintenance was in force.
    pub fn refused_for_maintenance(&self) {
        self.maintenance_refusals.inc();
    }

    /// The meter of background jobs.
    pub const fn jobs(&self) -> &JobMeter {
        &self.jobs
    }

    /// The gauge of messages in flight.
    pub const fn in_flight(&self) -> &Gauge {
        &self.in_flight
    }

    /// Sets the limit of messages in flight.
    pub fn set_in_flight_limit(&self, limit: usize) {
        self.in_flight_limit.set(i64::try_from(limit).unwrap_or(i64::MAX));
    }

    /// Sets the certificates of the listeners, after each load.
    pub fn set_listener_certificates(&self, certificates: Vec<CertificateExpiry>) {
        *self.listener_certificates.lock().unwrap_or_else(PoisonError::into_inner) = certificates;
    }

    /// The page: the counters, and the gauges of the snapshot.
    pub fn page(&self, mut snapshot: Snapshot, now: Now) -> String {
        let listeners = self.listener_certificates.lock().unwrap_or_else(PoisonError::into_inner).clone();
        snapshot.certificates.extend(listeners);
        let mut page = String::new();
        let written = text::encode_registry(&mut page, &self.registry)
            .and_then(|()| text::encode_registry(&mut page, &snapshot.registry(now)))
            .and_then(|()| text::encode_eof(&mut page));
        if written.is_err() {
            tracing::error!("metrics page not written");
        }
        page
    }
}

/// The `status` label. Statuses that only the framework answers with are `other`, which keeps the set closed.
fn status_text(status: u16) -> &'static str {
    match status {
        400 => "400",
        401 => "401",
        403 => "403",
        404 => "404",
        405 => "405",
        409 => "409",
        408 => "408",
        413 => "413",
        415 => "415",
        422 => "422",
        500 => "500",
        501 => "501",
        503 => "503",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{CspRegion, Timestamp};

    fn page(metrics: &Metrics, snapshot: Snapshot) -> String {
        metrics.page(snapshot, Now("2026-01-01T00:00:00Z".parse::<Timestamp>().unwrap()))
    }

    #[test]
    fn the_page_says_what_was_counted() {
        let store = StoreMeter::new(1_000);
        let metrics = Metrics::new(&store);
        let variant = "8.4".parse().unwrap();
        metrics.answered(Some(variant), Some("I0".parse().unwrap()));
        metrics.answered(Some(variant), None);
        metrics.answered(None, Some("E100".parse().unwrap()));
        metrics.refused(ListenerName::Duis, 400);
        metrics.refused(ListenerName::Manage, 418);
        metrics.decided("a/b");
        metrics.hub_events(OrderEvent::Release, 2);
        metrics.refused_for_maintenance();
        metrics.firmware_image(ActivationStanding::Free);
        metrics.observe(Stage::Decide, Duration::from_micros(60));
        store.fault("busy");
        let text = page(&metrics, Snapshot::default());
        for line in [
            "smi_requests_total{variant=\"8.4\",code=\"I0\"} 1",
            "smi_requests_total{variant=\"8.4\",code=\"repeated\"} 1",
            "smi_requests_total{variant=\"unreadable\",code=\"E100\"} 1",
            "smi_http_refusals_total{listener=\"duis\",status=\"400\"} 1",
            "smi_http_refusals_total{listener=\"manage\",status=\"other\"} 1",
            "smi_decisions_total{rule=\"a/b\"} 1",
            "smi_hub_events_total{event=\"Release\"} 2",
            "smi_hub_events_total{event=\"Cancel\"} 0",
            "smi_firmware_images_total{standing=\"free\"} 1",
            "smi_firmware_images_total{standing=\"batch\"} 0",
            "smi_stage_seconds_bucket{le=\"0.00005\",stage=\"decide\"} 0",
            "smi_stage_seconds_bucket{le=\"0.0001\",stage=\"decide\"} 1",
            "smi_stage_seconds_count{stage=\"sign\"} 0",
            "smi_maintenance_refused_total 1",
            "smi_store_queue_capacity 1000",
            "smi_store_faults_total{kind=\"busy\"} 1",
            "smi_build_info{version=\"0.1.0\"} 1",
        ] {
            assert!(text.lines().any(|present| present == line), "{line} is missing in\n{text}");
        }
        assert!(text.ends_with("# EOF\n"));
    }

    #[test]
    fn certificates_run_out_in_days() {
        let metrics = Metrics::new(&StoreMeter::new(1));
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let expiry =
            |kind, name: &str, not_after| CertificateExpiry { kind, name: name.to_owned(), not_after };
        metrics.set_listener_certificates(vec![expiry("listener", "server", at("2026-01-31T00:00:00Z"))]);
        let snapshot = Snapshot {
            certificates: vec![expiry("trusted", "a \"b\"", at("2025-12-31T12:00:00Z"))],
            outbox: Some(OutboxCount { waiting: 3, failing: 2, parked: 1 }),
            coverage: vec![(CspRegion::South4G, at("2025-12-31T23:59:00Z"))],
            notices: vec![("reflash.authorised".to_owned(), 7)],
            maintenance_in_force: 1,
        };
        let text = page(&metrics, snapshot);
        for line in [
            "smi_certificate_days_left{kind=\"listener\",name=\"server\"} 30.0",
            "smi_maintenance_in_force 1",
            "smi_notices_total{kind=\"reflash.authorised\"} 7",
            "smi_certificate_days_left{kind=\"trusted\",name=\"a \\\"b\\\"\"} -0.5",
            "smi_outbox_waiting 3",
            "smi_outbox_failing 2",
            "smi_outbox_parked 1",
            "smi_coverage_age_seconds{csp_region=\"4G South\"} 60",
        ] {
            assert!(text.lines().any(|present| present == line), "{line} is missing in\n{text}");
        }
        assert!(!page(&metrics, Snapshot::default()).contains("smi_outbox"), "unknown is not none");
    }
}
