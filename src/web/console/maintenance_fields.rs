//! The fields of a maintenance window as a form has them, under the names of the columns of `maintenance.csv`.

use super::{form::Form, order_fields::Field};
use crate::{
    domain::{
        Timestamp,
        maintenance::{
            Disruption, MaintenanceEnvironment, MaintenanceProvider, MaintenanceWindow, StoppedService,
            WindowAspect, WindowCategory, WindowKind,
        },
        parse_london_or_utc_minute,
    },
    service::console::PlanColumnsValue,
    web::local_time::local_input,
};

/// What tells the fields of this form from those of others on a page.
const FORM: &str = "window";

/// The fields, filled with what a window says; empty for a new one.
pub(super) fn fields(window: Option<&MaintenanceWindow>) -> Vec<Field> {
    let plan = window.map(|window| &window.plan);
    let columns = window.map(PlanColumnsValue::from).unwrap_or_default();
    let text = |name, label, value: &str| Field::text(FORM, name, label).filled(Some(&value));
    let area = |name, label, value: &str| Field::area(FORM, name, label).filled(Some(&value));
    let choice = |name, label, none: &'static str, mut texts: Vec<String>, value: &str| {
        // What is meant by an empty field stands once.
        texts.retain(|text| text != none);
        Field::choice(FORM, name, label, none, texts).filled(Some(&value))
    };
    let checks = |name, label, texts: &[String], chosen: &dyn Fn(&str) -> bool| {
        Field::checks(FORM, name, label, texts).chosen(chosen)
    };
    let time =
        |of: fn(&MaintenanceWindow) -> Timestamp| window.map(|window| entry(of(window))).unwrap_or_default();
    let mut fields = Vec::new();
    if window.is_none() {
        fields.push(Field::text(FORM, "reference", "Reference").required());
    }
    fields.extend([
        text("title", "Title", &columns.title),
        choice("kind", "Kind", "planned", names(WindowKind::ALL), &columns.kind),
        choice(
            "environment",
            "Environment",
            "production",
            names(MaintenanceEnvironment::ALL),
            &columns.environment,
        ),
        text("starts_at", "Starts", &time(|window| window.plan.starts_at)).required(),
        text("ends_at", "Ends", &time(|window| window.plan.ends_at)).required(),
        choice("category", "Category", "as it follows", names(WindowCategory::ALL), &columns.category),
        choice("disruption", "Disruption", "not known yet", names(Disruption::ALL), &columns.disruption),
        text("hubs_affected", "Hubs affected", &columns.hubs_affected),
        text("hubs_basis", "How that was found", &columns.hubs_basis),
        area("services", "Services disrupted", &columns.services),
        area(
            "risk_to_return",
            "Risk to the return of normal service; none is written",
            &columns.risk_to_return,
        ),
        area("why", "Why disruption cannot be avoided", &columns.why),
        checks("aspects", "What it touches", &names(WindowAspect::ALL), &|name| {
            plan.is_some_and(|plan| plan.aspects.iter().any(|aspect| aspect.as_str() == name))
        }),
        checks("providers", "Whose systems", &names(MaintenanceProvider::ALL), &|name| {
            plan.is_some_and(|plan| plan.providers.iter().any(|provider| provider.as_str() == name))
        }),
        checks("stops", "What it stops at this service", &names(StoppedService::ALL), &|name| {
            plan.is_some_and(|plan| plan.stops.iter().any(|stop| stop.as_str() == name))
        }),
    ]);
    fields
}

fn names<T: ToString>(all: &[T]) -> Vec<String> {
    all.iter().map(ToString::to_string).collect()
}

/// An instant as the form takes it: by London's clock, or in UTC where the clock shows that time twice.
fn entry(instant: Timestamp) -> String {
    let local = local_input(instant);
    if parse_london_or_utc_minute(&local) == Ok(instant) {
        local
    } else {
        instant.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
    }
}

/// What was filled in, as the columns of a file.
pub(super) fn columns(form: &Form) -> PlanColumnsValue {
    let text = |name: &str| form.text(name).replace("\r\n", "\n");
    let chosen = |name: &str| {
        form.fields()
            .iter()
            .filter(|(field, _)| field == name)
            .map(|(_, value)| value.as_str())
            .collect::<Vec<_>>()
    };
    let aspects = chosen("aspects");
    let says = |aspect: WindowAspect| {
        if aspects.contains(&aspect.as_str()) { "yes".to_owned() } else { String::new() }
    };
    PlanColumnsValue {
        reference: text("reference"),
        kind: text("kind"),
        environment: text("environment"),
        title: text("title"),
        services: text("services"),
        disruption: text("disruption"),
        communications: says(WindowAspect::Communications),
        install_commission: says(WindowAspect::InstallCommission),
        smets1_migrations: says(WindowAspect::Smets1Migrations),
        service_requests: says(WindowAspect::ServiceRequests),
        stops_top_ups: says(WindowAspect::StopsTopUps),
        user_changes: says(WindowAspect::UserChanges),
        ssi: says(WindowAspect::Ssi),
        consumer_affecting: says(WindowAspect::ConsumerAffecting),
        hubs_affected: text("hubs_affected"),
        hubs_basis: text("hubs_basis"),
        providers: chosen("providers").join(";"),
        migration_systems: says(WindowAspect::MigrationSystems),
        starts_at: text("starts_at"),
        ends_at: text("ends_at"),
        risk_to_return: text("risk_to_return"),
        why: text("why"),
        stops: chosen("stops").join(";"),
        category: text("category"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::parse_instant;

    #[test]
    fn a_time_is_offered_by_londons_clock_unless_that_shows_it_twice() {
        for (instant, told) in [
            ("2026-03-18T20:00:00Z", "2026-03-18T20:00"),
            ("2026-06-10T19:00:00Z", "2026-06-10T20:00"),
            ("2026-10-25T00:30:00Z", "2026-10-25T00:30:00Z"),
            ("2026-10-25T01:30:00Z", "2026-10-25T01:30:00Z"),
        ] {
            let instant = parse_instant(instant).unwrap();
            assert_eq!(entry(instant), told);
            assert_eq!(parse_london_or_utc_minute(&entry(instant)), Ok(instant), "{told}");
        }
    }
}
