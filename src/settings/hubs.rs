//! `[hubs]`: what reports of hub stock go by.

use std::fmt;

use super::{fault::SettingsFault, raw::RawHubs};
use crate::{domain::Pence, service::hubs::HubChoices};

/// Fills in the defaults, and checks the rest.
pub(super) fn read(raw: RawHubs) -> Result<HubChoices, SettingsFault> {
    let RawHubs { unit_cost_pence, risk_days, review_months } = raw;
    let default = HubChoices::default();
    let within = |key: &str, value: u32, (first, last): (u32, u32)| {
        if (first..=last).contains(&value) {
            return Ok(value);
        }
        Err(SettingsFault::Unusable(format!("hubs.{key}: `{value}` is not from {first} to {last}")))
    };
    let unit_cost =
        unit_cost_pence.map(|pence| within("unit_cost_pence", pence, (0, 1_000_000))).transpose()?;
    let risk_days = risk_days.map(|days| within("risk_days", days, (0, 3_650))).transpose()?;
    let months = review_months.map(|months| within("review_months", months.into(), (1, 120))).transpose()?;
    Ok(HubChoices {
        unit_cost: unit_cost.map_or(default.unit_cost, |pence| Pence::new(pence.into())),
        risk_days: risk_days.unwrap_or(default.risk_days),
        review_months: months.and(review_months).unwrap_or(default.review_months),
    })
}

/// Writes it in the form of the settings file.
pub(super) fn write(f: &mut fmt::Formatter<'_>, hubs: HubChoices) -> fmt::Result {
    let HubChoices { unit_cost, risk_days, review_months } = hubs;
    writeln!(f, "\n[hubs]\nunit_cost_pence = {}", unit_cost.get())?;
    writeln!(f, "risk_days = {risk_days}\nreview_months = {review_months}")
}
