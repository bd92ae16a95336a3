//! The effects of an accepted request, and their conversion into a decision.

use crate::domain::{Change, Decision, Payload, Refusal, ResponseCode, Trace};

/// The effects of an accepted request.
pub(super) struct Accepted {
    /// The changes to the SMI.
    pub(super) changes: Vec<Change>,
    /// The data of the answer.
    pub(super) payload: Option<Payload>,
    /// The code of its answer.
    code: ResponseCode,
}

impl Accepted {
    /// The effects of a request that changes the SMI and is answered without data.
    pub(super) const fn with_changes(changes: Vec<Change>) -> Self {
        Self { changes, payload: None, code: ResponseCode::I99 }
    }

    /// The effects of a request that reads the SMI.
    pub(super) const fn with_payload(payload: Payload) -> Self {
        Self { changes: Vec::new(), payload: Some(payload), code: ResponseCode::I0 }
    }

    /// The effects of an SR 11.1, with a warning where the image is not sent to each Device.
    pub(super) const fn with_warning(changes: Vec<Change>, warning: Option<Payload>) -> Self {
        let code = if warning.is_some() { ResponseCode::W110101 } else { ResponseCode::I99 };
        Self { changes, payload: warning, code }
    }
}

/// The decision: a refusal, or an acceptance with I0 if there is data, with W110101 if that is a warning, and with I99 if there is
/// none, or none yet (SMI.md 3).
pub(super) fn into_decision(result: Result<Accepted, Refusal>, trace: Trace) -> Decision {
    match result {
        Err(refusal) => Decision::refuse(trace, refusal),
        Ok(Accepted { changes, payload, code }) => Decision::accept(trace, code, changes, payload),
    }
}
