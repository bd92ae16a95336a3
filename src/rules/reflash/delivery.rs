//! The check of a delivery against its order, hub by hub (DV/a to h; MP155-R13 to R15).

use std::collections::{BTreeMap, BTreeSet};

use super::{Checks, Circumstances, Verdict, packages::PackageCounts, pallets::pallet_findings};
use crate::{
    domain::{
        Eui64, PartySignifier, Rule, Step,
        reflash::{
            Condition, DeliveredHub, Finding, FindingKind, OrderHubState, OrderState, Reason, ReasonLabel,
            ReceivedLine,
        },
    },
    rules::rulebook::reflash as rules,
};

/// How much of a delivery is accepted (MP155-R15).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// Every hub of the order.
    Whole,
    /// Some of them.
    Part,
    /// None: the order is refused.
    Nothing,
}

/// What a delivery comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// How much of it is accepted.
    pub extent: Extent,
    /// Each hub of the order, in its order: accepted, not accepted with the reasons, or missing.
    pub hubs: Vec<ReceivedHub>,
    /// The IDs that are not on the order, in the order of the file: they go back.
    pub unlisted: Vec<Eui64>,
    /// What was noted.
    pub findings: Vec<Finding>,
    /// Every check.
    pub checks: Vec<Step>,
}

impl Receipt {
    /// The state that the order is in then.
    pub const fn state(&self) -> OrderState {
        match self.extent {
            Extent::Whole | Extent::Part => OrderState::Received,
            Extent::Nothing => OrderState::Refused,
        }
    }

    /// How many hubs of the order are in that state.
    pub fn count(&self, state: OrderHubState) -> usize {
        self.hubs.iter().filter(|hub| hub.state == state).count()
    }
}

/// A hub of the order after the delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceivedHub {
    /// The CHF.
    pub chf: Eui64,
    /// Accepted, not accepted or missing.
    pub state: OrderHubState,
    /// Why it is not accepted.
    pub reasons: Vec<Reason>,
}

/// An ID that stands twice in the file of a delivery: nothing of the file is taken, as nobody can say which line holds (ours).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {chf} stands in line {first} already")]
pub struct ReceivedTwice {
    /// The line.
    pub line: u32,
    /// The ID.
    pub chf: Eui64,
    /// The line that has it first.
    pub first: u32,
}

/// What a delivery is checked against.
#[derive(Clone, Copy, Debug)]
pub struct DeliveryFacts<'a> {
    /// The Party of the order.
    pub party: &'a PartySignifier,
    /// Whether the Party said that it was despatched.
    pub was_despatched: bool,
    /// The hubs of the order.
    pub hubs: &'a [DeliveredHub],
}

/// Checks a delivery. Whatever it finds, the delivery came: it is refused as a whole only where no hub is accepted.
///
/// # Errors
/// When an ID stands twice in the file.
pub fn receive(
    lines: &[ReceivedLine],
    facts: DeliveryFacts<'_>,
    at: Circumstances<'_>,
) -> Result<Receipt, ReceivedTwice> {
    let by_id = lines_by_id(lines)?;
    let packages = PackageCounts::of(lines.iter().map(|line| line.package.clone()));
    let gate = Gate { by_id: &by_id, packages: &packages, party: facts.party, at };
    let hubs = facts.hubs.iter().map(|hub| gate.check(hub)).collect::<Vec<_>>();
    let listed = facts.hubs.iter().map(|hub| hub.chf).collect::<BTreeSet<_>>();
    let unlisted = lines.iter().map(|line| line.chf).filter(|chf| !listed.contains(chf)).collect::<Vec<_>>();
    let (checks, extent) = checks_of(&hubs, &unlisted, lines, facts.hubs);
    let findings = findings_of(&unlisted, lines, facts);
    Ok(Receipt { extent, hubs, unlisted, findings, checks })
}

fn lines_by_id(lines: &[ReceivedLine]) -> Result<BTreeMap<Eui64, &ReceivedLine>, ReceivedTwice> {
    let mut by_id = BTreeMap::<_, &ReceivedLine>::new();
    for line in lines {
        if let Some(first) = by_id.insert(line.chf, line) {
            return Err(ReceivedTwice { line: line.line, chf: line.chf, first: first.line });
        }
    }
    Ok(by_id)
}

/// What each hub of the order is checked with.
struct Gate<'a> {
    by_id: &'a BTreeMap<Eui64, &'a ReceivedLine>,
    packages: &'a PackageCounts,
    party: &'a PartySignifier,
    at: Circumstances<'a>,
}

