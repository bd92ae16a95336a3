//! Events of an order: judged, applied and told in one transaction.

use super::{EventDetails, ReflashFault, ShownOrder, closing, notices};
use crate::{
    db::Connection,
    domain::{
        Act, ActArea, ActReason, ActorName, FreeText, Now, Step, StockLocation,
        reflash::{
            KeptReason, Order, OrderEvent, OrderHub, OrderNumber, OrderState, ReasonLabel, Slot, Unloading,
        },
    },
    rules::reflash::{
        AuthoriseFacts, Circumstances, assess, authorise, is_late_after, open_slots, rule_of, transition,
    },
    service::App,
    store,
};

/// Who does what to which order.
#[derive(Clone, Debug)]
pub struct OrderChange {
    /// The order.
    pub order: OrderNumber,
    /// Who.
    pub by: ActorName,
    /// What.
    pub details: EventDetails,
}

impl App {
    /// Applies an event to an order, and returns the order after it.
    ///
    /// # Errors
    /// When there is no service or no such order, the state does not allow the event, a rule refuses it, or the store fails.
    pub fn change_reflash_order(&self, change: OrderChange) -> Result<ShownOrder, ReflashFault> {
        if !self.choices().reflash.enabled {
            return Err(ReflashFault::Off);
        }
        let (app, calendar, now) = (self.clone(), self.calendar(), self.clock().now());
        let event = change.details.event();
        let shown = self.store().transact(move |connection: &mut Connection| {
            apply(connection, &change, app.circumstances(&calendar), now)
        })?;
        self.metrics().hub_events(event, 1);
        Ok(shown)
    }
}

fn apply(
    connection: &mut Connection,
    change: &OrderChange,
    at: Circumstances<'_>,
    now: Now,
) -> Result<ShownOrder, ReflashFault> {
    let OrderChange { order: number, by, details } = change;
    let event = details.event();
    let before = allowed_now(connection, *number, event)?;
    let (after, checks) = changed(connection, &before, details, at, now)?;
    let late = after.late.filter(|_| is_late_after(event, before.late.is_some()));
    let after = Order { late, ..after };
    let act = (event, by, details.reason(), details.detail(), checks.as_slice());
    record(connection, &before, &after, act, now)
}

/// The order, where the event is allowed in its state.
pub(super) fn allowed_now(
    connection: &mut Connection,
    number: OrderNumber,
    event: OrderEvent,
) -> Result<Order, ReflashFault> {
    let order = store::find_reflash_order(connection, number)?.ok_or(ReflashFault::NoOrder(number))?;
    if transition(event, Some(order.state), order.late.is_some()).is_none() {
        return Err(ReflashFault::not_allowed(event, &order));
    }
    Ok(order)
}

/// What happened, who brought it about, why, more of it, and the checks that were made.
pub(super) type Happened<'a> = (OrderEvent, &'a ActorName, Option<ActReason>, Option<String>, &'a [Step]);

/// Writes an order as it is after an event, with its act; the hubs of an order that is no longer open are free.
pub(super) fn record(
    connection: &mut Connection,
    before: &Order,
    after: &Order,
    (event, by, reason, detail, checks): Happened<'_>,
    now: Now,
) -> Result<ShownOrder, ReflashFault> {
    let number = after.number;
    store::save_reflash_order(connection, after)?;
    if !after.state.is_open() {
        store::release_reflash_hubs(connection, number)?;
    }
    let act = Act {
        from: Some(before.state.to_string()),
        to: Some(after.state.to_string()),
        reason,
        detail,
        checks: checks.iter().map(Into::into).collect(),
        ..Act::new(ActArea::Reflash, number, event.as_str(), by.clone(), now.0)
    };
    store::record_act(connection, &act)?;
    ShownOrder::load(connection, number)?.ok_or(ReflashFault::NoOrder(number))
}

