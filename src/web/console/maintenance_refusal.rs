//! Checks of planned maintenance as pages show them, and why something about it is not done.

use actix_web::http::StatusCode;

use super::{
    page_error::{PageError, PageResult},
    refused::{Refusal, RefusedCheck},
    rule_text::RuleText,
};
use crate::{
    rules::maintenance::MaintenanceCheck,
    service::{MaintenanceFault, console::FileFaults},
};

/// A check as pages show it.
pub(super) struct MaintenanceCheckRow {
    pub(super) rule: RuleText,
    pub(super) requires: &'static str,
    pub(super) window: Option<String>,
    pub(super) mark: &'static str,
    pub(super) result: String,
    pub(super) saw: String,
}

impl From<&MaintenanceCheck> for MaintenanceCheckRow {
    fn from(check: &MaintenanceCheck) -> Self {
        let (mark, result) = match check.derogation() {
            Some(derogation) => ("good", format!("passes by {derogation}")),
            None if check.step.holds => ("good", "holds".to_owned()),
            None if check.warning => ("warn", "warning".to_owned()),
            None => ("bad", "does not hold".to_owned()),
        };
        Self {
            rule: check.step.rule.into(),
            requires: check.step.rule.requires,
            window: check.reference.as_ref().map(ToString::to_string),
            mark,
            result,
            saw: check.step.saw.clone(),
        }
    }
}

fn refused(check: &MaintenanceCheck) -> RefusedCheck {
    let window = check.reference.as_ref().map(|reference| format!("{reference}: ")).unwrap_or_default();
    RefusedCheck {
        rule: check.step.rule.into(),
        requires: check.step.rule.requires,
        saw: format!("{window}{}", check.step.saw),
        holds: check.passes(),
    }
}

/// That of a service that did not do it; an error where the service itself failed.
pub(super) fn refusal(fault: MaintenanceFault) -> PageResult<Refusal> {
    let reason = fault.to_string();
    let with = |status| Ok(Refusal::new(status, reason.clone()));
    match fault {
        MaintenanceFault::NoWindow(_) | MaintenanceFault::NoCase(_) => with(StatusCode::NOT_FOUND),
        MaintenanceFault::Conflict(_) => with(StatusCode::CONFLICT),
        MaintenanceFault::Form(fault) => Ok(match FileFaults::of(fault) {
            Ok(faults) => {
                let told = faults.first.iter().map(|fault| {
                    let column = fault.column.as_deref().unwrap_or("the form");
                    let value = fault.value.as_deref().map(|value| format!("`{value}` ")).unwrap_or_default();
                    format!("{column}: {value}{}", fault.reason)
                });
                Refusal::new(StatusCode::BAD_REQUEST, told.collect::<Vec<_>>().join("; "))
            }
            Err(reason) => Refusal::new(StatusCode::BAD_REQUEST, reason),
        }),
        MaintenanceFault::Refused(checks) => Ok(Refusal {
            checks: checks.iter().map(refused).collect(),
            ..Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, "A rule refuses it.".to_owned())
        }),
        MaintenanceFault::Fault(fault) => Err(fault.into()),
    }
}

/// The error of a page that only reads.
pub(super) fn unreadable(fault: MaintenanceFault) -> PageError {
    match refusal(fault) {
        Err(error) => error,
        Ok(refusal) if refusal.status == StatusCode::NOT_FOUND => PageError::not_found(refusal.reason),
        Ok(refusal) => PageError::conflict(refusal.reason),
    }
}
