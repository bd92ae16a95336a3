//! The statement of an order: charges and credits of the hubs that were accepted (MP155-R19, R31).

use super::{ReflashFault, ShownOrder};
use crate::{
    db::Connection,
    domain::{
        Act, Charges, Timestamp, london_date,
        reflash::{Order, OrderHub, OrderNumber},
    },
    rules::reflash::{Circumstances, Statement, elapsed_working_days, statement},
    service::App,
    store,
};

/// The statement of an order, with when it was received and how long it took.
#[derive(Clone, Debug)]
pub struct OrderStatement {
    /// The order.
    pub order: Order,
    /// When it was received.
    pub received_at: Timestamp,
    /// Working Days from receipt to release; none before that.
    pub working_days: Option<u32>,
    /// Charges and credits.
    pub statement: Statement,
}

impl App {
    /// The statement of an order as it stands; none where there is no such order, or it was not received.
    ///
    /// # Errors
    /// When the store fails, or the calendar does not reach so far.
    pub fn reflash_statement(&self, number: OrderNumber) -> Result<Option<OrderStatement>, ReflashFault> {
        let calendar = self.calendar();
        self.store().read(|connection| {
            let at = self.circumstances(&calendar);
            let Some(shown) = ShownOrder::load(connection, number)? else { return Ok(None) };
            let order = shown.listed.order;
            let Some(received_at) = order.received_at else { return Ok(None) };
            let hubs = store::reflash_hubs_of_order(connection, number)?;
            let Some(statement) = statement_of(connection, &order, &hubs, at)? else { return Ok(None) };
            let released = released_at(&shown.acts);
            let days = released.map(|released| elapsed_working_days(received_at, released, at.calendar));
            Ok(Some(OrderStatement { order, received_at, working_days: days.transpose()?, statement }))
        })
    }
}

/// The statement of an order that was received; none of another.
pub(super) fn statement_of(
    connection: &mut Connection,
    order: &Order,
    hubs: &[OrderHub],
    at: Circumstances<'_>,
) -> Result<Option<Statement>, ReflashFault> {
    let Some(received_at) = order.received_at else { return Ok(None) };
    let charges = store::hub_charges(connection)?.into_iter().collect::<Charges>();
    let chfs = hubs.iter().filter_map(|hub| hub.chf).collect::<Vec<_>>();
    let details = store::reflash_hub_details(connection, &chfs)?;
    let band = |hub: &OrderHub| hub.chf.and_then(|chf| details.get(&chf)).and_then(|hub| hub.band.as_ref());
    let of_hubs = hubs.iter().map(|hub| (band(hub), hub.state)).collect::<Vec<_>>();
    Ok(Some(statement(of_hubs, london_date(received_at), &charges, at.settings.credit)))
}

/// When an order was released, as its acts have it.
fn released_at(acts: &[Act]) -> Option<Timestamp> {
    acts.iter().rev().find(|act| act.act == "Release").map(|act| act.at)
}
