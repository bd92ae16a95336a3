//! Settings: flags, then the environment, then the file, then defaults; checked once, before anything starts.

mod bounds;
mod codes;
mod csp;
mod csp_gateway;
mod keys;
mod log;
mod raw;
mod tls;

use std::{
    fmt,
    net::SocketAddr,
    num::NonZeroUsize,
    path::{Path, PathBuf},
    time::Duration,
};

use crate::{
    db,
    domain::{CodeOverrides, CspRegion, Eui64, Instance, Timestamp, instant_text},
    rules::RuleSettings,
    secret::Secret,
    service::{SimulatedDevices, jobs::retention::Ages},
    tls::ClientFiles,
    web::Bounds,
};
pub use csp_gateway::CspGatewaySettings;
pub use keys::{Key, SECTIONS, Section};
use keys::{Quoting, variable_name};
pub use log::{LogFormat, LogLevel};
use raw::RawSettings;

pub use csp::CspSettings;
pub use tls::TlsSettings;

/// Everything the program was told, checked.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Whose chain the decisions of this instance belong to.
    pub instance: Instance,
    /// Where the DUIS listener stands.
    pub listen: SocketAddr,
    /// What it speaks TLS with; plain HTTP where it is absent.
    pub tls: Option<TlsSettings>,
    /// The longest message taken.
    pub max_body_bytes: usize,
    /// As many messages as are answered at once; above that one is told to come back.
    pub max_in_flight: NonZeroUsize,
    /// What a peer may keep busy, and for how long.
    pub bounds: Bounds,
    /// Where the store is.
    pub store_url: String,
    /// How long it keeps what it need not keep for ever.
    pub retention: Ages,
    /// How long the store waits for another before it gives up.
    pub store_timeout: Duration,
    /// As many connections to the store read at the same time.
    pub store_readers: u32,
    /// Whose signatures count.
    pub trust: TrustSettings,
    /// What the operator chose about the rules.
    pub rules: RuleSettings,
    /// The operator's codes for rules whose code is our reading.
    pub codes: CodeOverrides,
    /// The file they stand in.
    pub codes_file: Option<PathBuf>,
    /// CSP Regions that do not answer SR 12.1.
    pub csp_unavailable: Vec<CspRegion>,
    /// What Devices do at once; absent where events tell.
    pub simulated_devices: Option<SimulatedDevices>,
    /// The CSPs that are asked for coverage.
    pub csp: CspSettings,
    /// What messages are delivered to https addresses with.
    pub outbox_tls: ClientFiles,
    /// Where the management listener stands.
    pub manage_listen: SocketAddr,
    /// Its token; one is made where it is absent.
    pub manage_token: Option<Secret>,
    /// The file its token stands in.
    pub manage_token_file: Option<PathBuf>,
    /// Where CSPs are listened to; absent: nowhere.
    pub csp_gateway: Option<CspGatewaySettings>,
    /// How log lines are written.
    pub log_format: LogFormat,
    /// The least weight of a line that is logged.
    pub log_level: LogLevel,
    /// A clock that stands still, for tests.
    pub test_clock: Option<Timestamp>,
}

/// Where certificates and keys come from.
#[derive(Clone, Debug)]
pub struct TrustSettings {
    /// The file or folder.
    pub source: TrustSource,
    /// The DCC's EUI-64.
    pub dcc_id: Eui64,
    /// Whether certificates must be within their validity.
    pub check_validity: bool,
}

/// A file or a folder of certificates and keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TrustSource {
    /// A DCC Boxed key store.
    Keystore(PathBuf),
    /// A folder of PEM files.
    PemDir(PathBuf),
    /// The folder of PEM files that is made where nothing was set.
    DefaultPemDir(PathBuf),
}

