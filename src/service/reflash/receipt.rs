//! A delivery comes in: checked hub by hub, the order received in whole or in part, or refused; and its correction (DV/a to h).

use std::collections::{BTreeMap, BTreeSet};

use super::{
    ReflashFault, ShownOrder, closing::targets_of, events::record, named::counted, notices_back as notices,
};
use crate::{
    db::Connection,
    domain::{
        ActReason, ActorName, Now, Timestamp, instant_text,
        reflash::{
            DeliveredHub, Finding, FindingKind, KeptReason, Order, OrderEvent, OrderHub, OrderHubState,
            OrderNumber, OrderState, ReceivedLine, Unloader, Unloading,
        },
    },
    rules::reflash::{Circumstances, DeliveryFacts, Extent, Receipt, correct_receipt, receive},
    service::App,
    store,
};

/// What is said of a delivery beside its file.
#[derive(Clone, Debug)]
pub struct DeliveryReport {
    /// The order.
    pub order: OrderNumber,
    /// Who says it.
    pub by: ActorName,
    /// Who unloaded.
    pub unloaded_by: Unloader,
    /// When the unloading began.
    pub started_at: Timestamp,
    /// When it ended.
    pub finished_at: Timestamp,
    /// Why the file that was there is replaced; none for the first one.
    pub correction: Option<ActReason>,
}

impl App {
    /// Takes the file of a delivery, and returns the order after it.
    ///
    /// # Errors
    /// When there is no service or no such order, the state does not allow it, the file cannot be read, the times do not fit, or the store
    /// fails. Nothing is changed then.
    pub fn receive_reflash_delivery(
        &self,
        report: DeliveryReport,
        file: &[u8],
    ) -> Result<ShownOrder, ReflashFault> {
        if !self.choices().reflash.enabled {
            return Err(ReflashFault::Off);
        }
        let lines = store::read_reflash_received(file).map_err(ReflashFault::of_file)?;
        let (app, calendar, now) = (self.clone(), self.calendar(), self.clock().now());
        let DeliveryReport { unloaded_by, started_at, finished_at, .. } = report;
        let unloading = Unloading::new(unloaded_by, started_at, finished_at, now.0);
        let unloading =
            unloading.map_err(|reason| ReflashFault::Malformed { place: "finished_at", reason })?;
        let event = report.event();
        let shown = self.store().transact(move |connection: &mut Connection| {
            taken(connection, (&report, &lines, unloading), app.circumstances(&calendar), now)
        })?;
        self.metrics().hub_events(event, 1);
        Ok(shown)
    }
}

impl DeliveryReport {
    const fn event(&self) -> OrderEvent {
        if self.correction.is_some() { OrderEvent::Correct } else { OrderEvent::Receive }
    }
}

fn taken(
    connection: &mut Connection,
    (report, lines, unloading): (&DeliveryReport, &[ReceivedLine], Unloading),
    at: Circumstances<'_>,
    now: Now,
) -> Result<ShownOrder, ReflashFault> {
    let event = report.event();
    let before = super::events::allowed_now(connection, report.order, event)?;
    let hubs = store::reflash_hubs_of_order(connection, report.order)?;
    let receipt = judged(connection, &before, &hubs, lines, event, at)?;
    let mut hubs = after_receipt(&hubs, &receipt);
    if before.state == OrderState::InWork {
        // Hubs that are accepted only now get their target now.
        targets_of(connection, &mut hubs, at)?;
    }
    let state = if event == OrderEvent::Receive { receipt.state() } else { before.state };
    let after = Order {
        state,
        late: None,
        received_at: before.received_at.or(Some(now.0)),
        liability_in: Some(unloading.liability_passed_at()),
        findings: findings_after(&before, &receipt),
        ..before.clone()
    };
    store::save_reflash_hubs(connection, report.order, &hubs, |hub| {
        state.is_open() && hub.state.was_accepted()
    })?;
    notices::delivery(connection, &after, (&receipt, unloading), now)?;
    let detail = detail_of(&receipt, unloading);
    let checks = &receipt.checks;
    let act = (event, &report.by, report.correction.clone(), Some(detail), checks.as_slice());
    record(connection, &before, &after, act, now)
}

