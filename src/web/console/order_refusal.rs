//! Why something about a re-flash order is not done.

use actix_web::http::StatusCode;

use super::{
    page_error::{PageError, PageResult},
    refused::{Refusal, RefusedCheck},
};
use crate::service::{ReflashFault, console::FileFaults};

impl Refusal {
    /// That of a service that did not do it; an error where the service itself failed.
    pub(super) fn of(fault: ReflashFault) -> PageResult<Self> {
        let reason = fault.to_string();
        let with = |status| Ok(Self::new(status, reason.clone()));
        match fault {
            ReflashFault::NoUser(_) | ReflashFault::NoOrder(_) => with(StatusCode::NOT_FOUND),
            ReflashFault::Off | ReflashFault::ReferenceUsed(_) | ReflashFault::NotToBeAmended { .. } => {
                with(StatusCode::CONFLICT)
            }
            ReflashFault::NotAllowed { event, state, allowed } => {
                let allowed = allowed.iter().map(|event| event.as_str()).collect::<Vec<_>>().join(", ");
                let reason = if allowed.is_empty() {
                    format!("{event} is not allowed in the state {state}, in which nothing is.")
                } else {
                    format!("{event} is not allowed in the state {state}. What is: {allowed}.")
                };
                Ok(Self::new(StatusCode::CONFLICT, reason))
            }
            ReflashFault::Refused(checks) => Ok(Self {
                checks: checks.into_iter().map(RefusedCheck::from).collect(),
                ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, "A rule refuses it.".to_owned())
            }),
            ReflashFault::File(fault) => Ok(match FileFaults::of(fault) {
                Ok(faults) => Self {
                    faults: Some(faults),
                    ..Self::new(
                        StatusCode::UNPROCESSABLE_ENTITY,
                        "The file cannot be read to its end.".to_owned(),
                    )
                },
                Err(reason) => Self::new(StatusCode::UNPROCESSABLE_ENTITY, reason),
            }),
            ReflashFault::TooMany { .. } => with(StatusCode::PAYLOAD_TOO_LARGE),
            ReflashFault::Malformed { .. } => with(StatusCode::BAD_REQUEST),
            ReflashFault::Twice(_) | ReflashFault::Calendar(_) => with(StatusCode::UNPROCESSABLE_ENTITY),
            ReflashFault::Fault(fault) => Err(fault.into()),
        }
    }
}

/// The error of a page that only reads.
pub(super) fn unreadable(fault: ReflashFault) -> PageError {
    Refusal::of(fault).map_or_else(|error| error, |refusal| PageError::conflict(refusal.reason))
}
