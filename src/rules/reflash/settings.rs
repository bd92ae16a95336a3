//! The settings of the re-flash service: what the sources leave to the operator (HUBS.md 6).

use crate::domain::{
    CspRegion, Pence,
    reflash::{DayWindow, SmiUpdate},
};

/// What is credited for a hub that was accepted and could not be re-flashed (O23).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Credit {
    /// The charge, so that a failure costs nothing.
    #[default]
    Charge,
    /// This amount.
    Amount(Pence),
}

/// The operator's settings of the re-flash service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReflashSettings {
    /// Whether there is a re-flash service: MP155 was not progressed (MP155-C29).
    pub enabled: bool,
    /// How the SMI learns of the new firmware (MP155-C21).
    pub smi_update: SmiUpdate,
    /// Whether hubs that are not delivered yet may be listed (MP155-C25).
    pub supply_chain: bool,
    /// The Working Days from despatch to being back, by which reports say when hubs must leave (ours).
    pub lead_working_days: u32,
    /// Working Hours of a Working Day.
    pub working_hours: DayWindow,
    /// The windows in which sites take deliveries, each in Working Hours.
    pub windows: Vec<DayWindow>,
    /// How many Working Days ahead open slots are listed.
    pub slot_horizon: u32,
    /// The most hubs on a pallet.
    pub max_hubs_per_pallet: u32,
    /// The most hubs in a carton; absent: not checked, as no source says it.
    pub max_hubs_per_carton: Option<u32>,
    /// The CSP Regions whose hubs need a purchase order before work begins (MP155-R9).
    pub purchase_order_regions: Vec<CspRegion>,
    /// How many Working Days before the re-delivery it may be amended last; absent: no limit (MP155-C24).
    pub amend_working_days: Option<u32>,
    /// What is credited for a hub that failed.
    pub credit: Credit,
    /// Whom a Party asks about a re-flash, as authorisations and labels show it; may be empty.
    pub contact: String,
}

impl Default for ReflashSettings {
    fn default() -> Self {
        Self {
            enabled: false,
            smi_update: SmiUpdate::N3,
            supply_chain: false,
            lead_working_days: 20,
            working_hours: DayWindow::between((9, 0), (17, 0)),
            windows: vec![DayWindow::between((9, 0), (12, 0)), DayWindow::between((13, 0), (17, 0))],
            slot_horizon: 20,
            max_hubs_per_pallet: 896,
            max_hubs_per_carton: None,
            purchase_order_regions: vec![
                CspRegion::Central,
                CspRegion::South,
                CspRegion::Central4G,
                CspRegion::South4G,
            ],
            amend_working_days: None,
            credit: Credit::Charge,
            contact: String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// HUBS.md 6; MP155-C21, C24, C25, C29.
    #[test]
    fn the_defaults_are_the_decided_ones() {
        let settings = ReflashSettings::default();
        assert!(!settings.enabled && !settings.supply_chain && settings.smi_update == SmiUpdate::N3);
        let windows = settings.windows.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(
            (settings.working_hours.to_string().as_str(), windows.join(" ").as_str()),
            ("09:00-17:00", "09:00-12:00 13:00-17:00")
        );
        assert!(settings.windows.iter().all(|window| window.lies_in(settings.working_hours)));
        assert_eq!((settings.slot_horizon, settings.max_hubs_per_pallet), (20, 896));
        assert_eq!(settings.lead_working_days, 20);
        assert_eq!((settings.max_hubs_per_carton, settings.amend_working_days), (None, None));
    }
}
