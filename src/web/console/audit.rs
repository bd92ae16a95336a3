//! The chains of decisions, and the head of each.

use actix_web::{HttpResponse, web};
use askama::Template;

use super::{frame::Frame, jobs, reply, sent::Sent};
use crate::service::App;

/// Where the chains are verified: a form that a reader may send, as it changes nothing.
pub(super) const VERIFY: &str = "/audit/verify";

#[derive(Template)]
#[template(path = "audit.html")]
struct AuditPage {
    frame: Frame,
    chains: Vec<ChainRow>,
}

/// A chain and its anchor.
struct ChainRow {
    name: String,
    /// The first record that is kept; none if all are purged.
    first: Option<i64>,
    last: i64,
    /// Its last record as `smi audit verify --expect` takes it.
    head: String,
}

pub(super) async fn show(app: web::Data<App>, frame: Frame) -> HttpResponse {
    let work = move |frame| {
        let heads = app.audit_heads()?.into_iter().map(|(name, head)| {
            let last = head.last.sequence;
            ChainRow {
                name,
                first: Some(head.first_sequence).filter(|first| *first <= last),
                last,
                head: head.last.to_string(),
            }
        });
        Ok(AuditPage { frame, chains: heads.collect() })
    };
    reply::page(frame.titled("Audit"), work).await
}

/// Starts the verification of the chains.
pub(super) async fn verify(sent: Sent) -> HttpResponse {
    sent.answer(|sent| jobs::go_to(&sent.app, sent.app.start_verification(sent.by.clone()))).await
}
