//! Faults on purpose as a client of the DUIS listener meets them (HARNESS.md 5).

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
};

use actix_web::{
    HttpResponse,
    body::{BodySize, MessageBody},
    http::{
        StatusCode,
        header::{self, HeaderValue},
    },
    rt::time::sleep,
    web::Bytes,
};

use super::explain::{because, explained};
use crate::service::{
    Handover, Reason,
    test_bench::{ChosenFault, FaultAction, FaultKind, ON_PURPOSE},
};

/// The body of an answer that is never sent: the connection is closed in its place.
#[derive(Debug)]
struct ClosedBody;

impl MessageBody for ClosedBody {
    type Error = io::Error;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, io::Error>>> {
        // The framework has not written the head yet: it closes the connection without a byte.
        Poll::Ready(Some(Err(io::Error::other("closed on purpose"))))
    }
}

/// A response that closes the connection without a byte.
fn closed(reason: Reason) -> HttpResponse {
    because(HttpResponse::Ok().body(ClosedBody), reason)
}

/// The answer in the place of a decision, where the fault that acts has one; nothing was kept then.
pub(super) fn in_place_of_decision(handover: &Handover) -> Option<HttpResponse> {
    let ChosenFault { id, action } = handover.fault()?;
    match *action {
        FaultAction::Status(status, retry_after) => {
            let status = StatusCode::from_u16(status).ok()?;
            let mut response = HttpResponse::build(status);
            if let Some(seconds) = retry_after {
                response.insert_header((header::RETRY_AFTER, seconds.to_string()));
            }
            // The body may not have been read: what is left of it must not be taken for the next request.
            response.force_close().content_type("text/plain; charset=utf-8");
            let reason = format!("fault `{id}` on purpose: HTTP {}", status.as_u16());
            Some(explained(response.body(format!("{reason}\n")), ON_PURPOSE, reason))
        }
        FaultAction::Plain(FaultKind::DropBefore) => {
            Some(closed(Reason::of(ON_PURPOSE, format!("fault `{id}` on purpose: closed"))))
        }
        FaultAction::Delay(_)
        | FaultAction::Code(_)
        | FaultAction::Plain(_)
        | FaultAction::DeliverLate(_) => None,
    }
}

/// Lets the fault that acts happen to an answer that is ready.
pub(super) async fn to_answer(fault: Option<ChosenFault>, response: HttpResponse) -> HttpResponse {
    let Some(ChosenFault { id, action }) = fault else { return response };
    match action {
        FaultAction::Delay(delay) => {
            sleep(delay).await;
            response
        }
        FaultAction::Plain(FaultKind::DropAfter) => {
            let reason = response.extensions().get::<Reason>().cloned();
            closed(
                reason.unwrap_or_else(|| Reason::of(ON_PURPOSE, format!("fault `{id}` on purpose: closed"))),
            )
        }
        FaultAction::Plain(FaultKind::WrongType) => {
            let mut response = response;
            let html = HeaderValue::from_static("text/html; charset=utf-8");
            response.headers_mut().insert(header::CONTENT_TYPE, html);
            response
        }
        FaultAction::Status(..)
        | FaultAction::Code(_)
        | FaultAction::Plain(_)
        | FaultAction::DeliverLate(_) => response,
    }
}

/// Whether the fault closes the connection in the place of an answer.
pub(super) fn closes(fault: Option<&ChosenFault>) -> bool {
    fault.is_some_and(|fault| matches!(fault.action.kind(), FaultKind::DropBefore | FaultKind::DropAfter))
}

/// The answer as the fault that acts leaves it.
pub(super) fn spoiled(fault: Option<&ChosenFault>, answer: Vec<u8>) -> Vec<u8> {
    match fault.map(|fault| fault.action.kind()) {
        Some(FaultKind::BadSignature) => with_another_signature(answer),
        Some(FaultKind::Truncate) => {
            let mut answer = answer;
            answer.truncate(answer.len() / 2);
            answer
        }
        Some(
            FaultKind::Delay
            | FaultKind::Status
            | FaultKind::Code
            | FaultKind::DropBefore
            | FaultKind::DropAfter
            | FaultKind::WrongType
            | FaultKind::DeliverTwice
            | FaultKind::DeliverLate
            | FaultKind::DeliverOutOfOrder
            | FaultKind::DeliverNever,
        )
        | None => answer,
    }
}

/// Changes one character of the signature's value, which stays Base64 of the same length.
fn with_another_signature(mut answer: Vec<u8>) -> Vec<u8> {
    const BEFORE: &[u8] = b"SignatureValue>";
    let value = answer.windows(BEFORE.len()).position(|window| window == BEFORE);
    let first = value.and_then(|at| answer.get_mut(at + BEFORE.len()));
    if let Some(first) = first {
        let other = if *first == b'A' { b'B' } else { b'A' };
        *first = other;
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_changed_in_one_character_and_nothing_else() {
        let answer = b"<a><ds:SignatureValue>AbC=</ds:SignatureValue></a>".to_vec();
        let changed = with_another_signature(answer.clone());
        assert_eq!(changed, b"<a><ds:SignatureValue>BbC=</ds:SignatureValue></a>");
        assert_eq!(with_another_signature(changed), answer);
        assert_eq!(with_another_signature(b"<a/>".to_vec()), b"<a/>");
    }
}
