//! Maintenance for people.

use crate::{
    cli::say::say,
    web::{
        MaintenanceChange, ShownAllowanceUse, ShownMaintenance, ShownMaintenanceCheck, ShownMonthCheck,
        ShownPublication, ShownRevision, ShownWindow, ShownWindowChange,
    },
};

pub(super) fn check(check: &ShownMonthCheck) {
    let ShownMonthCheck { month, ok, rule_set, latest, used, checks } = check;
    let outcome = if *ok { "can be published" } else { "cannot be published" };
    say!("{month} {outcome}; rule set {rule_set}; in time up to {}", latest.as_deref().unwrap_or("-"));
    allowances(*used);
    checks.iter().for_each(line_of_check);
}

fn allowances(used: ShownAllowanceUse) {
    let ShownAllowanceUse { high_windows, high_minutes, low_windows } = used;
    say!("High {high_minutes} of 360 minutes, {high_windows} of 2 windows; Low {low_windows} of 6 windows");
}

fn line_of_check(check: &ShownMaintenanceCheck) {
    let ShownMaintenanceCheck { rule, reference, holds, saw, derogation, warning } = check;
    let verdict = match (holds, warning) {
        (true, _) => "holds",
        (false, true) => "warning",
        (false, false) => "FAILED",
    };
    let reference = reference.as_ref().map(|reference| format!(" {reference}")).unwrap_or_default();
    let derogation = derogation.as_ref().map(|id| format!(" (derogation {id})")).unwrap_or_default();
    say!("    {rule:5}{reference} {verdict}: {saw}{derogation}");
}

pub(super) fn publication(published: &ShownPublication) {
    let ShownPublication { month, revision, published_at, late, windows, notices, warnings, .. } = published;
    let late = if *late { ", late" } else { "" };
    let notices = notices.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    say!("{month} revision {revision} published at {published_at}{late}; notice {notices}");
    for window in windows {
        let category = window.category.as_deref().unwrap_or("-");
        say!(
            "{}  {category:4}  {} to {}  {}",
            window.reference,
            window.starts_at,
            window.ends_at,
            window.title
        );
    }
    warnings.iter().for_each(line_of_check);
}

pub(super) fn month(month: &ShownMaintenance) {
    if let (Some(name), Some(used)) = (&month.month, month.used) {
        let schedule = month.schedule.as_ref().map_or_else(|| "nothing published".to_owned(), revision);
        say!("{name}: {schedule}; rule set {}", month.rule_set.as_deref().unwrap_or("-"));
        allowances(used);
    }
    month.windows.iter().for_each(summary);
}

fn revision(revision: &ShownRevision) -> String {
    let ShownRevision { revision, published_at, late, .. } = revision;
    format!("revision {revision} of {published_at}{}", if *late { ", late" } else { "" })
}

fn summary(window: &ShownWindow) {
    let ShownWindow { columns, starts_local, ends_local, minutes, state, .. } = window;
    let category = if columns.category.is_empty() { "-" } else { &columns.category };
    say!(
        "{}  {category:4}  {state}  {starts_local} to {ends_local}, {minutes} minutes  {}",
        columns.reference,
        columns.title
    );
}

pub(super) fn window(window: &ShownWindow) {
    summary(window);
    let columns = &window.columns;
    for (name, text) in [
        ("kind", &columns.kind),
        ("environment", &columns.environment),
        ("services", &columns.services),
        ("risk to return", &columns.risk_to_return),
        ("stops", &columns.stops),
        ("providers", &columns.providers),
    ] {
        if !text.is_empty() {
            say!("{name}: {text}");
        }
    }
    if let Some(because) = &window.category_because {
        say!("category {}: {because}", columns.category);
    }
    for version in &window.versions {
        let told = if version.withdrawn { "taken back" } else { "told" };
        say!(
            "version {} {told} at {}: {} to {}",
            version.version,
            version.published_at,
            version.starts_at,
            version.ends_at
        );
    }
    for change in &window.changes {
        let ShownWindowChange { change_id, title, provider, implemented_on, outcome } = change;
        let made = implemented_on.as_ref().map(|day| format!(" on {day}")).unwrap_or_default();
        say!(
            "change {change_id} of {provider}{made}, {}: {title}",
            outcome.as_deref().unwrap_or("no outcome yet")
        );
    }
    for case in &window.cases {
        let outcome = case.outcome.as_deref().unwrap_or("open");
        say!("case {} {} of {}: {outcome}", case.id, case.kind, case.party);
    }
    for act in &window.acts {
        let to = act.to.as_deref().map(|to| format!(": {to}")).unwrap_or_default();
        say!("{}  {} by {}{to}", act.at, act.act, act.by);
    }
}

pub(super) fn change(change: &MaintenanceChange) {
    window(&change.window);
    if let Some(notice) = change.notice {
        say!("notice {notice}");
    }
    if let (Some(minutes), Some(retrospective)) = (change.minutes_to_notice, change.retrospective) {
        say!("{minutes} minutes to notice{}", if retrospective { ", retrospective" } else { "" });
    }
    if let Some(case) = change.case {
        say!("case {case}");
    }
    change.warnings.iter().for_each(line_of_check);
}
