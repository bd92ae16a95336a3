//! The reports of maintenance windows (PM10) and of changes (SERVICE.md 5.5; MP092-R27, R31, R32).

use std::collections::{BTreeMap, BTreeSet};

use super::{ReportBasis, ReportCell, ReportTable};
use crate::{
    db::{Connection, StoreFault},
    domain::{
        LondonMonth, instant_text,
        maintenance::{Derogation, MaintenanceWindow, PublishedWindow},
    },
    rules::{
        change_record::{ChangeMetric, change_metrics, changes_of_month},
        window_measure::{WindowMeasure, measure_window},
    },
    store,
};

const WINDOW_COLUMNS: &[&str] = &[
    "reference",
    "kind",
    "category",
    "providers",
    "starts_at",
    "ends_at",
    "minutes",
    "actual_minutes",
    "overrun_minutes",
    "published_at",
    "working_days_notice",
    "late",
    "disrupted",
    "low_disrupted_core",
    "aware_to_notice_minutes",
    "retrospective",
    "derogation",
];

const CHANGE_COLUMNS: &[&str] = &["metric", "value", "target", "met", "of"];

/// The windows that were told of a month and not taken back, by their start.
pub(super) fn windows(
    connection: &mut Connection,
    month: LondonMonth,
    basis: ReportBasis<'_>,
) -> Result<ReportTable, StoreFault> {
    let told = store::newest_published_of_month(connection, month)?;
    let schedules = store::schedules_of_month(connection, month)?;
    let is_late = schedules.first().is_some_and(|first| first.late);
    let derogations = store::all_derogations(connection)?;
    let told = told.into_iter().filter(|one| !one.withdrawn).collect::<Vec<_>>();
    let references = told.iter().map(|one| one.reference.to_string()).collect::<Vec<_>>();
    let versions = store::versions_of_windows(connection, &references)?;
    let versions = versions.chunk_by(|one, next| one.reference == next.reference);
    let versions = versions.filter_map(|of_window| Some((&of_window.first()?.reference, of_window)));
    let versions = versions.collect::<BTreeMap<_, _>>();
    let copies = store::windows_of_references(connection, &told.iter().map(|one| &one.reference).collect())?;
    let copies = copies.iter().map(|copy| (&copy.reference, copy)).collect::<BTreeMap<_, _>>();
    let row_of = |newest: &PublishedWindow| {
        let versions = versions.get(&newest.reference).copied().unwrap_or_default();
        let draft = || MaintenanceWindow::draft(newest.reference.clone(), newest.plan.clone());
        let copy = copies.get(&newest.reference).map_or_else(draft, |copy| (*copy).clone());
        let measure = measure_window(versions, &copy, basis.calendar, basis.now.0)?;
        // An extension is told alone: what a revision of the month told before stays late.
        let is_scheduled = versions.iter().any(|one| one.revision > 0 && one.month == month);
        Some(row(newest, &measure, is_scheduled && is_late, &derogations))
    };
    Ok(ReportTable { columns: WINDOW_COLUMNS, rows: told.iter().filter_map(row_of).collect() })
}

fn row(
    newest: &PublishedWindow,
    measure: &WindowMeasure<'_>,
    late: bool,
    derogations: &[Derogation],
) -> Vec<ReportCell> {
    let yes_no = |is_so: bool| ReportCell::text(if is_so { "yes" } else { "no" });
    let number = |value: Option<u64>| value.map_or(ReportCell::Absent, ReportCell::Number);
    let plan = measure.planned;
    let providers = newest.plan.providers.iter().map(|one| one.as_str()).collect::<Vec<_>>().join(";");
    let covers = |one: &&Derogation| {
        one.rules.iter().any(|rule| one.covers(rule.as_str(), &newest.reference, plan.starts_at))
    };
    let covering = derogations.iter().filter(covers);
    let covering = covering.map(|one| one.id.to_string()).collect::<Vec<_>>().join(";");
    vec![
        ReportCell::text(&newest.reference),
        ReportCell::text(newest.plan.kind),
        ReportCell::optional(newest.plan.category),
        ReportCell::text(providers),
        ReportCell::text(instant_text(plan.starts_at)),
        ReportCell::text(instant_text(plan.ends_at)),
        ReportCell::Number(plan.minutes()),
        number(measure.actual_minutes),
        number(measure.overrun_minutes),
        ReportCell::text(instant_text(measure.published_at)),
        ReportCell::Number(measure.working_days_notice.into()),
        yes_no(late),
        ReportCell::optional(measure.disrupted),
        yes_no(measure.low_disrupted_core),
        number(measure.aware_to_notice_minutes),
        yes_no(measure.retrospective),
        ReportCell::optional(Some(covering).filter(|ids| !ids.is_empty())),
    ]
}

/// The metrics of the changes of a month.
pub(super) fn changes(connection: &mut Connection, month: LondonMonth) -> Result<ReportTable, StoreFault> {
    let windows = store::windows_within(connection, &(month.begins()..month.ends()))?;
    let references = windows.into_iter().map(|window| window.reference).collect::<BTreeSet<_>>();
    let all = store::all_changes(connection)?;
    let metrics = change_metrics(changes_of_month(&all, month, &references));
    let row = |metric: ChangeMetric| {
        vec![
            ReportCell::text(metric.name),
            ReportCell::optional(metric.percentage()),
            ReportCell::text(metric.name.target()),
            ReportCell::optional(metric.is_met().map(|met| if met { "yes" } else { "no" })),
            ReportCell::Number(metric.of),
        ]
    };
    Ok(ReportTable { columns: CHANGE_COLUMNS, rows: metrics.into_iter().map(row).collect() })
}
