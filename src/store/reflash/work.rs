//! What happens to hubs at a site, as it is kept; and what a statement and a re-delivery need of their Devices.

use std::{collections::BTreeMap, num::NonZeroU32};

use diesel::{dsl::max, prelude::*};

use super::{
    hubs, orders,
    tables::{key, reflash_hubs, reflash_orders},
};
use crate::{
    db::{Connection, StoreFault},
    domain::{
        Band, Device, Eui64, FirmwareVersion, LocationId,
        reflash::{OrderHub, OrderHubState, OrderNumber, OrderState, RedeliveryAsn, UnitInUse},
    },
    store::{
        device::{self, BATCH},
        hub_stock,
        stored::Table,
    },
};

const TABLE: Table = Table("reflash_orders");

/// Writes hubs of an order as they are now. Those that are open are on no other open order.
///
/// # Errors
/// When the database fails.
pub fn save_hubs(
    connection: &mut Connection,
    order: OrderNumber,
    changed: &[OrderHub],
    is_open: impl Fn(&OrderHub) -> bool,
) -> Result<(), StoreFault> {
    let of_order = || reflash_hubs::table.filter(reflash_hubs::order_number.eq(key(order)));
    for batch in changed.chunks(BATCH) {
        let lines = batch.iter().map(|hub| i64::from(hub.line)).collect::<Vec<_>>();
        diesel::delete(of_order().filter(reflash_hubs::line.eq_any(lines))).execute(connection)?;
    }
    let (open, closed): (Vec<_>, Vec<_>) = changed.iter().cloned().partition(|hub| is_open(hub));
    hubs::insert(connection, order, &open, true)?;
    hubs::insert(connection, order, &closed, false)
}

/// The next number of an Advanced Shipment Notification, which none had before: orders are kept for ever.
///
/// # Errors
/// When the database fails.
pub fn next_asn(connection: &mut Connection) -> Result<RedeliveryAsn, StoreFault> {
    let last = reflash_orders::table.select(max(reflash_orders::asn)).first::<Option<i64>>(connection)?;
    let next = u32::try_from(last.unwrap_or_default()).ok().and_then(|last| last.checked_add(1));
    let next = next.and_then(NonZeroU32::new).map(RedeliveryAsn);
    next.ok_or_else(|| TABLE.corrupt("asn", &"there is no number behind it"))
}

/// What the SMI knows of a hub of an order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HubDetails {
    /// The band of the CHF.
    pub band: Option<Band>,
    /// The firmware of the GPF.
    pub gpf_firmware: Option<FirmwareVersion>,
}

/// Loads the details of these hubs. One that is not in the SMI any more is missing.
///
/// # Errors
/// When the database fails.
pub fn hub_details(
    connection: &mut Connection,
    chfs: &[Eui64],
) -> Result<BTreeMap<Eui64, HubDetails>, StoreFault> {
    let chfs = device::find_all(connection, chfs)?;
    let gpfs = chfs.iter().filter_map(|chf| chf.associated_gpf).collect::<Vec<_>>();
    let gpfs = device::find_all(connection, &gpfs)?;
    let gpfs = gpfs.into_iter().map(|gpf| (gpf.id, gpf)).collect::<BTreeMap<_, Device>>();
    let details = |chf: Device| {
        let gpf = chf.associated_gpf.and_then(|gpf| gpfs.get(&gpf));
        let details = HubDetails {
            band: chf.han_variant.as_ref().map(|variant| Band::of_variant(variant.as_str())),
            gpf_firmware: gpf.and_then(|gpf| gpf.details.firmware_version.clone()),
        };
        (chf.id, details)
    };
    Ok(chfs.into_iter().map(details).collect())
}

/// Loads the units of a site, by ID. One that has a hub without an outcome is busy.
///
/// # Errors
/// When the database fails.
pub fn units_in_use(connection: &mut Connection, site: &LocationId) -> Result<Vec<UnitInUse>, StoreFault> {
    let busy = reflash_hubs::table
        .filter(reflash_hubs::is_open)
        .filter(reflash_hubs::state.eq(OrderHubState::Accepted.as_str()))
        .filter(reflash_hubs::unit.is_not_null())
        .select(reflash_hubs::unit.assume_not_null())
        .distinct()
        .load::<String>(connection)?;
    let units = hub_stock::all_units(connection)?.into_iter().filter(|unit| unit.location == *site);
    let in_use = units.map(|unit| UnitInUse { is_busy: busy.iter().any(|id| id == unit.id.as_str()), unit });
    Ok(in_use.collect())
}

/// An open order of a hub, as far as an interface of the SMI asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::store) struct OpenHub {
    /// The order.
    pub(in crate::store) order: OrderNumber,
    /// Its state.
    pub(in crate::store) state: OrderState,
    /// The hub on it.
    pub(in crate::store) hub: OrderHub,
}

/// Loads the open orders of these hubs.
///
/// # Errors
/// When the database fails.
pub(in crate::store) fn open_hubs(
    connection: &mut Connection,
    chfs: &[Eui64],
) -> Result<BTreeMap<Eui64, OpenHub>, StoreFault> {
    let mut open = BTreeMap::new();
    for (chf, order) in hubs::open_orders(connection, chfs)? {
        if !open.contains_key(&chf) {
            // A batch has hubs of few orders, so each order is read once and whole.
            let Some(state) = orders::find(connection, order)?.map(|order| order.state) else { continue };
            for hub in hubs::of_order(connection, order)? {
                open.extend(hub.chf.map(|id| (id, OpenHub { order, state, hub })));
            }
        }
    }
    Ok(open)
}
