//! `[reflash]`: the re-flash service (HUBS.md 6).

use std::fmt;

use super::{fault::SettingsFault, raw::RawReflash};
use crate::{
    domain::{CspRegion, reflash::DayWindow},
    rules::reflash::{Credit, ReflashSettings},
};

/// The most Working Days ahead that slots are listed for: a year of them.
const MAX_HORIZON: u32 = 260;
/// The most Working Days from despatch to being back, likewise.
const MAX_LEAD: u32 = 260;
/// The most characters of the contact.
const MAX_CONTACT: usize = 250;

/// Checks the section, and fills in the defaults.
pub(super) fn read(raw: RawReflash) -> Result<ReflashSettings, SettingsFault> {
    let unset = ReflashSettings::default();
    let settings = ReflashSettings {
        enabled: raw.enabled.unwrap_or(unset.enabled),
        smi_update: raw.smi_update.unwrap_or(unset.smi_update),
        supply_chain: raw.supply_chain.unwrap_or(unset.supply_chain),
        lead_working_days: raw.lead_working_days.unwrap_or(unset.lead_working_days),
        working_hours: raw.working_hours.unwrap_or(unset.working_hours),
        windows: raw.windows.unwrap_or(unset.windows),
        slot_horizon: raw.slot_horizon.unwrap_or(unset.slot_horizon),
        max_hubs_per_pallet: raw.max_hubs_per_pallet.map_or(unset.max_hubs_per_pallet, Into::into),
        max_hubs_per_carton: raw.max_hubs_per_carton.map(Into::into),
        purchase_order_regions: raw.purchase_order_regions.unwrap_or(unset.purchase_order_regions),
        amend_working_days: raw.amend_working_days,
        credit: raw.credit.unwrap_or(unset.credit),
        contact: raw.contact.unwrap_or(unset.contact),
    };
    let unusable = |reason: String| Err(SettingsFault::Unusable(format!("reflash.{reason}")));
    let hours = settings.working_hours;
    if let Some(outside) = settings.windows.iter().find(|window| !window.lies_in(hours)) {
        return unusable(format!("windows: {outside} is not in working_hours, {hours}"));
    }
    if settings.windows.is_empty() {
        return unusable("windows: one at least is wanted".to_owned());
    }
    if !(1..=MAX_HORIZON).contains(&settings.slot_horizon) {
        return unusable(format!("slot_horizon: 1 to {MAX_HORIZON} Working Days are wanted"));
    }
    if settings.lead_working_days > MAX_LEAD {
        return unusable(format!("lead_working_days: 0 to {MAX_LEAD} Working Days are wanted"));
    }
    let contact = &settings.contact;
    if contact.chars().count() > MAX_CONTACT || contact.contains(char::is_control) {
        return unusable(format!("contact: at most {MAX_CONTACT} characters of one line are wanted"));
    }
    Ok(settings)
}

/// Writes the section in the form of the settings file.
pub(super) fn write(f: &mut fmt::Formatter<'_>, settings: &ReflashSettings) -> fmt::Result {
    let text = |text: &str| toml::Value::from(text).to_string();
    let list = |items: Vec<String>| {
        format!("[{}]", items.iter().map(|item| text(item)).collect::<Vec<_>>().join(", "))
    };
    writeln!(f, "\n[reflash]\nenabled = {}", settings.enabled)?;
    writeln!(f, "smi_update = {}", text(settings.smi_update.as_str()))?;
    writeln!(f, "supply_chain = {}", settings.supply_chain)?;
    writeln!(f, "lead_working_days = {}", settings.lead_working_days)?;
    writeln!(f, "working_hours = {}", text(&settings.working_hours.to_string()))?;
    writeln!(f, "windows = {}", list(settings.windows.iter().map(DayWindow::to_string).collect()))?;
    writeln!(f, "slot_horizon = {}", settings.slot_horizon)?;
    writeln!(f, "max_hubs_per_pallet = {}", settings.max_hubs_per_pallet)?;
    if let Some(limit) = settings.max_hubs_per_carton {
        writeln!(f, "max_hubs_per_carton = {limit}")?;
    }
    let regions = settings.purchase_order_regions.iter().map(CspRegion::to_string).collect();
    writeln!(f, "purchase_order_regions = {}", list(regions))?;
    if let Some(days) = settings.amend_working_days {
        writeln!(f, "amend_working_days = {days}")?;
    }
    match settings.credit {
        Credit::Charge => writeln!(f, "credit = \"charge\"")?,
        Credit::Amount(pence) => writeln!(f, "credit = {}", pence.get())?,
    }
    writeln!(f, "contact = {}", text(&settings.contact))
}
