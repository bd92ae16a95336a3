//! Gauges that are read when the page is requested.

use prometheus_client::{
    metrics::{counter::Counter, family::Family, gauge::Gauge},
    registry::{Registry, Unit},
};

use crate::domain::{CspRegion, Now, Timestamp};

/// The gauges' values at the time of a request.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// The outbox's size; absent where the store cannot be read.
    pub outbox: Option<OutboxCount>,
    /// The certificates in use.
    pub certificates: Vec<CertificateExpiry>,
    /// For each CSP Region with coverage, when its extract was loaded.
    pub coverage: Vec<(CspRegion, Timestamp)>,
    /// How many notices there are of each kind.
    pub notices: Vec<(String, u64)>,
    /// How many maintenance windows are felt at this instance.
    pub maintenance_in_force: usize,
}

/// The numbers of undelivered messages in the outbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutboxCount {
    /// Those that wait.
    pub waiting: u64,
    /// Those of them with at least one failed attempt.
    pub failing: u64,
    /// Those that are parked: not among the others.
    pub parked: u64,
}

/// The expiry of a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateExpiry {
    /// The `kind` label: `signer`, `trusted` or `listener`.
    pub kind: &'static str,
    /// The `name` label: the owner, or the setting and subject.
    pub name: String,
    /// The end of its validity.
    pub not_after: Timestamp,
}

const SECONDS_A_DAY: f64 = 86_400.0;

impl CertificateExpiry {
    #[expect(clippy::cast_precision_loss, reason = "a day more or less in thousands of years is no matter")]
    fn days_left(&self, now: Now) -> f64 {
        self.not_after.duration_since(now.0).as_secs() as f64 / SECONDS_A_DAY
    }
}

/// A gauge of a fractional number.
type Fraction = Gauge<f64, std::sync::atomic::AtomicU64>;

impl Snapshot {
    pub(super) fn registry(&self, now: Now) -> Registry {
        let mut registry = Registry::with_prefix("smi");
        if let Some(OutboxCount { waiting, failing, parked }) = self.outbox {
            let gauge = |value: u64| {
                let gauge = Gauge::<i64>::default();
                gauge.set(i64::try_from(value).unwrap_or(i64::MAX));
                gauge
            };
            registry.register("outbox_waiting", "Messages that wait to be delivered", gauge(waiting));
            let failing_help = "Messages that wait and were tried in vain before";
            registry.register("outbox_failing", failing_help, gauge(failing));
            let parked_help = "Messages that their User refused as they are, and that are tried no more";
            registry.register("outbox_parked", parked_help, gauge(parked));
        }
        let days = Family::<[(&'static str, String); 2], Fraction>::default();
        for expiry in &self.certificates {
            let labels = [("kind", expiry.kind.to_owned()), ("name", expiry.name.clone())];
            days.get_or_create(&labels).set(expiry.days_left(now));
        }
        registry.register("certificate_days_left", "Days until a certificate expires", days);
        let ages = Family::<[(&'static str, &'static str); 1], Gauge>::default();
        for (region, loaded_at) in &self.coverage {
            let age = now.0.duration_since(*loaded_at).as_secs();
            ages.get_or_create(&[("csp_region", region.as_str())]).set(age);
        }
        let age = "How long ago the extract was loaded that speaks for a CSP Region";
        let notices = Family::<[(&'static str, String); 1], Counter>::default();
        for (kind, number) in &self.notices {
            notices.get_or_create(&[("kind", kind.clone())]).inc_by(*number);
        }
        registry.register("notices", "Notices that were written, by kind", notices);
        let in_force = Gauge::<i64>::default();
        in_force.set(i64::try_from(self.maintenance_in_force).unwrap_or(i64::MAX));
        let in_force_help = "Maintenance windows that are felt at this instance now";
        registry.register("maintenance_in_force", in_force_help, in_force);
        registry.register_with_unit("coverage_age", age, Unit::Seconds, ages);
        registry
    }
}
