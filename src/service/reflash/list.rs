//! Orders as they are listed and shown.

use super::ReflashFault;
use crate::{
    db::{Connection, StoreFault},
    domain::{
        Act, ActArea, LocationId,
        reflash::{
            KeptReason, Order, OrderAsked, OrderEvent, OrderHub, OrderHubState, OrderNumber, OrderState,
            ReflashRequest, Slot,
        },
    },
    rules::reflash::{allowed, open_slots},
    service::App,
    store::{self, ActFilter, HubStates, ListOrder, OrderFilter, PageRequest, Paged},
};

/// How many reasons and acts an order is shown with; all reasons stand with its hubs.
const SHOWN: u16 = 1_000;

/// An order in a list.
#[derive(Clone, Debug)]
pub struct ListedOrder {
    /// The order.
    pub order: Order,
    /// Its hubs by state.
    pub hubs: HubStates,
}

/// An order with what happened to it.
#[derive(Clone, Debug)]
pub struct ShownOrder {
    /// The order with its hubs by state.
    pub listed: ListedOrder,
    /// The events that are allowed now.
    pub allowed: Vec<OrderEvent>,
    /// The first reasons: those of the request as a whole, then line by line.
    pub reasons: Vec<KeptReason>,
    /// How many there are.
    pub reasons_total: usize,
    /// Every line of the request with a reason.
    pub faulty_lines: Vec<u32>,
    /// What happened, oldest first.
    pub acts: Vec<Act>,
}

impl ShownOrder {
    /// An order that was only looked at, with its hubs: nothing is allowed, and nothing happened.
    pub(super) fn of_trial(order: Order, hubs: &[OrderHub]) -> Self {
        let mut states = HubStates::new();
        for hub in hubs {
            *states.entry(hub.state).or_default() += 1;
        }
        let faulty = hubs.iter().filter(|hub| !hub.reasons.is_empty());
        let faulty = faulty.map(|hub| (hub.line, hub.reasons.clone())).collect();
        Self::new(ListedOrder { order, hubs: states }, faulty, Vec::new(), Vec::new())
    }

    /// An order with the reasons against its lines, what is allowed, and its acts.
    fn new(
        listed: ListedOrder,
        faulty: Vec<(u32, Vec<KeptReason>)>,
        allowed: Vec<OrderEvent>,
        acts: Vec<Act>,
    ) -> Self {
        let faulty_lines = faulty.iter().map(|(line, _)| *line).collect();
        let of_lines = faulty.into_iter().flat_map(|(_, reasons)| reasons);
        let mut reasons = listed.order.reasons.iter().cloned().chain(of_lines).collect::<Vec<_>>();
        let reasons_total = reasons.len();
        reasons.truncate(SHOWN.into());
        Self { listed, allowed, reasons, reasons_total, faulty_lines, acts }
    }

    /// The order as the answer to its request showed it: the very same was asked again. One that was Rejected then is so for ever; one
    /// that was Submitted had no reason, no delivery, and every hub listed.
    pub(super) fn into_first_answer(mut self, request: &ReflashRequest) -> Self {
        self.acts.truncate(1);
        let first_state = self.acts.first().and_then(|act| act.to.as_deref()?.parse::<OrderState>().ok());
        if first_state != Some(OrderState::Submitted) {
            return self;
        }
        let Self { listed: ListedOrder { order, hubs }, acts, .. } = self;
        let lines = hubs.values().sum();
        let asked = OrderAsked {
            location: request.location.clone(),
            redeliver_on: request.redeliver_on,
            window: request.window,
            ..order.asked
        };
        let order = Order::asked_for(order.number, asked, order.site, OrderState::Submitted);
        let listed = ListedOrder { order, hubs: HubStates::from([(OrderHubState::Listed, lines)]) };
        let allowed = allowed(OrderState::Submitted, false);
        Self { listed, allowed, reasons: Vec::new(), reasons_total: 0, faulty_lines: Vec::new(), acts }
    }

