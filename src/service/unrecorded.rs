//! Decisions of a batch whose changes are applied, and that are recorded and answered together.

use std::time::Duration;

use super::{
    pending::{Decided, VerifiedRequest},
    report_queue::{AwaitedReport, Awaits},
};
use crate::{
    domain::{
        AwaitedChange, Change, CountedActivation, Decision, FieldChange, FirmwareChange, SchemaVersion,
        SetPart,
    },
    rules::rulebook::common,
    store::NewDecision,
};

/// A decision whose changes are applied, and whose record and answer are not stored yet.
pub(super) struct Unrecorded<'a> {
    pub(super) verified: &'a VerifiedRequest,
    pub(super) decision: Decision,
    /// The changes that its record carries.
    pub(super) carried: Vec<FieldChange>,
    /// The schemaVersion of its answer.
    pub(super) version: SchemaVersion,
    /// How long its changes took.
    pub(super) applied: Duration,
}

impl Unrecorded<'_> {
    /// The decision record for the audit chain.
    pub(super) fn record(&self) -> NewDecision<'_> {
        let Self {
            verified: VerifiedRequest { request, now, .. },
            decision,
            carried,
            version: _,
            applied: _,
        } = self;
        NewDecision {
            request_id: &request.id,
            user: request.id.originator,
            device: request.device(),
            variant: Some(request.variant),
            code: decision.code,
            rule: decision.decided_by(),
            at: *now,
            steps: &decision.steps,
            changes: carried,
            is_first_answer: self.is_first(),
        }
    }

    /// Whether this is the first answer under its RequestID: the check for a new one was made, and passed.
    pub(super) fn is_first(&self) -> bool {
        self.decision.steps.iter().any(|step| step.rule == common::NEW_REQUEST_ID && step.holds)
    }

    /// The set of parts that the request completes, if any.
    pub(super) fn completed_set(&self) -> Option<SetPart> {
        self.decision.changes.iter().find_map(|change| match change {
            Change::Firmware(FirmwareChange::CompleteSet(part)) => Some((**part).clone()),
            Change::Firmware(_) | Change::HanLog(_) | Change::Device(_) => None,
        })
    }

    /// The large activation that the request counts, if any.
    pub(super) fn counted(&self) -> Option<CountedActivation> {
        self.decision.changes.iter().find_map(|change| match change {
            Change::Firmware(FirmwareChange::Await(_, counted)) => *counted,
            Change::Firmware(_) | Change::HanLog(_) | Change::Device(_) => None,
        })
    }

    /// The result for the one who waits for the answer; `explains` says whether with the reason.
    pub(super) fn decided(&self, answer: Vec<u8>, explains: bool) -> Decided {
        let Self { decision, .. } = self;
        let rule = decision.decided_by().map_or("", |rule| rule.id);
        let reason = if explains { reason_of(decision) } else { String::new() };
        let decided = Some((decision.code, rule));
        let counted = self.counted().map(|counted| counted.standing());
        Decided { answer: Some(answer), decision: decided, counted, awaited: awaited_by(decision), reason }
    }
}

/// Why it was decided so: what the rule that refused saw, and what it requires; or what the code of an acceptance means.
fn reason_of(decision: &Decision) -> String {
    match decision.steps.last() {
        Some(step) if !decision.code.is_success() => {
            format!("{}; required: {}", step.saw, step.rule.requires)
        }
        _ => format!("{}: {}", decision.code, decision.code.meaning().unwrap_or_default()),
    }
}

/// What Devices are to report to complete the request.
fn awaited_by(decision: &Decision) -> Vec<AwaitedReport> {
    let reports = decision.changes.iter().filter_map(|change| match change {
        Change::HanLog(AwaitedChange::Await(awaited)) => {
            Some(AwaitedReport { of: Awaits::Hub, device: awaited.device, request_id: awaited.request_id })
        }
        Change::Firmware(FirmwareChange::Await(awaited, _)) => Some(AwaitedReport {
            of: Awaits::Activation,
            device: awaited.device,
            request_id: awaited.request_id,
        }),
        Change::HanLog(AwaitedChange::Settle(_)) | Change::Firmware(_) | Change::Device(_) => None,
    });
    reports.collect()
}
