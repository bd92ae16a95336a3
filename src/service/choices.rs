//! What the operator chose that bears on answers.

use crate::{
    domain::{CodeOverrides, CspRegion, Eui64, Instance, closed_set},
    rules::RuleSettings,
};

closed_set!(
    /// What Devices do where none are connected (`simulate.devices`).
    SimulatedDevices, "a simulate.devices", {
        Succeed => "succeed",
    }
);

/// What the operator chose.
#[derive(Clone, Debug)]
pub struct Choices {
    /// Whose chain its decisions belong to.
    pub instance: Instance,
    /// The DCC's EUI-64.
    pub dcc: Eui64,
    /// About the rules.
    pub rules: RuleSettings,
    /// Other codes for rules whose code is our reading.
    pub codes: CodeOverrides,
    /// CSP Regions that do not answer.
    pub csp_unavailable: Vec<CspRegion>,
    /// What Devices do at once; absent where events tell.
    pub simulated_devices: Option<SimulatedDevices>,
}

impl Choices {
    /// What is chosen where the operator says nothing.
    pub fn of(dcc: Eui64) -> Self {
        Self {
            instance: Instance::default(),
            dcc,
            rules: RuleSettings::default(),
            codes: CodeOverrides::default(),
            csp_unavailable: Vec::new(),
            simulated_devices: None,
        }
    }
}
