//! Why something that was sent is not done, as pages tell it: the reason, every check, and the faults of a file.

use actix_web::http::StatusCode;

use super::rule_text::RuleText;
use crate::{domain::Step, service::console::FileFaults, web::manage::FieldFault};

/// A refusal. Nothing was changed.
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    pub(super) reason: String,
    pub(super) checks: Vec<RefusedCheck>,
    pub(super) faults: Option<FileFaults>,
}

/// A check of a refusal.
#[derive(Clone, Debug)]
pub(super) struct RefusedCheck {
    pub(super) rule: RuleText,
    pub(super) requires: &'static str,
    pub(super) saw: String,
    pub(super) holds: bool,
}

impl From<Step> for RefusedCheck {
    fn from(Step { rule, holds, saw }: Step) -> Self {
        Self { rule: rule.into(), requires: rule.requires, saw, holds }
    }
}

impl From<FieldFault> for Refusal {
    fn from(FieldFault { place, reason }: FieldFault) -> Self {
        Self::new(StatusCode::BAD_REQUEST, format!("{}: {reason}", in_words(&place)))
    }
}

impl Refusal {
    pub(super) const fn new(status: StatusCode, reason: String) -> Self {
        Self { status, reason, checks: Vec::new(), faults: None }
    }
}

/// The name of a field as forms have it.
fn in_words(field: &str) -> String {
    let mut words = field.replace('_', " ");
    if let Some(first) = words.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    words
}
