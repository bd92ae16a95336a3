//! The effects of an accepted request, and the decision that they become.

use crate::domain::{Change, Decision, Payload, Refusal, ResponseCode, Trace};

/// The effects of an accepted request; a refused one has none.
pub(super) struct Accepted {
    /// The changes to the SMI.
    pub(super) changes: Vec<Change>,
    /// The data of the answer.
    pub(super) payload: Option<Payload>,
}

impl Accepted {
    /// A request that changes the SMI and is answered without data.
    pub(super) const fn with_changes(changes: Vec<Change>) -> Self {
        Self { changes, payload: None }
    }

    /// A request that reads the SMI.
    pub(super) const fn with_payload(payload: Payload) -> Self {
        Self { changes: Vec::new(), payload: Some(payload) }
    }
}

/// The decision: accepted with I0 where there is data, with I99 where there is none, or none yet (SMI.md 3).
pub(super) fn close(result: Result<Accepted, Refusal>, trace: Trace) -> Decision {
    match result {
        Err(refusal) => Decision::refuse(trace, refusal),
        Ok(Accepted { changes, payload }) => {
            let code = if payload.is_some() { ResponseCode::I0 } else { ResponseCode::I99 };
            Decision::accept(trace, code, changes, payload)
        }
    }
}
