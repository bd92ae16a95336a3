//! The batches that the units of a site have in hand.

use diesel::{dsl::count_star, prelude::*};

use super::tables::{number, reflash_hubs, reflash_orders};
use crate::{
    db::{Connection, StoreFault},
    domain::{
        LocationId,
        reflash::{OpenBatch, OrderHubState},
    },
    store::stored::Table,
};

const TABLE: Table = Table("reflash_hubs");

/// Loads the batches of a site that have hubs without an outcome, by order, batch and unit.
///
/// # Errors
/// When the database fails.
pub fn open_batches(connection: &mut Connection, site: &LocationId) -> Result<Vec<OpenBatch>, StoreFault> {
    let of_unit = (reflash_hubs::order_number, reflash_hubs::batch, reflash_hubs::unit);
    let rows = reflash_hubs::table
        .inner_join(reflash_orders::table.on(reflash_hubs::order_number.eq(reflash_orders::number)))
        .filter(reflash_orders::site.eq(site.as_str()))
        .filter(reflash_hubs::is_open)
        .filter(reflash_hubs::state.eq(OrderHubState::Accepted.as_str()))
        .filter(reflash_hubs::unit.is_not_null())
        .group_by(of_unit)
        .order(of_unit)
        .select((reflash_hubs::order_number, reflash_hubs::batch, reflash_hubs::unit, count_star()));
    let batch = |(id, batch, unit, hubs): (i64, Option<i64>, Option<String>, i64)| {
        Ok(OpenBatch {
            order: number(id, "order_number")?,
            batch: batch.and_then(|batch| u32::try_from(batch).ok()).unwrap_or_default(),
            unit: TABLE.value("unit", unit.as_deref().unwrap_or_default())?,
            hubs: u64::try_from(hubs).unwrap_or_default(),
        })
    };
    rows.load(connection)?.into_iter().map(batch).collect()
}
