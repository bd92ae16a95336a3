//! The orders that a hub is, or was, on.

use diesel::prelude::*;

use super::tables::{number, reflash_hubs, reflash_orders};
use crate::{
    db::{Connection, StoreFault},
    domain::{Eui64, reflash::HubOrder},
    store::stored::Table,
};

const TABLE: Table = Table("reflash_hubs");

/// Loads the orders that a hub is, or was, on, the newest first.
///
/// # Errors
/// When the database fails.
pub fn orders_of_hub(
    connection: &mut Connection,
    chf: Eui64,
    limit: u16,
) -> Result<Vec<HubOrder>, StoreFault> {
    let rows = reflash_hubs::table
        .inner_join(reflash_orders::table.on(reflash_hubs::order_number.eq(reflash_orders::number)))
        .filter(reflash_hubs::chf_device_id.eq(chf.to_string()))
        .order((reflash_hubs::order_number.desc(), reflash_hubs::line.desc()))
        .limit(limit.into())
        .select((
            reflash_hubs::order_number,
            reflash_orders::state,
            reflash_hubs::state,
            reflash_hubs::target,
            reflash_hubs::is_open,
        ));
    let order = |(id, state, hub, target, is_open): (i64, String, String, Option<String>, bool)| {
        Ok(HubOrder {
            order: number(id, "order_number")?,
            state: TABLE.value("state", &state)?,
            hub: TABLE.value("state", &hub)?,
            target: TABLE.optional("target", target.as_deref())?,
            is_open,
        })
    };
    rows.load(connection)?.into_iter().map(order).collect()
}
