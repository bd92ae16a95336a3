//! The columns of a window's plan, which the working copy and what is published share.

use std::collections::BTreeSet;

use crate::{
    db::StoreFault,
    domain::{
        instant_text,
        maintenance::{WindowAspect, WindowPlan},
    },
    store::stored::{Table, text},
};

/// A plan as columns hold it.
pub(super) struct StoredPlan {
    pub(super) kind: String,
    pub(super) environment: String,
    pub(super) title: Option<String>,
    pub(super) services: Option<String>,
    pub(super) disruption: Option<String>,
    pub(super) communications: bool,
    pub(super) install_commission: bool,
    pub(super) smets1_migrations: bool,
    pub(super) service_requests: bool,
    pub(super) stops_top_ups: bool,
    pub(super) user_changes: bool,
    pub(super) ssi: bool,
    pub(super) consumer_affecting: bool,
    pub(super) hubs_affected: Option<i64>,
    pub(super) hubs_basis: Option<String>,
    pub(super) providers: String,
    pub(super) migration_systems: bool,
    pub(super) starts_at: String,
    pub(super) ends_at: String,
    pub(super) risk_to_return: Option<String>,
    pub(super) why: Option<String>,
    pub(super) stops: String,
    pub(super) category: Option<String>,
}

/// Builds a row of a table from the columns of a plan and the table's own columns.
macro_rules! row_of_plan {
    ($row:ident, $plan:expr, { $($own:ident: $value:expr,)+ }) => {{
        let plan = $crate::store::maintenance::columns::StoredPlan::from($plan);
        $row {
            $($own: $value,)+
            kind: plan.kind,
            environment: plan.environment,
            title: plan.title,
            services: plan.services,
            disruption: plan.disruption,
            communications: plan.communications,
            install_commission: plan.install_commission,
            smets1_migrations: plan.smets1_migrations,
            service_requests: plan.service_requests,
            stops_top_ups: plan.stops_top_ups,
            user_changes: plan.user_changes,
            ssi: plan.ssi,
            consumer_affecting: plan.consumer_affecting,
            hubs_affected: plan.hubs_affected,
            hubs_basis: plan.hubs_basis,
            providers: plan.providers,
            migration_systems: plan.migration_systems,
            starts_at: plan.starts_at,
            ends_at: plan.ends_at,
            risk_to_return: plan.risk_to_return,
            why: plan.why,
            stops: plan.stops,
            category: plan.category,
        }
    }};
}

/// Takes the columns of a plan out of a row.
macro_rules! plan_of_row {
    ($row:expr) => {
        $crate::store::maintenance::columns::StoredPlan {
            kind: $row.kind,
            environment: $row.environment,
            title: $row.title,
            services: $row.services,
            disruption: $row.disruption,
            communications: $row.communications,
            install_commission: $row.install_commission,
            smets1_migrations: $row.smets1_migrations,
            service_requests: $row.service_requests,
            stops_top_ups: $row.stops_top_ups,
            user_changes: $row.user_changes,
            ssi: $row.ssi,
            consumer_affecting: $row.consumer_affecting,
            hubs_affected: $row.hubs_affected,
            hubs_basis: $row.hubs_basis,
            providers: $row.providers,
            migration_systems: $row.migration_systems,
            starts_at: $row.starts_at,
            ends_at: $row.ends_at,
            risk_to_return: $row.risk_to_return,
            why: $row.why,
            stops: $row.stops,
            category: $row.category,
        }
    };
}
pub(super) use {plan_of_row, row_of_plan};

impl From<&WindowPlan> for StoredPlan {
    fn from(plan: &WindowPlan) -> Self {
        let says = |aspect| plan.says(aspect);
        Self {
            kind: plan.kind.to_string(),
            environment: plan.environment.to_string(),
            title: text(plan.title.as_ref()),
            services: text(plan.services.as_ref()),
            disruption: text(plan.disruption.as_ref()),
            communications: says(WindowAspect::Communications),
            install_commission: says(WindowAspect::InstallCommission),
            smets1_migrations: says(WindowAspect::Smets1Migrations),
            service_requests: says(WindowAspect::ServiceRequests),
            stops_top_ups: says(WindowAspect::StopsTopUps),
            user_changes: says(WindowAspect::UserChanges),
            ssi: says(WindowAspect::Ssi),
            consumer_affecting: says(WindowAspect::ConsumerAffecting),
            hubs_affected: plan.hubs_affected.map(|hubs| i64::try_from(hubs).unwrap_or(i64::MAX)),
            hubs_basis: text(plan.hubs_basis.as_ref()),
            providers: joined(&plan.providers),
            migration_systems: says(WindowAspect::MigrationSystems),
            starts_at: instant_text(plan.starts_at),
            ends_at: instant_text(plan.ends_at),
            risk_to_return: text(plan.risk_to_return.as_ref()),
            why: text(plan.why.as_ref()),
            stops: joined(&plan.stops),
            category: text(plan.category.as_ref()),
        }
    }
}

/// The text of a set, with `;` between its members.
pub(super) fn joined<T: ToString>(values: &BTreeSet<T>) -> String {
    values.iter().map(ToString::to_string).collect::<Vec<_>>().join(";")
}

impl StoredPlan {
    /// The plan that the columns hold.
    pub(super) fn plan(&self, table: Table) -> Result<WindowPlan, StoreFault> {
        Ok(WindowPlan {
            kind: table.value("kind", &self.kind)?,
            environment: table.value("environment", &self.environment)?,
            title: table.optional("title", self.title.as_deref())?,
            services: table.optional("services", self.services.as_deref())?,
            disruption: table.optional("disruption", self.disruption.as_deref())?,
            aspects: WindowAspect::ALL.iter().copied().filter(|aspect| self.says(*aspect)).collect(),
            hubs_affected: self.hubs_affected.map(i64::unsigned_abs),
            hubs_basis: table.optional("hubs_basis", self.hubs_basis.as_deref())?,
            providers: table.list("providers", &self.providers)?.into_iter().collect(),
            starts_at: table.instant("starts_at", &self.starts_at)?,
            ends_at: table.instant("ends_at", &self.ends_at)?,
            risk_to_return: table.optional("risk_to_return", self.risk_to_return.as_deref())?,
            why: table.optional("why", self.why.as_deref())?,
            stops: table.list("stops", &self.stops)?.into_iter().collect(),
            category: table.optional("category", self.category.as_deref())?,
        })
    }

    const fn says(&self, aspect: WindowAspect) -> bool {
        match aspect {
            WindowAspect::Communications => self.communications,
            WindowAspect::InstallCommission => self.install_commission,
            WindowAspect::Smets1Migrations => self.smets1_migrations,
            WindowAspect::ServiceRequests => self.service_requests,
            WindowAspect::StopsTopUps => self.stops_top_ups,
            WindowAspect::UserChanges => self.user_changes,
            WindowAspect::Ssi => self.ssi,
            WindowAspect::ConsumerAffecting => self.consumer_affecting,
            WindowAspect::MigrationSystems => self.migration_systems,
        }
    }
}
