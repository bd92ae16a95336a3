//! What a site has to do: its deliveries by slot, and its hubs by month and at once (RF/p, RF/q).

use diesel::{dsl::count_star, prelude::*};

use super::{
    orders::slot,
    tables::{key, reflash_hubs, reflash_orders},
};
use crate::{
    db::{Connection, StoreFault},
    domain::{
        LocationId, LondonMonth,
        reflash::{OrderHubState, OrderNumber, OrderState},
    },
    rules::reflash::{SiteLoad, TakenSlots},
    store::stored::Table,
};

const TABLE: Table = Table("reflash_orders");

/// The states of orders whose hubs count for a month: those that have, or had, a delivery.
fn counted() -> Vec<&'static str> {
    let is_counted = |state: &OrderState| match state {
        OrderState::Rejected | OrderState::Refused | OrderState::Cancelled | OrderState::Submitted => false,
        OrderState::Authorised
        | OrderState::Despatched
        | OrderState::Received
        | OrderState::InWork
        | OrderState::Done
        | OrderState::Released
        | OrderState::Closed => true,
    };
    OrderState::ALL.iter().filter(|state| is_counted(state)).map(|state| state.as_str()).collect()
}

/// The deliveries of a site in each slot from a day on, without that of an order.
///
/// # Errors
/// When the database fails.
pub fn taken_slots(
    connection: &mut Connection,
    site: &LocationId,
    without: Option<OrderNumber>,
) -> Result<TakenSlots, StoreFault> {
    let rows = reflash_orders::table
        .filter(reflash_orders::site.eq(site.as_str()))
        .filter(reflash_orders::number.ne(without.map_or(0, key)))
        .filter(reflash_orders::state.eq_any(counted()))
        .filter(reflash_orders::deliver_on.is_not_null())
        .group_by((reflash_orders::deliver_on, reflash_orders::deliver_window))
        .select((reflash_orders::deliver_on, reflash_orders::deliver_window, count_star()));
    let mut taken = TakenSlots::new();
    for (on, window, deliveries) in rows.load::<(Option<String>, Option<String>, i64)>(connection)? {
        if let Some(slot) = slot(on.as_deref(), window.as_deref())? {
            taken.insert(slot, u32::try_from(deliveries).unwrap_or(u32::MAX));
        }
    }
    Ok(taken)
}

/// The hubs of a site's orders, without one of them: those that are accepted, before receipt those that are listed.
///
/// # Errors
/// When the database fails.
pub fn site_load(
    connection: &mut Connection,
    site: &LocationId,
    without: Option<OrderNumber>,
) -> Result<SiteLoad, StoreFault> {
    let on_the_order = OrderHubState::ALL.iter().filter(|state| state.is_on_the_order());
    let rows = reflash_orders::table
        .inner_join(reflash_hubs::table.on(reflash_hubs::order_number.eq(reflash_orders::number)))
        .filter(reflash_orders::site.eq(site.as_str()))
        .filter(reflash_orders::number.ne(without.map_or(0, key)))
        .filter(reflash_orders::state.eq_any(counted()))
        .filter(reflash_hubs::state.eq_any(on_the_order.map(|state| state.as_str()).collect::<Vec<_>>()))
        .group_by((reflash_orders::deliver_on, reflash_orders::state))
        .select((reflash_orders::deliver_on, reflash_orders::state, count_star()));
    let mut load = SiteLoad::default();
    for (on, state, hubs) in rows.load::<(Option<String>, String, i64)>(connection)? {
        let hubs = u64::try_from(hubs).unwrap_or_default();
        if let Some(on) = TABLE.date("deliver_on", on.as_deref())? {
            *load.by_month.entry(LondonMonth::of_day(on)).or_default() += hubs;
        }
        if TABLE.value::<OrderState>("state", &state)?.takes_room() {
            load.at_once += hubs;
        }
    }
    Ok(load)
}
