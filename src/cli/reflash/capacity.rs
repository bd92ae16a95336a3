//! `smi reflash capacity`: how long a volume takes at a site, and whose forecasts are old.

use std::process::ExitCode;

use anyhow::Context as _;

use crate::{
    cli::{open, say::say},
    domain::{Forecast, HubNumber, LocationId, london_date},
    rules::reflash::Capacity,
    service::{NewestForecast, SiteCapacity},
    settings::Settings,
};

pub(super) fn run(
    settings: &Settings,
    site: &LocationId,
    hubs: Option<HubNumber>,
) -> anyhow::Result<ExitCode> {
    let today = london_date(open::clock(settings).now().0);
    let load = |connection: &mut _| SiteCapacity::load(connection, site, hubs, today);
    let found = open::store_to_read(settings)?.read(load)?;
    let SiteCapacity { site, hubs, hubs_per_month, needs, forecasts } =
        found.with_context(|| format!("there is no site {site}"))?;
    match hubs_per_month.zip(needs) {
        Some((per_month, Capacity { months, in_twelve_months, shortfall })) => {
            say!("{site}: {hubs} hubs, {per_month} a month: {months} months");
            say!("12 months have room for {in_twelve_months}; shortfall {shortfall}");
        }
        None => say!("{site}: {hubs} hubs; it takes any number a month"),
    }
    for NewestForecast { forecast, is_due } in forecasts {
        let Forecast { party, location: _, period_from, hubs, given_on } = forecast;
        let due = if is_due { ", more than 6 months ago: a new one is due" } else { "" };
        say!("{party}: forecast of {hubs} hubs for six months from {period_from}, given on {given_on}{due}");
    }
    Ok(ExitCode::SUCCESS)
}
