//! From the beginning of the work to the end of an order: Start, Finish, Amend, Release, Redelivered (HUBS.md 4).

use std::fmt;

use super::{ReflashFault, notices_back as notices, statement::statement_of};
use crate::{
    db::{Connection, StoreFault},
    domain::{
        Eui64, FirmwareList, FreeText, HubModel, LocationId, Now, Packaging, Step, StockRow, Timestamp,
        london_date,
        reflash::{
            Finding, FindingKind, Order, OrderHub, OrderHubState, OrderState, RedeliveryAsn, Slot, Unloading,
        },
    },
    rules::reflash::{
        Amendment, Circumstances, HubCounts, ReturningHub, amend, finish, release, start, target,
    },
    store,
};

/// The order after an event, and the checks that were made.
pub(super) type Changed = (Order, Vec<Step>);

/// Fixes the target of each accepted hub that has none: the newest firmware of its model today.
pub(super) fn targets_of(
    connection: &mut Connection,
    hubs: &mut [OrderHub],
    at: Circumstances<'_>,
) -> Result<(), ReflashFault> {
    let firmware = store::firmware_list(connection)?.into_iter().collect::<FirmwareList>();
    for hub in hubs.iter_mut().filter(|hub| hub.state == OrderHubState::Accepted && hub.target.is_none()) {
        let model = hub.manufacturer.clone().zip(hub.model.clone());
        let model = model.map(|(manufacturer, model)| HubModel { manufacturer, model });
        hub.target = model.and_then(|model| target(&firmware, &model, at.today));
    }
    Ok(())
}

pub(super) fn started(
    connection: &mut Connection,
    before: &Order,
    purchase_order: Option<&FreeText>,
    at: Circumstances<'_>,
) -> Result<Changed, ReflashFault> {
    let mut hubs = store::reflash_hubs_of_order(connection, before.number)?;
    let accepted = hubs.iter().filter(|hub| hub.state == OrderHubState::Accepted);
    let regions = accepted.filter_map(|hub| hub.region).collect::<Vec<_>>();
    let known = purchase_order.or(before.purchase_order.as_ref());
    let verdict = start(known.map(FreeText::as_str), regions, at);
    verdict.effect.ok_or_else(|| ReflashFault::Refused(verdict.checks.clone()))?;
    targets_of(connection, &mut hubs, at)?;
    save_accepted(connection, before, &hubs)?;
    let purchase_order = known.cloned();
    Ok((Order { state: OrderState::InWork, purchase_order, ..before.clone() }, verdict.checks))
}

/// Writes the hubs that came in; those that did not stay as they are.
pub(super) fn save_accepted(
    connection: &mut Connection,
    order: &Order,
    hubs: &[OrderHub],
) -> Result<(), StoreFault> {
    let accepted = hubs.iter().filter(|hub| hub.state.was_accepted()).cloned().collect::<Vec<_>>();
    store::save_reflash_hubs(connection, order.number, &accepted, |_| order.state.is_open())
}

/// What Finish says beside the order.
#[derive(Clone, Debug, Default)]
pub struct Redelivery {
    /// Another day.
    pub on: Option<jiff::civil::Date>,
    /// Another window.
    pub window: Option<crate::domain::reflash::DayWindow>,
    /// Another location.
    pub location: Option<LocationId>,
}

impl fmt::Display for Redelivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [
            self.on.map(|on| format!("on {on}")),
            self.window.map(|window| format!("window {window}")),
            self.location.as_ref().map(|location| format!("to {location}")),
        ];
        f.write_str(&parts.into_iter().flatten().collect::<Vec<_>>().join(", "))
    }
}

impl Redelivery {
    /// The slot of the order's re-delivery with what is said otherwise.
    fn slot(&self, order: &Order) -> Result<Slot, ReflashFault> {
        let slot = self.on.or(order.asked.redeliver_on).zip(self.window.or(order.asked.window));
        slot.map(|(on, window)| Slot { on, window }).ok_or(ReflashFault::NoOrder(order.number))
    }
}