/// What is wrong with a setting.
#[derive(Debug, thiserror::Error)]
pub enum SettingsFault {
    /// The file cannot be read.
    #[error("{file}: {reason}")]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// Why.
        reason: std::io::Error,
    },
    /// A key or value of the file is wrong.
    #[error("{file}: {reason}")]
    File {
        /// The file.
        file: PathBuf,
        /// Line, column, key, and what is allowed.
        reason: String,
    },
    /// A value of the environment is wrong.
    #[error("environment variable {variable}: {reason}")]
    Environment {
        /// The variable.
        variable: String,
        /// What is allowed.
        reason: String,
    },
    /// Two settings contradict each other, or one is not supported.
    #[error("{0}")]
    Unusable(String),
}

/// Values that flags set.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    /// `--store`
    pub store_url: Option<String>,
    /// `--listen`
    pub listen: Option<SocketAddr>,
    /// `--manage-listen`
    pub manage_listen: Option<SocketAddr>,
}

/// The environment variables of this program, by name.
#[expect(clippy::disallowed_methods, reason = "this is the one place that may read the environment")]
pub fn environment() -> Vec<(String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .filter(|(name, _)| name.starts_with("SMI_"))
        .collect()
}

/// As many messages as are answered at once, unless it is set: each has a thread, and most wait for one writer that
/// commits up to a hundred together, so that more would only wait longer.
const MAX_IN_FLIGHT: NonZeroUsize = NonZeroUsize::MIN.saturating_add(255);

impl Settings {
    /// Reads the file, where there is one, and lays environment and flags over it.
    ///
    /// # Errors
    /// The first key or value that is wrong, with where it stands and what is allowed.
    pub fn load(
        file: Option<&Path>,
        environment: &[(String, String)],
        flags: Overrides,
    ) -> Result<Self, SettingsFault> {
        let from_file = file.map(read_file).transpose()?.unwrap_or_default();
        let from_environment = read_environment(environment)?;
        let mut raw = from_environment.over(from_file);
        raw.store.url = flags.store_url.or(raw.store.url);
        raw.server.listen = flags.listen.or(raw.server.listen);
        raw.manage.listen = flags.manage_listen.or(raw.manage.listen);
        Self::check(raw)
    }

    fn check(raw: RawSettings) -> Result<Self, SettingsFault> {
        let max_body_bytes = raw.server.max_body_bytes.unwrap_or(20_000_000);
        let bounds = bounds::read(&raw.server, max_body_bytes)?;
        let listen = raw.server.listen.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8079)));
        let tls = tls::server(raw.server.tls)?;
        let manage_listen = raw.manage.listen.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8080)));
        for (key, address) in [("server.listen", listen), ("manage.listen", manage_listen)] {
            if !address.ip().is_loopback() && tls.is_none() {
                let reason = format!(
                    "{key}: `{address}` is not a loopback address, and plain HTTP is served on no other: set server.tls"
                );
                return Err(SettingsFault::Unusable(reason));
            }
        }
        let manage_token = raw.manage.token.transpose();
        let manage_token =
            manage_token.map_err(|reason| SettingsFault::Unusable(format!("manage.token: {reason}")))?;
        if manage_token.is_some() && raw.manage.token_file.is_some() {
            let reason = "manage: set token or token_file, not both".to_owned();
            return Err(SettingsFault::Unusable(reason));
        }
        let codes = raw.rules.codes.as_deref().map(codes::read).transpose()?;
        let trust = trust(raw.trust)?;
        Ok(Self {
            instance: raw.server.instance.unwrap_or_default(),
            listen,
            tls,
            max_body_bytes,
            max_in_flight: raw.server.max_in_flight.unwrap_or(MAX_IN_FLIGHT),
            bounds,
            store_url: raw.store.url.unwrap_or_else(|| "sqlite://smi.db".to_owned()),
            retention: Ages::of_days(
                raw.store.retention_days.unwrap_or(30),
                raw.store.decision_retention_days.unwrap_or(0),
            ),
            store_timeout: store_timeout(raw.store.timeout_seconds)?,
            store_readers: store_readers(raw.store.readers)?,
            csp_gateway: csp_gateway::read(raw.csp_gateway, trust.dcc_id)?,
            trust,
            rules: rules(&raw.rules),
            codes: codes.unwrap_or_default(),
            codes_file: raw.rules.codes,
            csp_unavailable: raw.simulate.csp_unavailable.unwrap_or_default(),
            simulated_devices: raw.simulate.devices,
            csp: csp::read(raw.csp)?,
            outbox_tls: tls::client(raw.outbox)?,
            manage_listen,
            manage_token,
            manage_token_file: raw.manage.token_file,
            log_format: raw.log.format.unwrap_or(LogFormat::Text),
            log_level: raw.log.level.unwrap_or(LogLevel::Info),
            test_clock: raw.test.clock,
        })
    }
}