    /// Loads an order; none where there is none of that number.
    ///
    /// # Errors
    /// When the database fails.
    pub fn load(connection: &mut Connection, number: OrderNumber) -> Result<Option<Self>, StoreFault> {
        let Some(order) = store::find_reflash_order(connection, number)? else { return Ok(None) };
        // Not the hubs themselves: there may be thousands, and most have no reason against them.
        let hubs = store::reflash_hub_states(connection, &[number])?.remove(&number).unwrap_or_default();
        let faulty = store::reflash_reasons_of_lines(connection, number)?;
        let filter = ActFilter { area: Some(ActArea::Reflash), about: Some(number.to_string()) };
        let acts = store::acts_page(connection, &filter, ListOrder::OldestFirst, PageRequest::first(SHOWN))?;
        let acts = acts.rows.into_iter().map(|keyed| keyed.act).collect();
        let allowed = allowed(order.state, order.late.is_some());
        Ok(Some(Self::new(ListedOrder { order, hubs }, faulty, allowed, acts)))
    }
}

impl ListedOrder {
    /// Loads a page of the orders that fit.
    ///
    /// # Errors
    /// When the database fails.
    pub fn page(
        connection: &mut Connection,
        filter: &OrderFilter,
        order: ListOrder,
        page: PageRequest,
    ) -> Result<Paged<Self>, StoreFault> {
        let Paged { rows, next } = store::reflash_orders_page(connection, filter, order, page)?;
        let numbers = rows.iter().map(|order| order.number).collect::<Vec<_>>();
        let mut states = store::reflash_hub_states(connection, &numbers)?;
        let listed = |order: Order| {
            let hubs = states.remove(&order.number).unwrap_or_default();
            Self { order, hubs }
        };
        Ok(Paged { rows: rows.into_iter().map(listed).collect(), next })
    }
}

impl App {
    /// A page of the orders that fit.
    ///
    /// # Errors
    /// When the store fails.
    pub fn reflash_orders(
        &self,
        filter: &OrderFilter,
        order: ListOrder,
        page: PageRequest,
    ) -> Result<Paged<ListedOrder>, ReflashFault> {
        self.store().read(|connection| Ok(ListedOrder::page(connection, filter, order, page)?))
    }

    /// An order; none where there is none of that number.
    ///
    /// # Errors
    /// When the store fails.
    pub fn reflash_order(&self, number: OrderNumber) -> Result<Option<ShownOrder>, ReflashFault> {
        self.store().read(|connection| Ok(ShownOrder::load(connection, number)?))
    }

    /// A page of the hubs of an order, by their lines; only those without a reason against them where `good`. None where there is no such
    /// order.
    ///
    /// # Errors
    /// When the store fails.
    pub fn reflash_hubs(
        &self,
        number: OrderNumber,
        good: bool,
        page: PageRequest,
    ) -> Result<Option<Paged<OrderHub>>, ReflashFault> {
        self.store().read(|connection| {
            let order = store::find_reflash_order(connection, number)?;
            Ok(order.map(|_| store::reflash_hubs_page(connection, number, good, page)).transpose()?)
        })
    }

    /// All hubs of an order, by their lines; none where there is no such order.
    ///
    /// # Errors
    /// When the store fails.
    pub fn all_reflash_hubs(&self, number: OrderNumber) -> Result<Option<Vec<OrderHub>>, ReflashFault> {
        self.store().read(|connection| {
            let order = store::find_reflash_order(connection, number)?;
            Ok(order.map(|_| store::reflash_hubs_of_order(connection, number)).transpose()?)
        })
    }

    /// The open slots of a site for the next Working Days, tomorrow first; none where there is no such site.
    ///
    /// # Errors
    /// When the store fails, or the calendar does not reach so far.
    pub fn reflash_slots(&self, site: &LocationId) -> Result<Option<Vec<Slot>>, ReflashFault> {
        let calendar = self.calendar();
        self.store().read(|connection| {
            let found = store::find_location(connection, site)?;
            let Some(found) = found.as_ref().and_then(|location| location.site()) else { return Ok(None) };
            let taken = store::reflash_taken_slots(connection, site, None)?;
            Ok(Some(open_slots(found, &taken, self.circumstances(&calendar))?))
        })
    }
}
