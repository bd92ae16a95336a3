//! What a re-flash site has to do: arrivals, room, units and batches (HUBS.md 1).

use super::{ListedOrder, ReflashFault};
use crate::{
    db::{Connection, StoreFault},
    domain::{
        Date, LocationId, LondonMonth, StockLocation,
        reflash::{OpenBatch, OrderState, Slot, UnitInUse},
    },
    rules::reflash::{SiteLoad, open_slots},
    service::{App, Fault},
    store::{self, ListOrder, OrderFilter, PageRequest},
};

/// The most orders of a state that are shown.
const SHOWN: u16 = 500;

/// A site, and the hubs on its orders.
#[derive(Clone, Debug)]
pub struct SiteUse {
    /// The site.
    pub location: StockLocation,
    /// Its hubs, by month and at once.
    pub load: SiteLoad,
}

/// A site with all that it has to do.
#[derive(Clone, Debug)]
pub struct SiteOverview {
    /// The site.
    pub site: SiteUse,
    /// Today in London.
    pub today: Date,
    /// The orders that it waits for, by their slots.
    pub arrivals: Vec<ListedOrder>,
    /// The orders whose hubs are there, by their numbers.
    pub there: Vec<ListedOrder>,
    /// The slots with an open place.
    pub open: Vec<Slot>,
    /// Its units, by ID.
    pub units: Vec<UnitInUse>,
    /// What its units have in hand.
    pub batches: Vec<OpenBatch>,
}

impl SiteUse {
    /// The hubs of a month.
    pub fn in_month(&self, month: LondonMonth) -> u64 {
        self.load.by_month.get(&month).copied().unwrap_or_default()
    }

    fn load(connection: &mut Connection, location: StockLocation) -> Result<Self, StoreFault> {
        let load = store::reflash_site_load(connection, &location.id, None)?;
        Ok(Self { location, load })
    }
}

impl App {
    /// The places that orders name: those of Parties, and the sites, by ID.
    ///
    /// # Errors
    /// When the store fails.
    pub fn reflash_places(&self) -> Result<Vec<StockLocation>, Fault> {
        self.store().read(|connection| Ok(store::stock_locations(connection)?))
    }

    /// The re-flash sites, by ID.
    ///
    /// # Errors
    /// When the store fails.
    pub fn reflash_sites(&self) -> Result<Vec<SiteUse>, ReflashFault> {
        self.store().read(|connection| {
            let locations = store::stock_locations(connection)?.into_iter();
            let sites = locations.filter(|location| location.site().is_some());
            let sites = sites.map(|location| SiteUse::load(connection, location));
            Ok(sites.collect::<Result<_, StoreFault>>()?)
        })
    }

    /// A re-flash site; none where there is none of that ID.
    ///
    /// # Errors
    /// When the store fails, or the calendar does not reach as far as its slots.
    pub fn reflash_site(&self, id: &LocationId) -> Result<Option<SiteOverview>, ReflashFault> {
        let calendar = self.calendar();
        self.store().read(|connection| {
            let at = self.circumstances(&calendar);
            let found = store::find_location(connection, id)?;
            let Some(location) = found else { return Ok(None) };
            let Some(used_as) = location.site().cloned() else { return Ok(None) };
            let mut in_states = |states: &[OrderState]| orders(connection, id, states);
            let mut arrivals = in_states(&[OrderState::Authorised, OrderState::Despatched])?;
            arrivals.sort_by_key(|listed| (listed.order.delivery, listed.order.number));
            let there = in_states(&[OrderState::Received, OrderState::InWork, OrderState::Done])?;
            let taken = store::reflash_taken_slots(connection, id, None)?;
            Ok(Some(SiteOverview {
                today: at.today,
                arrivals,
                there,
                open: open_slots(&used_as, &taken, at)?,
                units: store::reflash_units_in_use(connection, id)?,
                batches: store::open_reflash_batches(connection, id)?,
                site: SiteUse::load(connection, location)?,
            }))
        })
    }
}

/// The orders of a site in these states, by their numbers.
fn orders(
    connection: &mut Connection,
    site: &LocationId,
    states: &[OrderState],
) -> Result<Vec<ListedOrder>, StoreFault> {
    let mut found = Vec::new();
    for state in states {
        let filter = OrderFilter { state: Some(*state), party: None, site: Some(site.clone()) };
        let page = ListedOrder::page(connection, &filter, ListOrder::OldestFirst, PageRequest::first(SHOWN))?;
        found.extend(page.rows);
    }
    found.sort_by_key(|listed| listed.order.number);
    Ok(found)
}
