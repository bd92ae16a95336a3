//! How long a volume takes at a site, and what Parties forecast for it (HUBS.md 6; MP155-C23, D-001).

use super::ReflashFault;
use crate::{
    db::{Connection, StoreFault},
    domain::{Date, Forecast, HubNumber, LocationId},
    rules::reflash::{Capacity, capacity, is_forecast_due, newest_forecasts},
    service::App,
    store,
};

/// What a site needs for a volume.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteCapacity {
    /// The site.
    pub site: LocationId,
    /// The volume: as it was asked, else the sum of the forecasts.
    pub hubs: u64,
    /// How many hubs it takes a month; absent: no limit.
    pub hubs_per_month: Option<u32>,
    /// What the volume needs; absent where there is no limit.
    pub needs: Option<Capacity>,
    /// The newest forecast of each Party.
    pub forecasts: Vec<NewestForecast>,
}

/// The newest forecast of a Party.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewestForecast {
    /// The forecast.
    pub forecast: Forecast,
    /// Whether it was given more than six months ago.
    pub is_due: bool,
}

impl SiteCapacity {
    /// What a site needs for so many hubs, or for what is forecast; none where there is no such site.
    ///
    /// # Errors
    /// When the database fails.
    pub fn load(
        connection: &mut Connection,
        site: &LocationId,
        hubs: Option<HubNumber>,
        today: Date,
    ) -> Result<Option<Self>, StoreFault> {
        let location = store::find_location(connection, site)?;
        let Some(used_as) = location.as_ref().and_then(|location| location.site()) else { return Ok(None) };
        let hubs_per_month = used_as.hubs_per_month.map(|limit| limit.get());
        let newest = newest_forecasts(store::site_forecasts(connection, site)?);
        let forecast = newest.iter().map(|forecast| u64::from(forecast.hubs.get())).sum();
        let hubs = hubs.map_or(forecast, |hubs| hubs.get().into());
        let with_age = |forecast: Forecast| {
            let is_due = is_forecast_due(forecast.given_on, today);
            NewestForecast { forecast, is_due }
        };
        Ok(Some(Self {
            site: site.clone(),
            hubs,
            hubs_per_month,
            needs: capacity(hubs, hubs_per_month),
            forecasts: newest.into_iter().map(with_age).collect(),
        }))
    }
}

impl App {
    /// What a site needs for so many hubs, or for what is forecast; none where there is no such site.
    ///
    /// # Errors
    /// When the store fails.
    pub fn reflash_capacity(
        &self,
        site: &LocationId,
        hubs: Option<HubNumber>,
    ) -> Result<Option<SiteCapacity>, ReflashFault> {
        let today = self.london_today();
        self.store().read(|connection| Ok(SiteCapacity::load(connection, site, hubs, today)?))
    }
}
