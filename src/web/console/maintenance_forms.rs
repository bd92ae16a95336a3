//! The forms of a maintenance window: one for each thing that may be done with it now.

use super::{act_form::ActForm, form::Form, order_fields::Field};
use crate::{
    domain::{
        Timestamp, YesNo,
        maintenance::{CaseId, CaseKind, CaseOutcome, WindowKind, WindowState},
    },
    service::WindowDetails,
};

/// The forms of what may be done at that time with the window at that address.
pub(super) fn forms(details: &WindowDetails, now: Timestamp, address: &str) -> Vec<ActForm> {
    let window = &details.window;
    let told = details.in_force().map(|told| &told.plan);
    let has_begun = told.is_some_and(|plan| plan.starts_at <= now);
    let runs = told.is_some_and(|plan| plan.starts_at <= now && now < plan.ends_at);
    let is_open = !window.is_over();
    let offered = [
        (is_open && is_announceable(details), announce as fn() -> FormText),
        (is_open && runs, extend),
        (is_open && has_begun, close),
        (is_open && !has_begun, withdraw),
        (true, open_case),
    ];
    let form = |FormText { key, title, hint, fields }: FormText| ActForm {
        key: key.to_owned(),
        title,
        by: String::new(),
        hint,
        action: format!("{address}/{key}"),
        fields,
        is_upload: false,
        is_open: false,
    };
    offered.into_iter().filter(|(is_offered, _)| *is_offered).map(|(_, text)| form(text())).collect()
}

/// Whether the window can be announced: it is not planned, and what is said of it was not told.
fn is_announceable(details: &WindowDetails) -> bool {
    match details.window.plan.kind {
        WindowKind::Planned => false,
        WindowKind::Unplanned | WindowKind::Emergency => {
            matches!(details.window.state, WindowState::Draft | WindowState::Changed)
        }
    }
}

/// What a form says and asks for.
struct FormText {
    /// What it does: the end of the address that it is sent to.
    key: &'static str,
    title: &'static str,
    hint: &'static str,
    fields: Vec<Field>,
}

fn announce() -> FormText {
    let fields = vec![
        Field::text("announce", "aware_at", "Known since; now where empty"),
        Field::checks("announce", "not_rdp", "Registration Data Providers", &["are not concerned"]),
    ];
    FormText { key: "announce", title: "Announce", hint: "Tells Parties and TABASC at once.", fields }
}

fn extend() -> FormText {
    let fields = vec![
        Field::text("extend", "ends_at", "Ends now at").required(),
        Field::area("extend", "note", "Why").required(),
    ];
    let hint = "Moves the end of a window that runs, and tells what differs.";
    FormText { key: "extend", title: "Extend", hint, fields }
}

fn close() -> FormText {
    let yes_no = [YesNo::Yes, YesNo::No].map(|one| one.to_string()).to_vec();
    let disrupted = "End-to-end communications disrupted unexpectedly";
    let fields = vec![
        Field::text("close", "actual_start", "Began at; as told where empty"),
        Field::text("close", "actual_end", "Done at; as told where empty"),
        Field::choice("close", "disrupted", disrupted, "choose", yes_no).required(),
    ];
    let hint = "Keeps how long it took. The minutes count in the month.";
    FormText { key: "close", title: "Close", hint, fields }
}

fn withdraw() -> FormText {
    let fields = vec![Field::area("withdraw", "reason", "Why").required()];
    let hint = "Opens a case for a replacement with each provider. The next revision of the month tells it.";
    FormText { key: "withdraw", title: "Withdraw", hint, fields }
}

fn open_case() -> FormText {
    let kinds = CaseKind::ALL.iter().map(ToString::to_string).collect();
    let fields = vec![
        Field::choice("cases", "kind", "What it is about", "choose", kinds).required(),
        Field::text("cases", "party", "Who brings it").required(),
        Field::area("cases", "reasons", "Reasons"),
    ];
    let hint = "A Panel request needs reasons; a challenge is open to anybody.";
    FormText { key: "cases", title: "Open a case", hint, fields }
}

/// What tells the form of a case from those of the others.
pub(super) fn case_key(id: CaseId) -> String {
    format!("case-{id}")
}

/// A form for each case that is open.
pub(super) fn case_forms(details: &WindowDetails) -> Vec<ActForm> {
    let open = details.cases.iter().filter(|keyed| keyed.case.closed.is_none());
    let form = |keyed: &crate::service::console::KeyedCaseValue| {
        let key = case_key(keyed.id);
        let outcomes = CaseOutcome::ALL.iter().map(ToString::to_string).collect();
        ActForm {
            title: "Close the case",
            by: format!("{}, {}", keyed.id, keyed.case.kind),
            hint: "Every case has an outcome with a reason before it is closed.",
            action: format!("/maintenance/cases/{}/close", keyed.id),
            fields: vec![
                Field::choice(&key, "outcome", "Outcome", "choose", outcomes),
                Field::area(&key, "reason", "Why"),
            ],
            key,
            is_upload: false,
            is_open: false,
        }
    };
    open.map(form).collect()
}

impl ActForm {
    /// Opens the form that was sent and not taken, with what was filled in.
    pub(super) fn keep(&mut self, kept: Option<(&str, &Form)>) {
        if let Some((_, sent)) = kept.filter(|(key, _)| *key == self.key.as_str()) {
            self.is_open = true;
            self.fields.iter_mut().for_each(|field| field.keep(sent));
        }
    }
}
