//! A window as texts: a line of maintenance.csv, and the body by which one window is saved.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::columns::StoredPlan;
use crate::{
    domain::{
        Malformed, Timestamp, YesNo,
        maintenance::{
            MaintenanceEnvironment, MaintenanceWindow, WindowAspect, WindowKind, WindowPlan, WindowReference,
        },
        parse_london_or_utc_minute,
    },
    store::csv::{Faults, Fields, ImportFault},
};

/// The columns of a window, each as text; empty where there is no value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PlanColumns {
    /// Its reference.
    pub reference: String,
    /// How it came about.
    pub kind: String,
    /// What is worked on.
    pub environment: String,
    /// What it is called.
    pub title: String,
    /// The parts of the Services that are disrupted.
    pub services: String,
    /// How sure that is.
    pub disruption: String,
    /// Whether end-to-end communications are touched.
    pub communications: String,
    /// Whether install and commission is touched.
    pub install_commission: String,
    /// Whether SMETS1 migrations are touched.
    pub smets1_migrations: String,
    /// Whether Users can send and receive Service Requests.
    pub service_requests: String,
    /// Whether prepayment top-ups stop.
    pub stops_top_ups: String,
    /// Whether Users have to change something.
    pub user_changes: String,
    /// Whether it is about the SSI.
    pub ssi: String,
    /// Whether it may affect consumers.
    pub consumer_affecting: String,
    /// How many hubs are affected.
    pub hubs_affected: String,
    /// How that number was found.
    pub hubs_basis: String,
    /// Whose systems are worked on, with `;` between them.
    pub providers: String,
    /// Whether it is about Migration Systems.
    pub migration_systems: String,
    /// The start.
    pub starts_at: String,
    /// The end.
    pub ends_at: String,
    /// The risk to the return of normal service.
    pub risk_to_return: String,
    /// Why the disruption cannot be avoided.
    pub why: String,
    /// What it stops at this service, with `;` between them.
    pub stops: String,
    /// Its category.
    pub category: String,
}

impl PlanColumns {
    /// The names of the columns, in order.
    pub const NAMES: &'static [&'static str] = &[
        "reference",
        "kind",
        "environment",
        "title",
        "services",
        "disruption",
        "communications",
        "install_commission",
        "smets1_migrations",
        "service_requests",
        "stops_top_ups",
        "user_changes",
        "ssi",
        "consumer_affecting",
        "hubs_affected",
        "hubs_basis",
        "providers",
        "migration_systems",
        "starts_at",
        "ends_at",
        "risk_to_return",
        "why",
        "stops",
        "category",
    ];
}

impl From<&MaintenanceWindow> for PlanColumns {
    fn from(window: &MaintenanceWindow) -> Self {
        Self::new(&window.reference, &window.plan)
    }
}

impl PlanColumns {
    /// A plan as texts.
    pub fn new(reference: &WindowReference, plan: &WindowPlan) -> Self {
        let stored = StoredPlan::from(plan);
        let yes_no = |says: bool| if says { YesNo::Yes } else { YesNo::No }.to_string();
        Self {
            reference: reference.to_string(),
            kind: stored.kind,
            environment: stored.environment,
            title: stored.title.unwrap_or_default(),
            services: stored.services.unwrap_or_default(),
            disruption: stored.disruption.unwrap_or_default(),
            communications: yes_no(stored.communications),
            install_commission: yes_no(stored.install_commission),
            smets1_migrations: yes_no(stored.smets1_migrations),
            service_requests: yes_no(stored.service_requests),
            stops_top_ups: yes_no(stored.stops_top_ups),
            user_changes: yes_no(stored.user_changes),
            ssi: yes_no(stored.ssi),
            consumer_affecting: yes_no(stored.consumer_affecting),
            hubs_affected: stored.hubs_affected.map(|hubs| hubs.to_string()).unwrap_or_default(),
            hubs_basis: stored.hubs_basis.unwrap_or_default(),
            providers: stored.providers,
            migration_systems: yes_no(stored.migration_systems),
            starts_at: stored.starts_at,
            ends_at: stored.ends_at,
            risk_to_return: stored.risk_to_return.unwrap_or_default(),
            why: stored.why.unwrap_or_default(),
            stops: stored.stops,
            category: stored.category.unwrap_or_default(),
        }
    }

