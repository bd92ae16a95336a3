//! The body of an answer, which knows when it was handed to the connection.

use std::{
    convert::Infallible,
    mem,
    pin::Pin,
    task::{Context, Poll},
};

use actix_web::{
    body::{BodySize, MessageBody},
    web::Bytes,
};

use crate::service::Handover;

/// An answer in one piece. The framework drops it once it has taken the piece for the connection, or when the connection is gone;
/// the handover ends with it.
#[derive(Debug)]
pub(super) struct AnswerBody {
    answer: Bytes,
    length: u64,
    _handover: Handover,
}

impl AnswerBody {
    pub(super) fn new(answer: Vec<u8>, handover: Handover) -> Self {
        let length = u64::try_from(answer.len()).unwrap_or(u64::MAX);
        Self { answer: answer.into(), length, _handover: handover }
    }
}

impl MessageBody for AnswerBody {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        BodySize::Sized(self.length)
    }

    fn poll_next(
        self: Pin<&mut Self>,
        _context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Infallible>>> {
        let answer = mem::take(&mut self.get_mut().answer);
        Poll::Ready((!answer.is_empty()).then_some(Ok(answer)))
    }
}
