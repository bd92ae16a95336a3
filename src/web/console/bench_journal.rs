//! The journal of a test instance: the last messages, the newest first.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::{
    bench_tools::bench_of,
    frame::Frame,
    page_error::PageResult,
    query::{PAGE, Parameters},
    reply::{self, Answer},
    rule_text::RuleText,
    sent::Sent,
    shown::{RequestLink, UserLink, When},
};
use crate::{
    domain::ServiceReferenceVariant,
    metrics::ForwardOutcome,
    service::{
        App,
        test_bench::{JournalEntry, JournalFilter, JournalKind},
    },
};

/// The page, and the address of its form.
pub(super) const PATH: &str = "/journal";
pub(super) const CLEAR: &str = "/journal/all/clear";

/// The parameters of the address.
const KNOWN: [&str; 6] = ["before", "kind", "fault", "rule", "request_id", "user"];

#[derive(Template)]
#[template(path = "bench_journal.html")]
struct JournalPage {
    frame: Frame,
    parameters: Parameters,
    is_on: bool,
    rows: Vec<MessageRow>,
    next: Option<String>,
}

impl JournalPage {
    fn value(&self, name: &str) -> &str {
        self.parameters.text(name).unwrap_or_default()
    }

    fn has_filters(&self) -> bool {
        self.parameters.has_filters("before")
    }

    fn is_first(&self) -> bool {
        self.value("before").is_empty()
    }

    /// The kinds to choose from, and whether each is chosen.
    fn kinds(&self) -> impl Iterator<Item = (&'static str, bool)> {
        JournalKind::ALL.iter().map(|kind| (kind.as_str(), kind.as_str() == self.value("kind")))
    }
}

/// A message of the journal as pages show it.
pub(super) struct MessageRow {
    pub(super) number: i64,
    pub(super) kind: &'static str,
    pub(super) at: When,
    pub(super) took_ms: u128,
    pub(super) peer: Option<String>,
    pub(super) path: String,
    pub(super) request: Option<RequestLink>,
    pub(super) user: Option<UserLink>,
    pub(super) service: Option<ServiceReferenceVariant>,
    /// None where the connection was closed without an answer.
    pub(super) status: Option<u16>,
    pub(super) fault: Option<String>,
    pub(super) forwarded: Option<&'static str>,
    pub(super) rule: Option<RuleText>,
    pub(super) note: Option<String>,
}

impl From<&JournalEntry> for MessageRow {
    fn from(JournalEntry { number, recorded }: &JournalEntry) -> Self {
        Self {
            number: *number,
            kind: recorded.kind.as_str(),
            at: When(recorded.at),
            took_ms: recorded.took.as_millis(),
            peer: recorded.peer.map(|peer| peer.to_string()),
            path: recorded.path.clone(),
            request: recorded.request_id.map(RequestLink),
            user: recorded.user.map(UserLink),
            service: recorded.variant,
            status: recorded.status,
            fault: recorded.fault.clone(),
            forwarded: recorded.forwarded.map(ForwardOutcome::as_str),
            rule: recorded.rule.map(RuleText::of),
            note: recorded.note.clone(),
        }
    }
}

pub(super) async fn list(app: web::Data<App>, frame: Frame, request: HttpRequest) -> HttpResponse {
    let parameters = Parameters::of(&request, &KNOWN);
    reply::page(frame.titled("Journal"), move |frame| find(&app, frame, parameters?)).await
}

fn find(app: &App, frame: Frame, parameters: Parameters) -> PageResult<JournalPage> {
    let journal = bench_of(app)?.journal();
    let filter = JournalFilter {
        kind: parameters.value("kind")?,
        fault: parameters.text("fault").map(str::to_owned),
        rule: parameters.text("rule").map(str::to_owned),
        request_id: parameters.value("request_id")?,
        user: parameters.value("user")?,
    };
    let found = journal.newest(&filter, parameters.key("before")?, PAGE + 1);
    let has_more = found.len() > usize::from(PAGE);
    let rows = found.iter().take(PAGE.into()).map(|entry| MessageRow::from(&**entry)).collect::<Vec<_>>();
    let last = rows.last().filter(|_| has_more).map(|row| row.number);
    let next = last.map(|last| parameters.with(PATH, "before", Some(last)));
    Ok(JournalPage { frame, parameters, is_on: journal.is_on(), rows, next })
}

/// Forgets every message, as `DELETE /manage/journal` does.
pub(super) async fn clear(sent: Sent) -> HttpResponse {
    let work = |Sent { app, by, .. }: &Sent| {
        let removed = bench_of(app)?.journal().clear();
        tracing::info!(%by, removed, "journal emptied");
        Ok(Answer::To(PATH.to_owned()))
    };
    sent.answer(work).await
}