impl Gate<'_> {
    fn check(&self, hub: &DeliveredHub) -> ReceivedHub {
        let chf = hub.chf;
        let Some(line) = self.by_id.get(&chf) else {
            return ReceivedHub { chf, state: OrderHubState::Missing, reasons: Vec::new() };
        };
        let condition = (line.condition != Condition::Ok).then(|| {
            let saw = format!("it is {}", line.condition);
            self.reason(ReasonLabel::PackagingOrDamage, rules::CONDITION, line, saw)
        });
        let limits = self.packages.fault(&line.package, self.at);
        let limits =
            limits.map(|saw| self.reason(ReasonLabel::PackagingOrDamage, rules::PACKAGE_LIMITS, line, saw));
        let lost = self.lost(hub).map(|(label, saw)| self.reason(label, rules::STILL_OWN, line, saw));
        let taken = hub.other_order.map(|order| {
            let saw = format!("it is on {order} meanwhile");
            self.reason(ReasonLabel::InAnotherOrder, rules::ON_NO_OTHER_ORDER, line, saw)
        });
        let reasons = condition.into_iter().chain(limits).chain(lost).chain(taken).collect::<Vec<_>>();
        let state = if reasons.is_empty() { OrderHubState::Accepted } else { OrderHubState::NotAccepted };
        ReceivedHub { chf, state, reasons }
    }

    /// Why the hub is not the Party's Pending hub any more (DV/g).
    fn lost(&self, hub: &DeliveredHub) -> Option<(ReasonLabel, String)> {
        match &hub.hub {
            Err(why) => Some((ReasonLabel::UnknownHub, why.as_str().to_owned())),
            Ok(held) if !held.is_pending() => Some((ReasonLabel::NotPending, held.statuses())),
            Ok(held) if held.holder.as_ref() != Some(self.party) => {
                let saw = format!("its holder is {}, the Party is {}", held.holder_text(), self.party);
                Some((ReasonLabel::OtherUser, saw))
            }
            Ok(_) => None,
        }
    }

    fn reason(&self, label: ReasonLabel, rule: &'static Rule, line: &ReceivedLine, saw: String) -> Reason {
        let code = self.at.codes.code_of(rule);
        Reason { label, rule, code, line: Some(line.line), chf: Some(line.chf), column: None, saw }
    }
}

/// One check for each rule, and how much is accepted.
fn checks_of(
    hubs: &[ReceivedHub],
    unlisted: &[Eui64],
    lines: &[ReceivedLine],
    order: &[DeliveredHub],
) -> (Vec<Step>, Extent) {
    let count = |state| hubs.iter().filter(|hub| hub.state == state).count();
    let (accepted, missing) = (count(OrderHubState::Accepted), count(OrderHubState::Missing));
    let mut checks = Checks::default();
    checks.note(rules::ID_LISTED, unlisted.is_empty(), format!("{} unlisted", unlisted.len()));
    checks.note(rules::ID_DELIVERED, missing == 0, format!("{missing} missing"));
    let saw = saw_count(lines, order);
    checks.note(rules::COUNT_DELIVERED, lines.len() == order.len(), saw);
    let pallets = pallet_findings(lines, order);
    checks.note(rules::PALLETS_DELIVERED, pallets.is_empty(), format!("{} findings", pallets.len()));
    for rule in [rules::CONDITION, rules::PACKAGE_LIMITS, rules::STILL_OWN] {
        let broken = hubs.iter().filter(|hub| hub.reasons.iter().any(|reason| reason.rule == rule)).count();
        checks.note(rule, broken == 0, format!("{broken} hubs fail it"));
    }
    let extent = match accepted {
        0 => Extent::Nothing,
        all if all == order.len() => Extent::Whole,
        _ => Extent::Part,
    };
    let saw = format!("{accepted} of {} accepted", order.len());
    checks.note(rules::ANY_ACCEPTED, extent != Extent::Nothing, saw);
    let Verdict { checks, .. } = checks.verdict(|| ());
    (checks, extent)
}

fn saw_count(lines: &[ReceivedLine], order: &[DeliveredHub]) -> String {
    format!("{} of {}", lines.len(), order.len())
}

fn findings_of(unlisted: &[Eui64], lines: &[ReceivedLine], facts: DeliveryFacts<'_>) -> Vec<Finding> {
    let note = (!facts.was_despatched).then(|| {
        Finding::new(FindingKind::NoDespatchNote, "the delivery came without a despatch by the Party")
    });
    let unlisted = unlisted.iter().map(|chf| Finding::new(FindingKind::Unlisted, format!("{chf} goes back")));
    let count = (lines.len() != facts.hubs.len())
        .then(|| Finding::new(FindingKind::CountDiffers, saw_count(lines, facts.hubs)));
    note.into_iter().chain(unlisted).chain(count).chain(pallet_findings(lines, facts.hubs)).collect()
}
