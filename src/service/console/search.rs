//! The search of the console: what a text that somebody typed or pasted names.

use std::collections::BTreeMap;

use crate::{
    db::{Connection, StoreFault},
    domain::{Awaited, Device, Eui64, Mpxn, RequestId, User, reflash::OrderNumber},
    service::{App, Fault},
    store::{self, DecisionFilter, HistoryPlace, MAX_OF_PREMISES},
};

/// The most Devices with an MPxN, a UPRN or a postcode that are listed.
const MAX_DEVICES: u16 = 200;

/// The most awaited changes of the log of a hub that are listed.
const MAX_AWAITED: i64 = 200;

/// What a text names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// A Device that is in the inventory, was, or was asked about.
    Device(Eui64),
    /// A User, or a sender of requests.
    User(Eui64),
    /// A request that was decided.
    Request(RequestId),
    /// A re-flash order.
    Order(OrderNumber),
    /// A supply point, and nothing else.
    SupplyPoint(Mpxn),
    /// The Devices that have it, ordered by Device Type, then by ID, and whether there may be more; and the MPxN that it is too, if
    /// it is one.
    Devices(Vec<Device>, bool, Option<Mpxn>),
    /// Nothing, and what it was looked for as.
    Nothing(Vec<&'static str>),
}

/// A Device and the Devices of its premises.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeviceAtPremises {
    /// The Device; absent if it is not in the SMI, or no longer.
    pub device: Option<Device>,
    /// Those of its premises, itself among them, ordered by Device Type, then by ID.
    pub premises: Vec<Device>,
    /// Whether there may be more than these.
    pub is_cut: bool,
    /// The outcomes that are awaited about it, or of its log: of Devices that leave it, and of those that are about to join.
    pub awaited: Vec<Awaited>,
    /// The end of its time line.
    pub last_change: Option<HistoryPlace>,
}

impl App {
    /// Finds what a text names: a RequestID, the number of a re-flash order, the EUI-64 of a Device or User in any case and with or without `-`, an MPxN, a UPRN, a
    /// postcode, or a User's party signifier.
    ///
    /// # Errors
    /// When the store fails.
    pub fn search(&self, text: &str) -> Result<Found, Fault> {
        Ok(self.store().read::<_, StoreFault>(|connection| search(connection, text.trim()))?)
    }

    /// A Device and its premises, of one snapshot.
    ///
    /// # Errors
    /// When the store fails.
    pub fn device_at_premises(&self, id: Eui64) -> Result<DeviceAtPremises, Fault> {
        self.store().read(|connection| {
            let Some(device) = store::find_device(connection, id)? else {
                return Ok(DeviceAtPremises::default());
            };
            let premises = store::premises_of_device(connection, id)?;
            let is_cut = premises.len() == MAX_OF_PREMISES;
            // A Device that is about to join a hub is not at its premises yet: it is found by the hub.
            let mut awaited = store::awaited_of_chf(connection, id, MAX_AWAITED)?;
            awaited.extend(store::awaited_of_device(connection, id)?.filter(|awaited| awaited.chf != id));
            let last_change = Some(store::last_history_place(connection, id)?);
            Ok(DeviceAtPremises { device: Some(device), premises, is_cut, awaited, last_change })
        })
    }

    /// The end of the time line of a Device; none if it is not in the inventory.
    ///
    /// # Errors
    /// When the store fails.
    pub fn last_history_place(&self, id: Eui64) -> Result<Option<HistoryPlace>, Fault> {
        self.store().read(|connection| {
            let device = store::find_device(connection, id)?;
            Ok(device.map(|_| store::last_history_place(connection, id)).transpose()?)
        })
    }
}

fn search(connection: &mut Connection, text: &str) -> Result<Found, StoreFault> {
    let mut looked_for = Vec::new();
    if let Ok(id) = text.to_uppercase().parse::<RequestId>() {
        looked_for.push("a RequestID");
        if !store::keyed_decisions_of_request(connection, &id, 1)?.is_empty() {
            return Ok(Found::Request(id));
        }
    }
    if let Ok(order) = text.to_uppercase().parse::<OrderNumber>() {
        looked_for.push("the number of a re-flash order");
        if store::find_reflash_order(connection, order)?.is_some() {
            return Ok(Found::Order(order));
        }
    }
    if let Some(id) = eui_of(text) {
        looked_for.extend(["a Device ID", "a User's EUI-64"]);
        if let Some(found) = by_eui(connection, id)? {
            return Ok(found);
        }
    }
    let mut devices = BTreeMap::new();
    let mut is_cut = false;
    let mut add = |found: Vec<Device>| {
        is_cut |= found.len() == usize::from(MAX_DEVICES);
        devices.extend(found.into_iter().map(|device| ((device.device_type, device.id), device)));
    };
    // A number may be an MPxN and a UPRN.
    let mut supply_point = None;
    if let Ok(mpxn) = text.parse::<Mpxn>() {
        looked_for.push("an MPxN");
        let is_known = !store::devices_with_mpxn(connection, &mpxn, 1)?.is_empty()
            || !store::registrations_of(connection, &mpxn, 1)?.is_empty();
        supply_point = Some(mpxn).filter(|_| is_known);
    }
    if let Ok(uprn) = text.parse() {
        looked_for.push("a UPRN");
        add(store::devices_with_uprn(connection, uprn, MAX_DEVICES)?);
    }
    if let Ok(post_code) = text.parse() {
        looked_for.push("a postcode");
        add(store::devices_of_postcode(connection, &post_code, MAX_DEVICES)?);
    }
    if !devices.is_empty() {
        return Ok(Found::Devices(devices.into_values().collect(), is_cut, supply_point));
    }
    if let Some(mpxn) = supply_point {
        return Ok(Found::SupplyPoint(mpxn));
    }
    looked_for.push("a User's party signifier");
    let user = store::user_with_signifier(connection, text)?;
    Ok(user.map_or(Found::Nothing(looked_for), |User { id, .. }| Found::User(id)))
}

fn by_eui(connection: &mut Connection, id: Eui64) -> Result<Option<Found>, StoreFault> {
    let is_device = store::find_device(connection, id)?.is_some()
        || !store::device_history(connection, id, None, 1)?.changes.is_empty();
    if is_device {
        return Ok(Some(Found::Device(id)));
    }
    if store::find_user(connection, id)?.is_some() {
        return Ok(Some(Found::User(id)));
    }
    // Requests may name what the inventory never had.
    let asked_about = DecisionFilter { device: Some(id), ..DecisionFilter::default() };
    if !store::search_decisions(connection, &asked_about, None, 1)?.rows.is_empty() {
        return Ok(Some(Found::Device(id)));
    }
    let sent = DecisionFilter { user: Some(id), ..DecisionFilter::default() };
    let has_sent = !store::search_decisions(connection, &sent, None, 1)?.rows.is_empty();
    Ok(has_sent.then_some(Found::User(id)))
}

/// An EUI-64 in either case, with or without `-`.
fn eui_of(text: &str) -> Option<Eui64> {
    let text = text.to_uppercase();
    text.parse().ok().or_else(|| Eui64::from_plain_hex(&text).ok())
}
