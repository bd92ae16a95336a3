//! The checked settings of the program.

use std::{net::SocketAddr, num::NonZeroUsize, path::PathBuf, time::Duration};

use super::{
    alerts::AlertChoices,
    calendar::CalendarChoices,
    csp::CspSettings,
    csp_gateway::CspGatewaySettings,
    forward::ForwardSettings,
    log::{LogFormat, LogLevel},
    notices::NoticeChoices,
    tls::TlsSettings,
};
use crate::{
    domain::{AnswerVersion, CodeOverrides, CspRegion, Eui64, Instance, Timestamp},
    rules::{
        RuleSettings, maintenance::MaintenanceSettings, privacy::PrivacySettings, reflash::ReflashSettings,
        variants::VariantSettings,
    },
    secret::Secret,
    service::{
        FeltMaintenance, SimulatedDevices, SimulatedServiceDesk, Simulation, console::ConsoleUser,
        hubs::HubChoices, jobs::retention::Ages, test_bench::TestChoices,
    },
    tls::ClientFiles,
    web::Bounds,
};

/// The settings of the program, checked.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The name of this instance, which names the audit chain of its decisions.
    pub instance: Instance,
    /// The address of the DUIS listener.
    pub listen: SocketAddr,
    /// The TLS settings of the listeners; plain HTTP if absent.
    pub tls: Option<TlsSettings>,
    /// The longest message that is accepted.
    pub max_body_bytes: usize,
    /// The most messages that are processed at once. The next one gets 503.
    pub max_in_flight: NonZeroUsize,
    /// As many of them may be one User's.
    pub max_in_flight_per_user: NonZeroUsize,
    /// The limits on bytes, seconds and connections of a listener.
    pub bounds: Bounds,
    /// Whether answers say in headers why they are as they are.
    pub explain_headers: bool,
    /// The URL of the store.
    pub store_url: String,
    /// The retention times.
    pub retention: Ages,
    /// The timeout of the store's wait for a lock.
    pub store_timeout: Duration,
    /// The size of the pool of readers.
    pub store_readers: u32,
    /// The trust store: certificates of known senders, and the DCC's key.
    pub trust: TrustSettings,
    /// The settings of the rules.
    pub rules: RuleSettings,
    /// Response codes that override those of rules whose code is assumed.
    pub codes: CodeOverrides,
    /// The file with the overrides.
    pub codes_file: Option<PathBuf>,
    /// The schemaVersion of answers.
    pub answer_version: AnswerVersion,
    /// The DCC Alerts that are sent, and their codes.
    pub alerts: AlertChoices,
    /// Which days are Working Days.
    pub calendar: CalendarChoices,
    /// The sender of notices that are written as mail.
    pub notices: NoticeChoices,
    /// What reports of hubs go by.
    pub hubs: HubChoices,
    /// The re-flash service.
    pub reflash: ReflashSettings,
    /// Whose maintenance windows concern this instance, and what it does about them.
    pub felt_maintenance: FeltMaintenance,
    /// How planned maintenance is judged.
    pub maintenance: MaintenanceSettings,
    /// Who has to be assessed for privacy, and who pays.
    pub privacy: PrivacySettings,
    /// What makes the variant of an ESME suspect.
    pub variants: VariantSettings,
    /// CSP Regions that are simulated to be down.
    pub csp_unavailable: Vec<CspRegion>,
    /// The simulated behaviour of Devices; absent if real Devices report by events.
    pub simulated_devices: Option<SimulatedDevices>,
    /// The simulated behaviour of the Service Desk; absent if a person agrees schedules.
    pub simulated_service_desk: Option<SimulatedServiceDesk>,
    /// How simulated Devices behave.
    pub simulation: Simulation,
    /// The CSPs that are asked for coverage.
    pub csp: CspSettings,
    /// Where requests go that are not answered here; absent where they go nowhere.
    pub forward: Option<ForwardSettings>,
    /// The TLS files for deliveries to https addresses.
    pub outbox_tls: ClientFiles,
    /// The address of the management listener.
    pub manage_listen: SocketAddr,
    /// The token of the management listener. One is generated if it is absent.
    pub manage_token: Option<Secret>,
    /// The file with the token.
    pub manage_token_file: Option<PathBuf>,
    /// The people who sign in at the console with a password.
    pub console_users: Vec<ConsoleUser>,
    /// The CSP gateway, if there is one.
    pub csp_gateway: Option<CspGatewaySettings>,
    /// The format of log lines.
    pub log_format: LogFormat,
    /// The level of the least severe line that is logged.
    pub log_level: LogLevel,
    /// The time of the test clock; absent for the system's clock.
    pub test_clock: Option<Timestamp>,
    /// The test bench; absent where nothing of `[test]` is set.
    pub test: Option<TestChoices>,
}

/// The settings of the trust store.
#[derive(Clone, Debug)]
pub struct TrustSettings {
    /// The file or folder of certificates and keys.
    pub source: TrustSource,
    /// The DCC's EUI-64.
    pub dcc_id: Eui64,
    /// Whether certificates must be within their validity.
    pub check_validity: bool,
}

/// The source of certificates and keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TrustSource {
    /// A DCC Boxed key store.
    Keystore(PathBuf),
    /// A folder of PEM files.
    PemDir(PathBuf),
    /// The default folder, if no source is set. A test PKI is made in it at the first start.
    DefaultPemDir(PathBuf),
}
