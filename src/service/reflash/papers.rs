//! What the papers of an order show: its delivery, and what was despatched.

use super::{ReflashFault, ShownOrder};
use crate::{
    domain::{
        Eui64, PartySignifier, StockLocation, Timestamp, parse_instant,
        reflash::{DeliveryNumber, OrderHub, OrderNumber, Package, Slot},
    },
    service::App,
    store,
};

/// A delivery that is agreed.
#[derive(Clone, Debug)]
pub struct AgreedDelivery {
    /// Its number.
    pub number: DeliveryNumber,
    /// When.
    pub slot: Slot,
    /// Where to.
    pub site: StockLocation,
    /// Who sends it.
    pub party: PartySignifier,
    /// Whom to ask; may be empty.
    pub contact: String,
    /// The hubs, each with what it is packed in.
    pub hubs: PackedHubs,
}

/// Hubs, each with what it is packed in.
pub type PackedHubs = Vec<(Eui64, Package)>;

impl App {
    /// The delivery of an order; none where there is no such order, or none is agreed.
    ///
    /// # Errors
    /// When the store fails.
    pub fn reflash_delivery(&self, number: OrderNumber) -> Result<Option<AgreedDelivery>, ReflashFault> {
        self.store().read(|connection| {
            let Some(order) = store::find_reflash_order(connection, number)? else { return Ok(None) };
            let Some((delivery, slot)) = order.delivery_number().zip(order.delivery) else { return Ok(None) };
            let site = match &order.site {
                Some(site) => store::find_location(connection, site)?,
                None => None,
            };
            let Some(site) = site else { return Ok(None) };
            let hubs = packed(&store::reflash_hubs_of_order(connection, number)?);
            let contact = order.contact.as_ref().map(ToString::to_string);
            let contact = contact.unwrap_or_else(|| self.choices().reflash.contact.clone());
            Ok(Some(AgreedDelivery { number: delivery, slot, site, party: order.asked.party, contact, hubs }))
        })
    }

    /// Who despatched an order, when, and the hubs; none where there is no such order, or it was not despatched.
    ///
    /// # Errors
    /// When the store fails.
    pub fn reflash_despatch(
        &self,
        number: OrderNumber,
    ) -> Result<Option<(PartySignifier, Timestamp, PackedHubs)>, ReflashFault> {
        self.store().read(|connection| {
            let Some(shown) = ShownOrder::load(connection, number)? else { return Ok(None) };
            // The last one counts: an order whose slot was void is despatched again.
            let sent = shown.acts.iter().rev().filter(|act| act.act == "Despatch");
            let sent = sent.filter_map(|act| act.detail.as_deref()?.strip_prefix("sent "));
            let Some(sent_at) = sent.filter_map(|at| parse_instant(at).ok()).next() else { return Ok(None) };
            let hubs = packed(&store::reflash_hubs_of_order(connection, number)?);
            Ok(Some((shown.listed.order.asked.party, sent_at, hubs)))
        })
    }
}

fn packed(hubs: &[OrderHub]) -> PackedHubs {
    hubs.iter().filter_map(|hub| Some((hub.chf?, hub.package.clone()))).collect()
}
