//! Why something about a delivery schedule is not done.

use actix_web::http::StatusCode;

use super::{
    page_error::{PageError, PageResult},
    refused::{Refusal, RefusedCheck},
};
use crate::service::ScheduleFault;

/// That of a service that did not do it; an error where the service itself failed.
pub(super) fn refusal(fault: ScheduleFault) -> PageResult<Refusal> {
    let reason = fault.to_string();
    let with = |status| Ok(Refusal::new(status, reason.clone()));
    match fault {
        ScheduleFault::NoSchedule(_) | ScheduleFault::NoImage(_) => with(StatusCode::NOT_FOUND),
        ScheduleFault::NotAllowed { .. } => with(StatusCode::CONFLICT),
        ScheduleFault::NoPlan(_) => with(StatusCode::UNPROCESSABLE_ENTITY),
        ScheduleFault::Refused(checks) => Ok(Refusal {
            checks: checks.into_iter().map(RefusedCheck::from).collect(),
            ..Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, "A rule refuses it.".to_owned())
        }),
        ScheduleFault::Fault(fault) => Err(fault.into()),
    }
}

/// The error of a page that only reads.
pub(super) fn unreadable(fault: ScheduleFault) -> PageError {
    match refusal(fault) {
        Err(error) => error,
        Ok(refusal) if refusal.status == StatusCode::NOT_FOUND => PageError::not_found(refusal.reason),
        Ok(refusal) => PageError::conflict(refusal.reason),
    }
}