fn store_timeout(seconds: Option<u64>) -> Result<Duration, SettingsFault> {
    match seconds {
        None => Ok(db::StoreOptions::default().timeout),
        Some(seconds @ 1..=3600) => Ok(Duration::from_secs(seconds)),
        Some(seconds) => {
            let reason = format!("store.timeout_seconds: `{seconds}` is not from 1 to 3600");
            Err(SettingsFault::Unusable(reason))
        }
    }
}

fn store_readers(readers: Option<u32>) -> Result<u32, SettingsFault> {
    match readers {
        None => Ok(db::StoreOptions::default().readers),
        Some(readers @ 1..=100) => Ok(readers),
        Some(readers) => {
            Err(SettingsFault::Unusable(format!("store.readers: `{readers}` is not from 1 to 100")))
        }
    }
}

fn rules(raw: &raw::RawRules) -> RuleSettings {
    let default = RuleSettings::default();
    RuleSettings {
        wan_unknown: raw.wan_unknown.unwrap_or(default.wan_unknown),
        csp_release: raw.csp_release.unwrap_or(default.csp_release),
        responsible_supplier_while_pending: raw
            .responsible_supplier_while_pending
            .unwrap_or(default.responsible_supplier_while_pending),
        pre_notifier_after_pending: raw
            .pre_notifier_after_pending
            .unwrap_or(default.pre_notifier_after_pending),
        confirm_variant: raw.confirm_variant.unwrap_or(default.confirm_variant),
    }
}

fn trust(raw: raw::RawTrust) -> Result<TrustSettings, SettingsFault> {
    let source = match (raw.keystore, raw.pem_dir) {
        (Some(_), Some(_)) => {
            let reason = "trust: set keystore or pem_dir, not both".to_owned();
            return Err(SettingsFault::Unusable(reason));
        }
        (Some(file), None) => TrustSource::Keystore(file),
        (None, Some(dir)) => TrustSource::PemDir(dir),
        (None, None) => TrustSource::DefaultPemDir(PathBuf::from("pki")),
    };
    let dcc_id = raw.dcc_id.unwrap_or(crate::duis::signature::pki::DCC);
    Ok(TrustSettings { source, dcc_id, check_validity: raw.check_validity.unwrap_or(true) })
}

fn read_file(file: &Path) -> Result<RawSettings, SettingsFault> {
    let text = std::fs::read_to_string(file)
        .map_err(|reason| SettingsFault::Unreadable { file: file.to_owned(), reason })?;
    toml::from_str(&text).map_err(|fault| SettingsFault::File {
        file: file.to_owned(),
        reason: fault.to_string().trim_end().to_owned(),
    })
}

/// Each variable is read as if its value stood in the file, so both are checked alike.
fn read_environment(environment: &[(String, String)]) -> Result<RawSettings, SettingsFault> {
    let mut settings = RawSettings::default();
    for (variable, value) in environment {
        let fault = |reason: String| SettingsFault::Environment { variable: variable.clone(), reason };
        let known = keys().find(|(section, key)| variable_name(section, key.name) == *variable);
        let (section, key) =
            known.ok_or_else(|| fault(format!("no such setting; there are {}", known_names())))?;
        let value = match key.quoting {
            Quoting::Text => toml::Value::from(value.as_str()).to_string(),
            Quoting::Plain => value.clone(),
        };
        // In quotation marks, as a key such as `4G North` has a space.
        let line = format!("[{section}]\n\"{}\" = {value}\n", key.name);
        let one: RawSettings = toml::from_str(&line).map_err(|reason| fault(reason.message().to_owned()))?;
        settings = one.over(settings);
    }
    Ok(settings)
}