/// The order after the event, its Party told, and the checks that were made.
fn changed(
    connection: &mut Connection,
    before: &Order,
    details: &EventDetails,
    at: Circumstances<'_>,
    now: Now,
) -> Result<(Order, Vec<Step>), ReflashFault> {
    let order = before.clone();
    let without_slot = |order: Order| Order { delivery: None, late: None, ..order };
    match details {
        EventDetails::Authorise { slot, purchase_order, work_order, contact } => {
            let given = [purchase_order, work_order, contact].map(Clone::clone);
            authorised(connection, order, *slot, given, at, now)
        }
        EventDetails::Reject { reasons, note } => {
            let kept = reasons.iter().map(|label| by_hand(*label, at)).collect::<Vec<_>>();
            notices::rejected(connection, before, &kept, note.as_ref().map(ActReason::as_str), now)?;
            let reasons = order.reasons.iter().cloned().chain(kept).collect();
            Ok((Order { state: OrderState::Rejected, reasons, ..order }, Vec::new()))
        }
        EventDetails::Cancel { .. } => {
            Ok((Order { state: OrderState::Cancelled, ..without_slot(order) }, Vec::new()))
        }
        EventDetails::Withdraw { reason } | EventDetails::RefuseLate { reason } => {
            let open = open_slots_of(connection, before, at)?;
            let reason = reason.as_ref().map_or("", ActReason::as_str);
            notices::late_refused(connection, before, &open, reason, now)?;
            Ok((Order { state: OrderState::Submitted, ..without_slot(order) }, Vec::new()))
        }
        EventDetails::Despatch { .. } => Ok((Order { state: OrderState::Despatched, ..order }, Vec::new())),
        EventDetails::Late { arrives } => Ok((Order { late: Some(*arrives), ..order }, Vec::new())),
        EventDetails::AcceptLate => {
            let after = Order { delivery: order.late, ..order };
            if let Some(slot) = after.delivery {
                notices::late_accepted(connection, &after, slot, now)?;
            }
            Ok((after, Vec::new()))
        }
        EventDetails::Start { purchase_order } => {
            closing::started(connection, before, purchase_order.as_ref(), at)
        }
        EventDetails::Finish { guidance, redelivery } => {
            closing::finished(connection, before, (guidance, redelivery), (at, now))
        }
        EventDetails::Amend { redelivery } => closing::amended(connection, before, redelivery, at),
        EventDetails::Release => closing::released(connection, before, now),
        EventDetails::Redelivered { unloaded_by, started_at, finished_at } => {
            let unloading = Unloading::new(*unloaded_by, *started_at, *finished_at, now.0)
                .map_err(|reason| ReflashFault::Malformed { place: "finished_at", reason })?;
            closing::redelivered(connection, before, unloading, (at, now))
        }
    }
}

/// A reason that the DCC gives itself.
fn by_hand(label: ReasonLabel, at: Circumstances<'_>) -> KeptReason {
    let rule = rule_of(label);
    KeptReason {
        label,
        rule: rule.id.to_owned(),
        code: at.codes.code_of(rule).as_str().to_owned(),
        line: None,
        chf: None,
        column: None,
        reason: format!("required: {}; found otherwise by the DCC", rule.requires),
    }
}

fn authorised(
    connection: &mut Connection,
    order: Order,
    slot: Slot,
    [purchase_order, work_order, contact]: [Option<FreeText>; 3],
    at: Circumstances<'_>,
    now: Now,
) -> Result<(Order, Vec<Step>), ReflashFault> {
    let number = order.number;
    let hubs = store::reflash_hubs_of_order(connection, number)?;
    let request = order.request(&hubs);
    let facts = store::reflash_request_facts(connection, &request, Some(number))?;
    let assessment = assess(&request, &facts, at);
    let site = site_of(connection, &order)?;
    let used_as = site.site().ok_or(ReflashFault::NoOrder(number))?;
    let taken = store::reflash_taken_slots(connection, &site.id, Some(number))?;
    let load = store::reflash_site_load(connection, &site.id, Some(number))?;
    let verdict = authorise(
        AuthoriseFacts {
            slot,
            hubs: u64::try_from(hubs.len()).unwrap_or(u64::MAX),
            site: used_as,
            taken: &taken,
            load: &load,
            assessment: &assessment,
        },
        at,
    );
    if verdict.effect.is_none() {
        return Err(ReflashFault::Refused(verdict.checks));
    }
    let after = Order {
        state: OrderState::Authorised,
        deliveries: order.deliveries.saturating_add(1),
        delivery: Some(slot),
        purchase_order: purchase_order.or(order.purchase_order.clone()),
        work_order: work_order.or(order.work_order.clone()),
        contact: contact.or(order.contact.clone()),
        ..order
    };
    let hubs: Vec<OrderHub> = hubs;
    notices::authorised(connection, &after, (&site, at.settings.contact.as_str()), &hubs, now)?;
    Ok((after, verdict.checks))
}

/// The site of an order. One that was taken off the list since has no slots, so the order can be rejected only.
fn site_of(connection: &mut Connection, order: &Order) -> Result<StockLocation, ReflashFault> {
    let site = match &order.site {
        Some(site) => store::find_location(connection, site)?,
        None => None,
    };
    site.filter(|site| site.site().is_some()).ok_or_else(|| {
        let rule = crate::rules::rulebook::reflash::SITE_SERVES_REGION;
        let saw =
            format!("{} is no site that is listed", order.site.as_ref().map_or("none", |site| site.as_str()));
        ReflashFault::Refused(vec![Step { rule, holds: false, saw }])
    })
}

fn open_slots_of(
    connection: &mut Connection,
    order: &Order,
    at: Circumstances<'_>,
) -> Result<Vec<Slot>, ReflashFault> {
    let site = site_of(connection, order)?;
    let taken = store::reflash_taken_slots(connection, &site.id, Some(order.number))?;
    match site.site() {
        Some(site) => Ok(open_slots(site, &taken, at)?),
        None => Ok(Vec::new()),
    }
}
