//! The operator's choices: the settings that decide how requests are answered.

use std::num::NonZeroUsize;

use super::{
    console::ConsoleUser, felt_maintenance::FeltMaintenance, forward::ForwardOptions, hubs::HubChoices,
    report_queue::Simulation, test_bench::TestChoices,
};
use crate::{
    domain::{AnswerVersion, Calendar, CodeOverrides, CspRegion, Eui64, Instance, closed_set},
    rules::{
        RuleSettings, alert::AlertSettings, maintenance::MaintenanceSettings, privacy::PrivacySettings,
        reflash::ReflashSettings, variants::VariantSettings,
    },
};

closed_set!(
    /// The simulated behaviour of Devices, where no real ones report events (`simulate.devices`).
    SimulatedDevices, "a simulate.devices", {
        Succeed => "succeed",
    }
);

closed_set!(
    /// The simulated behaviour of the Service Desk, where no person agrees schedules (`simulate.service_desk`).
    SimulatedServiceDesk, "a simulate.service_desk", {
        Agree => "agree",
    }
);

/// The operator's choices.
#[derive(Clone, Debug)]
pub struct Choices {
    /// The name of this instance, which names the audit chain of its decisions.
    pub instance: Instance,
    /// The DCC's EUI-64.
    pub dcc: Eui64,
    /// The settings of the rules.
    pub rules: RuleSettings,
    /// Response codes that replace those of rules whose code is assumed.
    pub codes: CodeOverrides,
    /// The schemaVersion of answers to Users without one of their own.
    pub answer_version: AnswerVersion,
    /// Whether answers over HTTP say in headers why they are as they are.
    pub explain_headers: bool,
    /// Which DCC Alerts are sent, and their codes.
    pub alerts: AlertSettings,
    /// Which days are Working Days, at the start.
    pub calendar: Calendar,
    /// What reports of hubs go by.
    pub hubs: HubChoices,
    /// The re-flash service.
    pub reflash: ReflashSettings,
    /// How planned maintenance is judged.
    pub maintenance: MaintenanceSettings,
    /// Who has to be assessed, and who pays.
    pub privacy: PrivacySettings,
    /// Whose maintenance windows concern this instance, and what is done about them.
    pub felt_maintenance: FeltMaintenance,
    /// What makes the variant of an ESME suspect.
    pub variants: VariantSettings,
    /// CSP Regions that are simulated to be down.
    pub csp_unavailable: Vec<CspRegion>,
    /// The simulated behaviour of Devices; absent where real Devices report by events.
    pub simulated_devices: Option<SimulatedDevices>,
    /// The simulated behaviour of the Service Desk; absent where a person agrees schedules.
    pub simulated_service_desk: Option<SimulatedServiceDesk>,
    /// How they behave.
    pub simulation: Simulation,
    /// The maximum of one User's requests in flight; absent where there is no limit.
    pub max_in_flight_per_user: Option<NonZeroUsize>,
    /// Where requests go that are not answered here; absent where they go nowhere.
    pub forward: Option<ForwardOptions>,
    /// The test bench; absent where `[test]` is not set.
    pub test: Option<TestChoices>,
    /// The people who sign in at the console with a password.
    pub console_users: Vec<ConsoleUser>,
}

impl Choices {
    /// The defaults, for this DCC.
    pub fn of(dcc: Eui64) -> Self {
        Self {
            instance: Instance::default(),
            dcc,
            rules: RuleSettings::default(),
            codes: CodeOverrides::default(),
            answer_version: AnswerVersion::Request,
            explain_headers: false,
            alerts: AlertSettings::default(),
            calendar: Calendar::default(),
            reflash: ReflashSettings::default(),
            hubs: HubChoices::default(),
            maintenance: MaintenanceSettings::default(),
            privacy: PrivacySettings::default(),
            felt_maintenance: FeltMaintenance::default(),
            variants: VariantSettings::default(),
            csp_unavailable: Vec::new(),
            simulated_devices: None,
            simulated_service_desk: None,
            simulation: Simulation::default(),
            max_in_flight_per_user: None,
            forward: None,
            test: None,
            console_users: Vec::new(),
        }
    }
}