/// Every key, with the name of its section.
fn keys() -> impl Iterator<Item = (&'static str, &'static Key)> {
    SECTIONS.iter().flat_map(|section| section.keys.iter().map(|key| (section.name, key)))
}

fn known_names() -> String {
    keys().map(|(section, key)| variable_name(section, key.name)).collect::<Vec<_>>().join(", ")
}

/// The settings in force, as a file that would say the same.
impl fmt::Display for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = |text: &str| toml::Value::from(text).to_string();
        let path = |path: &Path| text(&path.display().to_string());
        writeln!(f, "[server]\ninstance = {}", text(self.instance.as_str()))?;
        writeln!(f, "listen = {}", text(&self.listen.to_string()))?;
        writeln!(f, "max_body_bytes = {}", self.max_body_bytes)?;
        writeln!(f, "max_in_flight = {}", self.max_in_flight)?;
        bounds::write(f, self.bounds)?;
        if let Some(tls) = &self.tls {
            writeln!(f, "{tls}")?;
        }
        // A password is not shown: what is printed is copied into tickets and mails.
        writeln!(f, "[store]\nurl = {}", text(&db::shown_url(&self.store_url)))?;
        writeln!(f, "timeout_seconds = {}", self.store_timeout.as_secs())?;
        writeln!(f, "readers = {}", self.store_readers)?;
        writeln!(f, "{}", self.retention)?;
        match &self.trust.source {
            TrustSource::Keystore(file) => writeln!(f, "[trust]\nkeystore = {}", path(file))?,
            TrustSource::PemDir(dir) | TrustSource::DefaultPemDir(dir) => {
                writeln!(f, "[trust]\npem_dir = {}", path(dir))?
            }
        }
        writeln!(f, "dcc_id = {}", text(&self.trust.dcc_id.to_string()))?;
        writeln!(f, "check_validity = {}\n", self.trust.check_validity)?;
        writeln!(f, "[rules]\nwan_unknown = {}", text(self.rules.wan_unknown.as_str()))?;
        writeln!(f, "csp_release = {}", text(self.rules.csp_release.as_str()))?;
        let switches = &self.rules;
        writeln!(f, "responsible_supplier_while_pending = {}", switches.responsible_supplier_while_pending)?;
        writeln!(f, "pre_notifier_after_pending = {}", switches.pre_notifier_after_pending)?;
        writeln!(f, "confirm_variant = {}", switches.confirm_variant)?;
        if let Some(file) = &self.codes_file {
            writeln!(f, "codes = {}", path(file))?;
        }
        let regions = self.csp_unavailable.iter().map(|region| text(region.as_str())).collect::<Vec<_>>();
        writeln!(f, "\n[simulate]\ncsp_unavailable = [{}]", regions.join(", "))?;
        if let Some(devices) = self.simulated_devices {
            writeln!(f, "devices = {}", text(devices.as_str()))?;
        }
        write!(f, "{}", self.csp)?;
        tls::write_outbox(f, &self.outbox_tls)?;
        // Nor is the token.
        writeln!(f, "\n[manage]\nlisten = {}", text(&self.manage_listen.to_string()))?;
        if let Some(file) = &self.manage_token_file {
            writeln!(f, "token_file = {}", path(file))?;
        }
        if let Some(csp_gateway) = &self.csp_gateway {
            write!(f, "\n{csp_gateway}")?;
        }
        let (format, level) = (text(self.log_format.as_str()), text(self.log_level.as_str()));
        writeln!(f, "\n[log]\nformat = {format}\nlevel = {level}")?;
        if let Some(clock) = self.test_clock {
            writeln!(f, "\n[test]\nclock = {}", text(&instant_text(clock)))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
