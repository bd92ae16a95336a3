//! The states of a request between verification and reply: verified, pending, decided.

use super::{
    gathered::Gathered, handover::Handover, report_queue::AwaitedReport, ticket::ReplySender,
    user_permits::UserPermit,
};
use crate::{
    clock::Stopwatch,
    domain::{ActivationStanding, Arrival, Now, Request, ResponseCode, ServiceReferenceVariant},
};

/// The reply to a message.
#[derive(Debug)]
pub enum Reply {
    /// A signed `sr:Response`.
    Answer(Vec<u8>),
    /// The message is not XML that is accepted here: the place and the reason.
    NotXml(String),
    /// The Service Request is one of DUIS that this service does not answer.
    NotImplemented(ServiceReferenceVariant),
    /// The request asks for a Command that the User delivers locally, which this service does not make.
    LocalDelivery(ServiceReferenceVariant),
    /// A fault on purpose acts in the place of the decision: nothing was decided.
    Withheld,
    /// The request asks for a Pre-Command, which this service does not make (SR11.3/b).
    PreCommand(ServiceReferenceVariant),
}

impl Reply {
    /// Whether the request is none that is answered here: it may be another endpoint's.
    pub const fn is_not_answered_here(&self) -> bool {
        match self {
            Self::NotImplemented(_) | Self::LocalDelivery(_) | Self::PreCommand(_) => true,
            Self::Answer(_) | Self::NotXml(_) | Self::Withheld => false,
        }
    }
}

/// A request whose signature was verified, with all that its decision and its log line need.
pub(super) struct VerifiedRequest {
    pub(super) request: Request,
    /// What was gathered for it before its batch.
    pub(super) gathered: Gathered,
    /// The digest of the message, which distinguishes a repetition from another message with the same RequestID.
    pub(super) digest: [u8; 32],
    pub(super) arrival: Arrival,
    // The clock is read once per request: batching and retries do not change what the rules take as now.
    pub(super) now: Now,
    /// Started when the message arrived; its time is logged.
    pub(super) since_arrival: Stopwatch,
    /// Started when the request was ready for a batch; its time is the metric of the queue.
    pub(super) queued: Stopwatch,
    // The span of the HTTP request. The writer's thread enters it, so that log lines of a batch name their own request.
    pub(super) span: tracing::Span,
    /// Held until the reply is made; the listener holds another part until the answer is written.
    pub(super) handover: Handover,
    /// Held until the reply is made.
    pub(super) _permit: UserPermit,
}

/// A verified request in the queue for a batch, with the sender of its reply.
pub(super) struct PendingRequest {
    pub(super) verified: VerifiedRequest,
    pub(super) reply: ReplySender<Reply>,
}

/// The result of a batch for one request: the signed answer, and the code and rule of the decision. A repeated message gets
/// its first answer without a decision.
pub(super) struct Decided {
    /// None where the request asks for a Pre-Command: it has no answer, and nothing of it is kept.
    pub(super) answer: Option<Vec<u8>>,
    pub(super) decision: Option<(ResponseCode, &'static str)>,
    /// The standing of the large image that it activates, if any.
    pub(super) counted: Option<ActivationStanding>,
    /// What Devices are to report after the answer.
    pub(super) awaited: Vec<AwaitedReport>,
    /// Why it was decided so, for the headers; empty where they are off.
    pub(super) reason: String,
}

impl Decided {
    /// Of a request that was not decided.
    pub(super) const fn without_decision(answer: Option<Vec<u8>>) -> Self {
        Self { answer, decision: None, counted: None, awaited: Vec::new(), reason: String::new() }
    }
}
