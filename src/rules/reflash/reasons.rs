//! Reasons: each with the rule of its label and the code in force, collected and named.

use crate::{
    domain::{
        CodeOverrides, Rule,
        reflash::{Reason, ReasonLabel, RequestLine},
    },
    rules::rulebook::reflash as rules,
};

/// How many reasons of one rule the checks of an act name; the hubs have all of them.
const NAMED: usize = 20;

/// The rule that a label is told for.
pub const fn rule_of(label: ReasonLabel) -> &'static Rule {
    match label {
        ReasonLabel::MissingData => rules::DATA_COMPLETE,
        ReasonLabel::CountDiffers => rules::COUNT_AGREES,
        ReasonLabel::ListedTwice => rules::LISTED_ONCE,
        ReasonLabel::UnknownHub => rules::HUB_KNOWN,
        ReasonLabel::NotPending => rules::HUB_PENDING,
        ReasonLabel::WasInstalled => rules::NEVER_INSTALLED,
        ReasonLabel::OtherUser => rules::OWN_HUB,
        ReasonLabel::NotDelivered => rules::HUB_DELIVERED,
        ReasonLabel::WrongCspOrFacility => rules::SITE_SERVES_REGION,
        ReasonLabel::AddressNotListed => rules::OWN_ADDRESS,
        ReasonLabel::PackagingOrDamage => rules::PACKAGING,
        ReasonLabel::DataDiffers => rules::DATA_AGREES,
        ReasonLabel::AlreadyLatest | ReasonLabel::NoFirmware => rules::NEWER_FIRMWARE,
        ReasonLabel::InAnotherOrder => rules::ON_NO_OTHER_ORDER,
        ReasonLabel::OutsideWorkingHours => rules::IN_WORKING_HOURS,
    }
}

/// Collects reasons.
#[derive(Debug)]
pub(super) struct Reasons<'a> {
    codes: &'a CodeOverrides,
    reasons: Vec<Reason>,
}

impl<'a> Reasons<'a> {
    /// None so far.
    pub(super) const fn new(codes: &'a CodeOverrides) -> Self {
        Self { codes, reasons: Vec::new() }
    }

    /// All of them, in the order in which they were added.
    pub(super) fn into_all(self) -> Vec<Reason> {
        self.reasons
    }

    /// Adds one: of a line with its CHF, or of the request.
    pub(super) fn add(
        &mut self,
        label: ReasonLabel,
        of: Option<&RequestLine>,
        column: Option<&'static str>,
        saw: impl Into<String>,
    ) {
        let rule = rule_of(label);
        let (line, chf) = (of.map(|line| line.line), of.and_then(|line| line.chf));
        self.reasons.push(Reason {
            label,
            rule,
            code: self.codes.code_of(rule),
            line,
            chf,
            column,
            saw: saw.into(),
        });
    }
}

/// The first reasons, and how many more there are.
pub(super) fn named(reasons: &[&Reason]) -> String {
    let one = |reason: &&Reason| match reason.line {
        Some(line) => format!("line {line}: {}", reason.saw),
        None => reason.saw.clone(),
    };
    let mut all = reasons.iter().take(NAMED).map(one).collect::<Vec<_>>();
    if let Some(more) = reasons.len().checked_sub(NAMED).filter(|more| *more > 0) {
        all.push(format!("and {more} more"));
    }
    all.join("; ")
}
