//! A request between its verification and its reply.

use super::ticket::ReplySender;
use crate::{
    clock::Stopwatch,
    domain::{Arrival, LiveCoverage, Now, Request, ResponseCode, ServiceReferenceVariant},
};

/// What a message gets.
#[derive(Debug)]
pub enum Reply {
    /// A signed `sr:Response`.
    Answer(Vec<u8>),
    /// It is not XML we read: where and why.
    NotXml(String),
    /// DUIS knows the Service Request, this service does not answer it.
    NotImplemented(ServiceReferenceVariant),
}

/// A request that was decoded and whose sender was verified, and what its decision and its log line need beside it.
pub(super) struct VerifiedRequest {
    pub(super) request: Request,
    /// What CSPs said, where they were asked.
    pub(super) live: LiveCoverage,
    /// Tells a repetition of the message from another message under its RequestID.
    pub(super) digest: [u8; 32],
    pub(super) arrival: Arrival,
    pub(super) now: Now,
    /// Runs since the message came.
    pub(super) since_arrival: Stopwatch,
    /// Runs since the request waits for a batch.
    pub(super) queued: Stopwatch,
    pub(super) span: tracing::Span,
}

/// A verified request that waits for a batch, and where its reply goes.
pub(super) struct PendingRequest {
    pub(super) verified: VerifiedRequest,
    pub(super) reply: ReplySender<Reply>,
}

/// What a batch leaves of one request: its answer, and the code and rule of a decision that was made in it. A repetition
/// gets its first answer, and no decision.
pub(super) struct Decided {
    pub(super) answer: Vec<u8>,
    pub(super) decision: Option<(ResponseCode, &'static str)>,
}
