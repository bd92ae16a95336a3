//! Texts of notices about maintenance: what people read (MP092-R16, R17).

use std::fmt::Write as _;

use crate::{
    domain::{
        Timestamp, london_date,
        maintenance::{MonthSchedule, PublishedWindow, WindowPlan, WindowReference},
    },
    rules::maintenance::{Publication, WindowHeading, span},
};

/// The subject of a month's schedule.
pub(super) fn schedule_subject(schedule: &MonthSchedule) -> String {
    let MonthSchedule { month, revision, late, .. } = schedule;
    let late = if *late { ", late" } else { "" };
    match revision {
        1 => format!("Planned maintenance in {month}{late}"),
        more => format!("Planned maintenance in {month}, revision {more}{late}"),
    }
}

/// The text of a month's schedule: every window that it has, and what differs from the revision before.
pub(super) fn schedule_text(publication: &Publication, in_force: &[PublishedWindow]) -> String {
    let MonthSchedule { month, revision, published_at, note, .. } = &publication.schedule;
    let mut text = format!(
        "Planned maintenance in {month}, revision {revision} of {}. Times are London's.\n",
        london_date(*published_at)
    );
    if let Some(note) = note {
        add(&mut text, &format!("\n{note}"));
    }
    if in_force.is_empty() {
        add(&mut text, "\nNothing is planned.");
    }
    for window in in_force {
        add(&mut text, "");
        window_lines(&mut text, &window.reference, &window.plan);
    }
    if *revision > 1 {
        add(&mut text, &format!("\nSince revision {}:", revision.saturating_sub(1)));
        for (version, change) in publication.versions.iter().zip(&publication.changes) {
            add(&mut text, &format!("- {}: {change}", version.reference));
        }
    }
    text
}

/// What is said of a window: category, times, title, services and risk.
pub(super) fn window_lines(text: &mut String, reference: &WindowReference, plan: &WindowPlan) {
    let title = plan.title.as_ref().map_or("without a title", |title| title.as_str());
    add(text, &format!("{}: {title} ({reference})", WindowHeading::of(plan.kind, plan.category)));
    let WindowPlan { starts_at, ends_at, environment, services, risk_to_return, .. } = plan;
    add(text, &format!("  {}, {} minutes, {environment}", span(*starts_at, *ends_at), plan.minutes()));
    let shown = |text: Option<&crate::domain::maintenance::WindowText>| {
        text.map_or("not stated".to_owned(), ToString::to_string)
    };
    add(text, &format!("  services: {}", shown(services.as_ref())));
    add(text, &format!("  risk to the return of normal service: {}", shown(risk_to_return.as_ref())));
}

/// The subject of a notice about one window.
pub(super) fn window_subject(what: &str, reference: &WindowReference) -> String {
    format!("{what}: {reference}")
}

/// The text of an announcement.
pub(super) fn announcement_text(
    reference: &WindowReference,
    plan: &WindowPlan,
    aware_at: Timestamp,
    retrospective: bool,
) -> String {
    let mut text = String::from("Maintenance that was not planned. Times are London's.\n\n");
    window_lines(&mut text, reference, plan);
    add(
        &mut text,
        &format!("  known since {aware_at}{}", if retrospective { "; told afterwards" } else { "" }),
    );
    text
}

/// The text of an update: what differs from what was said.
pub(super) fn update_text(reference: &WindowReference, plan: &WindowPlan, what: &str, note: &str) -> String {
    let mut text = format!("{what}\n\n{note}\n\n");
    window_lines(&mut text, reference, plan);
    text
}

fn add(text: &mut String, line: &str) {
    // Writing to a text cannot fail.
    let _written = writeln!(text, "{line}");
}