/// The delivery against the order: its first file, or another one in the place of the file before.
fn judged(
    connection: &mut Connection,
    before: &Order,
    hubs: &[OrderHub],
    lines: &[ReceivedLine],
    event: OrderEvent,
    at: Circumstances<'_>,
) -> Result<Receipt, ReflashFault> {
    let facts = store::reflash_request_facts(connection, &before.request(hubs), Some(before.number))?;
    let found = hubs.iter().zip(facts.hubs).filter_map(|(hub, found)| {
        let found = found?;
        let (package, other_order) = (hub.package.clone(), found.open_order);
        Some(DeliveredHub { chf: hub.chf?, package, hub: found.hub, other_order })
    });
    let delivered = found.collect::<Vec<_>>();
    let lacked_note = |finding: &Finding| finding.kind == FindingKind::NoDespatchNote;
    let was_despatched = if event == OrderEvent::Correct {
        !before.findings.iter().any(lacked_note)
    } else {
        before.state == OrderState::Despatched
    };
    let facts = DeliveryFacts { party: &before.asked.party, was_despatched, hubs: &delivered };
    if event != OrderEvent::Correct {
        return Ok(receive(lines, facts, at)?);
    }
    let has_outcome = |hub: &&OrderHub| matches!(hub.state, OrderHubState::Reflashed | OrderHubState::Failed);
    let with_outcome = hubs.iter().filter(has_outcome).filter_map(|hub| hub.chf).collect::<BTreeSet<_>>();
    let verdict = correct_receipt(lines, facts, &with_outcome, at)?;
    verdict.effect.ok_or(ReflashFault::Refused(verdict.checks))
}

/// The hubs after the delivery. One with an outcome keeps it.
fn after_receipt(hubs: &[OrderHub], receipt: &Receipt) -> Vec<OrderHub> {
    let found = receipt.hubs.iter().map(|hub| (hub.chf, hub)).collect::<BTreeMap<_, _>>();
    let after = |hub: &OrderHub| {
        let mut hub = hub.clone();
        if let Some(received) = hub.chf.and_then(|chf| found.get(&chf)) {
            let keeps = received.state == OrderHubState::Accepted && hub.state.was_accepted();
            hub.state = if keeps { hub.state } else { received.state };
            hub.reasons = received.reasons.iter().map(KeptReason::from).collect();
        }
        hub
    };
    hubs.iter().map(after).collect()
}

/// What was noted: what an earlier file of the delivery brought up is replaced.
fn findings_after(before: &Order, receipt: &Receipt) -> Vec<Finding> {
    let of_delivery = [
        FindingKind::NoDespatchNote,
        FindingKind::Unlisted,
        FindingKind::CountDiffers,
        FindingKind::PalletMissing,
        FindingKind::PalletNotListed,
        FindingKind::OtherPallet,
    ];
    let others = before.findings.iter().filter(|finding| !of_delivery.contains(&finding.kind)).cloned();
    others.chain(receipt.findings.iter().cloned()).collect()
}

fn detail_of(receipt: &Receipt, unloading: Unloading) -> String {
    let extent = match receipt.extent {
        Extent::Whole => "whole",
        Extent::Part => "in part",
        Extent::Nothing => "refused",
    };
    let of = |state| counted(receipt.hubs.iter().filter(|hub| hub.state == state).map(|hub| hub.chf));
    format!(
        "{extent}: {} accepted, {} not accepted, {} missing, {} unlisted; unloaded by the {}, liability passed {}",
        receipt.count(OrderHubState::Accepted),
        of(OrderHubState::NotAccepted),
        of(OrderHubState::Missing),
        counted(receipt.unlisted.iter().copied()),
        unloading.by(),
        instant_text(unloading.liability_passed_at()),
    )
}