    fn aspect(&self, aspect: WindowAspect) -> &str {
        match aspect {
            WindowAspect::Communications => &self.communications,
            WindowAspect::InstallCommission => &self.install_commission,
            WindowAspect::Smets1Migrations => &self.smets1_migrations,
            WindowAspect::ServiceRequests => &self.service_requests,
            WindowAspect::StopsTopUps => &self.stops_top_ups,
            WindowAspect::UserChanges => &self.user_changes,
            WindowAspect::Ssi => &self.ssi,
            WindowAspect::ConsumerAffecting => &self.consumer_affecting,
            WindowAspect::MigrationSystems => &self.migration_systems,
        }
    }

    /// The yes-or-no columns that say yes; an empty one says no.
    fn aspects(&self, fields: &mut Fields<'_>) -> Option<BTreeSet<WindowAspect>> {
        let said = WindowAspect::ALL.iter().map(|aspect| {
            let said = fields.optional::<YesNo>(aspect.as_str(), self.aspect(*aspect));
            said.map(|said| said.filter(|said| *said == YesNo::Yes).map(|_| *aspect))
        });
        // All are read before the first fault ends it.
        let said = said.collect::<Vec<_>>();
        Some(said.into_iter().collect::<Option<Vec<_>>>()?.into_iter().flatten().collect())
    }

    /// The window that the texts say; every fault is added.
    pub(super) fn window(&self, fields: &mut Fields<'_>) -> Option<MaintenanceWindow> {
        let reference = fields.required("reference", &self.reference);
        let kind = fields.optional("kind", &self.kind);
        let environment = fields.optional("environment", &self.environment);
        let title = fields.optional("title", &self.title);
        let services = fields.optional("services", &self.services);
        let disruption = fields.optional("disruption", &self.disruption);
        let aspects = self.aspects(fields);
        let hubs_affected = fields.optional_by("hubs_affected", &self.hubs_affected, hubs);
        let hubs_basis = fields.optional("hubs_basis", &self.hubs_basis);
        let providers = fields.list("providers", &self.providers);
        let times = self.times(fields);
        let risk_to_return = fields.optional("risk_to_return", &self.risk_to_return);
        let why = fields.optional("why", &self.why);
        let stops = fields.list("stops", &self.stops);
        let category = fields.optional("category", &self.category);
        let (starts_at, ends_at) = times?;
        let plan = WindowPlan {
            kind: kind?.unwrap_or(WindowKind::Planned),
            environment: environment?.unwrap_or(MaintenanceEnvironment::Production),
            title: title?,
            services: services?,
            disruption: disruption?,
            aspects: aspects?,
            hubs_affected: hubs_affected?,
            hubs_basis: hubs_basis?,
            providers: providers?.into_iter().collect(),
            starts_at,
            ends_at,
            risk_to_return: risk_to_return?,
            why: why?,
            stops: stops?.into_iter().collect(),
            category: category?,
        };
        Some(MaintenanceWindow::draft(reference?, plan))
    }

    /// Start and end, each a whole minute; the end after the start, at most 24 hours later.
    fn times(&self, fields: &mut Fields<'_>) -> Option<(Timestamp, Timestamp)> {
        let starts_at = fields.required_by("starts_at", &self.starts_at, parse_london_or_utc_minute);
        let ends_at = fields.required_by("ends_at", &self.ends_at, parse_london_or_utc_minute);
        let (starts_at, ends_at) = (starts_at?, ends_at?);
        let longest = i64::try_from(WindowPlan::MAX_MINUTES * 60).unwrap_or(i64::MAX);
        let reason = if ends_at <= starts_at {
            "is not after starts_at"
        } else if ends_at.duration_since(starts_at).as_secs() > longest {
            "is more than 24 hours after starts_at"
        } else {
            return Some((starts_at, ends_at));
        };
        fields.fault("ends_at", &self.ends_at, reason);
        None
    }
}

/// A number of hubs.
fn hubs(text: &str) -> Result<u64, Malformed> {
    let is_number = (1..=9).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    let hubs = text.parse().ok().filter(|_| is_number);
    hubs.ok_or_else(|| Malformed::new(text, "a number of hubs: 0 to 999999999"))
}

/// Reads the columns of one window.
///
/// # Errors
/// Every fault of them, each with its column.
pub fn read(columns: &PlanColumns) -> Result<MaintenanceWindow, ImportFault> {
    let mut faults = Faults::default();
    let window = columns.window(&mut Fields::new(1, &mut faults));
    faults.into_result()?;
    // Without a fault there is a window; else the texts are refused, not lost.
    window.ok_or_else(|| ImportFault::Rows { faults: Vec::new(), total: 1 })
}