pub(super) fn finished(
    connection: &mut Connection,
    before: &Order,
    (guidance, redelivery): (&FreeText, &Redelivery),
    (at, now): (Circumstances<'_>, Now),
) -> Result<Changed, ReflashFault> {
    let hubs = store::reflash_hubs_of_order(connection, before.number)?;
    let counts = HubCounts::of(hubs.iter().map(|hub| hub.state));
    let verdict = finish(counts, guidance.as_str(), redelivery.slot(before)?, at);
    let done = verdict.effect.ok_or_else(|| ReflashFault::Refused(verdict.checks.clone()))?;
    let mut after = Order { state: done.state, guidance: Some(guidance.clone()), ..before.clone() };
    if let Some(slot) = done.redelivery {
        after.asked.redeliver_on = Some(slot.on);
        after.asked.window = Some(slot.window);
    }
    notices::completed(connection, &after, &hubs, now)?;
    if after.state == OrderState::Closed {
        told_statement(connection, &after, &hubs, (at, now))?;
    }
    Ok((after, verdict.checks))
}

fn told_statement(
    connection: &mut Connection,
    order: &Order,
    hubs: &[OrderHub],
    (at, now): (Circumstances<'_>, Now),
) -> Result<(), ReflashFault> {
    if let Some(statement) = statement_of(connection, order, hubs, at)? {
        notices::statement(connection, order, &statement, now)?;
    }
    Ok(())
}

pub(super) fn amended(
    connection: &mut Connection,
    before: &Order,
    redelivery: &Redelivery,
    at: Circumstances<'_>,
) -> Result<Changed, ReflashFault> {
    let no_order = || ReflashFault::NoOrder(before.number);
    let location = redelivery.location.clone().or_else(|| before.asked.location.clone());
    let location = location.ok_or_else(no_order)?;
    let listed = store::find_location(connection, &location)?;
    let amendment = Amendment {
        stands: Redelivery::default().slot(before)?,
        slot: redelivery.slot(before)?,
        location: &location,
        listed: listed.as_ref(),
        party: &before.asked.party,
    };
    let verdict = amend(amendment, at)?;
    let slot = verdict.effect.ok_or_else(|| ReflashFault::Refused(verdict.checks.clone()))?;
    let mut after = before.clone();
    after.asked.location = Some(location);
    after.asked.redeliver_on = Some(slot.on);
    after.asked.window = Some(slot.window);
    Ok((after, verdict.checks))
}

pub(super) fn released(
    connection: &mut Connection,
    before: &Order,
    now: Now,
) -> Result<Changed, ReflashFault> {
    let hubs = store::reflash_hubs_of_order(connection, before.number)?;
    let facts = store::reflash_request_facts(connection, &before.request(&hubs), Some(before.number))?;
    let chfs = hubs.iter().filter_map(|hub| hub.chf).collect::<Vec<_>>();
    let details = store::reflash_hub_details(connection, &chfs)?;
    let returning = hubs.iter().zip(facts.hubs).filter(|(hub, _)| hub.state == OrderHubState::Reflashed);
    let returning = returning.filter_map(|(hub, found)| {
        let chf = hub.chf?;
        let gpf_firmware = details.get(&chf).and_then(|details| details.gpf_firmware.clone());
        Some(ReturningHub { chf, target: hub.target.clone()?, hub: found?.hub, gpf_firmware })
    });
    let returning = returning.collect::<Vec<_>>();
    let location = before.asked.location.as_ref().ok_or(ReflashFault::NoOrder(before.number))?;
    let listed = store::find_location(connection, location)?;
    let verdict = release(&returning, location, listed.as_ref(), &before.asked.party);
    let found = verdict.effect.ok_or_else(|| ReflashFault::Refused(verdict.checks.clone()))?;
    let asn = store::next_reflash_asn(connection)?;
    let known = before.findings.iter().filter(|finding| finding.kind != FindingKind::NotPending).cloned();
    let findings = known.chain(found).collect::<Vec<Finding>>();
    let after = Order { state: OrderState::Released, asn: Some(asn), findings, ..before.clone() };
    notices::released(connection, &after, asn, returning.len(), now)?;
    Ok((after, verdict.checks))
}

pub(super) fn redelivered(
    connection: &mut Connection,
    before: &Order,
    unloading: Unloading,
    (at, now): (Circumstances<'_>, Now),
) -> Result<Changed, ReflashFault> {
    let hubs = store::reflash_hubs_of_order(connection, before.number)?;
    let rows = stock_rows(before, &hubs, unloading.finished_at());
    store::save_stock_rows(connection, &rows)?;
    let liability_out = Some(unloading.liability_passed_at());
    let after = Order { state: OrderState::Closed, liability_out, ..before.clone() };
    told_statement(connection, &after, &hubs, (at, now))?;
    Ok((after, Vec::new()))
}

/// Where each re-flashed hub lies now: where it went to, under the order's ASN, packed as it came.
fn stock_rows(order: &Order, hubs: &[OrderHub], finished_at: Timestamp) -> Vec<StockRow> {
    let asn = order.asn.as_ref().map(RedeliveryAsn::to_string).and_then(|asn| asn.parse().ok());
    let row = |chf: Eui64, location: &LocationId, hub: &OrderHub| StockRow {
        chf,
        location: location.clone(),
        delivered_on: Some(london_date(finished_at)),
        asn: asn.clone(),
        pallet: hub.package.pallet.clone(),
        carton: hub.package.carton.clone(),
        packaging: Packaging::Sealed,
    };
    let back = hubs.iter().filter(|hub| hub.state == OrderHubState::Reflashed);
    back.filter_map(|hub| Some(row(hub.chf?, order.asked.location.as_ref()?, hub))).collect()
}
