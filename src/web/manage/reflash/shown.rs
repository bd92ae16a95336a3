//! Orders as JSON.

use serde::{Deserialize, Serialize};

use crate::{
    domain::reflash::{Finding, KeptReason, Order, OrderHubState, Slot},
    service::{ListedOrder, ShownOrder},
    store::{HubStates, Paged},
    web::history_act::HistoryAct,
};

/// A page of orders.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ListedOrders {
    /// The orders, oldest first, without reasons and acts.
    pub orders: Vec<OrderSummary>,
    /// What `after` of the next page says; null on the last one.
    pub next: Option<String>,
}

/// An order in a list.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct OrderSummary {
    /// Its number; null where a request was only looked at.
    pub order: Option<String>,
    /// Its state.
    pub state: String,
    /// The Party.
    pub party: String,
    /// The User that asked for it.
    pub user: String,
    /// The order that it amends.
    pub amends: Option<String>,
    /// The Party's own reference.
    pub reference: Option<String>,
    /// The site.
    pub site: Option<String>,
    /// Its hubs by state.
    pub hubs: HubStateCounts,
    /// Its delivery, where one is agreed.
    pub delivery: Option<ShownDelivery>,
    /// The delivery back.
    pub redelivery: ShownRedelivery,
}

/// An order with what happened to it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct OrderBody {
    /// The order.
    #[serde(flatten)]
    pub summary: OrderSummary,
    /// The events that are allowed now.
    pub allowed: Vec<String>,
    /// What was noted.
    pub findings: Vec<ShownFinding>,
    /// What happened, oldest first.
    pub acts: Vec<HistoryAct>,
    /// How many reasons there are.
    pub reasons_total: usize,
    /// The first thousand.
    pub reasons: Vec<ShownReason>,
    /// Every line of the request with a reason.
    pub faulty_lines: Vec<u32>,
}

/// The open slots of a site.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct OpenSlots {
    /// The site.
    pub site: String,
    /// The slots, tomorrow first.
    pub slots: Vec<ShownSlot>,
}

/// Hubs by their state on the order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HubStateCounts {
    /// Not received yet.
    pub listed: u64,
    /// Received and accepted, without outcome.
    pub accepted: u64,
    /// Received and not accepted.
    pub not_accepted: u64,
    /// Not received.
    pub missing: u64,
    /// With new firmware.
    pub reflashed: u64,
    /// Scrapped.
    pub failed: u64,
}

impl From<&HubStates> for HubStateCounts {
    fn from(states: &HubStates) -> Self {
        let count = |state| states.get(&state).copied().unwrap_or_default();
        Self {
            listed: count(OrderHubState::Listed),
            accepted: count(OrderHubState::Accepted),
            not_accepted: count(OrderHubState::NotAccepted),
            missing: count(OrderHubState::Missing),
            reflashed: count(OrderHubState::Reflashed),
            failed: count(OrderHubState::Failed),
        }
    }
}

/// A delivery.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ShownDelivery {
    /// Its number.
    pub number: Option<String>,
    /// The London day.
    pub on: String,
    /// Its window.
    pub window: String,
    /// When it is to arrive instead, where that waits for an answer.
    pub late: Option<ShownSlot>,
}

/// A window of a London day.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ShownSlot {
    /// The day.
    pub on: String,
    /// The window.
    pub window: String,
}

impl From<Slot> for ShownSlot {
    fn from(slot: Slot) -> Self {
        Self { on: slot.on.to_string(), window: slot.window.to_string() }
    }
}

/// A delivery back.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ShownRedelivery {
    /// Where to.
    pub location: Option<String>,
    /// The London day.
    pub on: Option<String>,
    /// Its window.
    pub window: Option<String>,
    /// The number of its Advanced Shipment Notification.
    pub asn: Option<String>,
}

/// What was noted.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ShownFinding {
    /// What it is.
    pub finding: String,
    /// What was seen.
    pub saw: String,
}

impl From<&Finding> for ShownFinding {
    fn from(finding: &Finding) -> Self {
        Self { finding: finding.kind.to_string(), saw: finding.saw.clone() }
    }
}

/// A reason.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ShownReason {
    /// Its label.
    pub label: String,
    /// The rule.
    pub rule: String,
    /// The code of the rule.
    pub code: String,
    /// The line of the file; null for the request as a whole.
    pub line: Option<u32>,
    /// The CHF.
    pub chf_device_id: Option<String>,
    /// The column or the parameter, where one value is meant.
    pub column: Option<String>,
    /// What was required, and what was found.
    pub reason: String,
}

impl From<&KeptReason> for ShownReason {
    fn from(kept: &KeptReason) -> Self {
        let KeptReason { label, rule, code, line, chf, column, reason } = kept.clone();
        let chf_device_id = chf.map(|chf| chf.to_string());
        Self { label: label.to_string(), rule, code, line, chf_device_id, column, reason }
    }
}

impl From<&ListedOrder> for OrderSummary {
    fn from(ListedOrder { order, hubs }: &ListedOrder) -> Self {
        Self {
            order: Some(order.number.to_string()),
            state: order.state.to_string(),
            party: order.asked.party.to_string(),
            user: order.asked.user.to_string(),
            amends: order.asked.amends.map(|amends| amends.to_string()),
            reference: order.asked.reference.as_ref().map(ToString::to_string),
            site: order.site.as_ref().map(ToString::to_string),
            hubs: hubs.into(),
            delivery: order.delivery.map(|slot| delivery(order, slot)),
            redelivery: ShownRedelivery {
                location: order.asked.location.as_ref().map(ToString::to_string),
                on: order.asked.redeliver_on.map(|day| day.to_string()),
                window: order.asked.window.map(|window| window.to_string()),
                asn: order.asn.map(|asn| asn.to_string()),
            },
        }
    }
}

fn delivery(order: &Order, slot: Slot) -> ShownDelivery {
    let ShownSlot { on, window } = slot.into();
    let number = order.delivery_number().map(|number| number.to_string());
    ShownDelivery { number, on, window, late: order.late.map(ShownSlot::from) }
}

impl From<&ShownOrder> for OrderBody {
    fn from(shown: &ShownOrder) -> Self {
        Self {
            summary: (&shown.listed).into(),
            allowed: shown.allowed.iter().map(ToString::to_string).collect(),
            findings: shown.listed.order.findings.iter().map(ShownFinding::from).collect(),
            acts: shown.acts.iter().cloned().map(HistoryAct::from).collect(),
            reasons_total: shown.reasons_total,
            reasons: shown.reasons.iter().map(ShownReason::from).collect(),
            faulty_lines: shown.faulty_lines.clone(),
        }
    }
}

impl From<Paged<ListedOrder>> for ListedOrders {
    fn from(Paged { rows, next }: Paged<ListedOrder>) -> Self {
        let orders = rows.iter().map(OrderSummary::from).collect();
        Self { orders, next: next.map(|number| number.to_string()) }
    }
}
