//! Loads the settings: merges file, environment and flags, and checks the result.

use std::{
    net::SocketAddr,
    num::NonZeroUsize,
    path::{Path, PathBuf},
    time::Duration,
};

use super::{
    alerts, bounds, calendar, codes, csp, csp_gateway, environment,
    fault::SettingsFault,
    firmware, forward, hubs, keys,
    log::{LogFormat, LogLevel},
    maintenance, notices, privacy,
    raw::{self, RawSettings},
    reflash, simulate, test, tls, users,
    values::{Settings, TrustSettings, TrustSource},
    variants,
};
use crate::{
    db,
    domain::AnswerVersion,
    rules::{RuleSettings, firmware::FirmwareSettings},
    secret::{NoToken, Secret},
    service::jobs::retention::Ages,
};

/// The settings from command-line flags, which override all others.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    /// `--store`
    pub store_url: Option<String>,
    /// `--listen`
    pub listen: Option<SocketAddr>,
    /// `--manage-listen`
    pub manage_listen: Option<SocketAddr>,
}

/// The default of `max_in_flight`. Most messages wait for the one writer, which commits up to a hundred together, so that a
/// larger default would only lead to a longer wait.
const MAX_IN_FLIGHT: NonZeroUsize = NonZeroUsize::MIN.saturating_add(255);

impl Settings {
    /// Loads the file, if there is one, overrides it by environment and flags, and checks the result.
    ///
    /// # Errors
    /// The first key or value that is invalid, with its place and the accepted values.
    pub fn load(
        file: Option<&Path>,
        environment: &[(String, String)],
        flags: Overrides,
    ) -> Result<Self, SettingsFault> {
        let from_file = file.map(read_file).transpose()?.unwrap_or_default();
        let from_environment = environment::read(environment)?;
        let mut raw = from_environment.over(from_file);
        raw.store.url = flags.store_url.or(raw.store.url);
        raw.server.listen = flags.listen.or(raw.server.listen);
        raw.manage.listen = flags.manage_listen.or(raw.manage.listen);
        // Checked after the merge: a section may be complete only with values of several sources.
        Self::check(raw)
    }

    /// Checks the merged settings, and fills in the defaults.
    fn check(raw: RawSettings) -> Result<Self, SettingsFault> {
        let max_body_bytes = raw.server.max_body_bytes.unwrap_or(20_000_000);
        let max_in_flight = raw.server.max_in_flight.unwrap_or(MAX_IN_FLIGHT);
        let bounds = bounds::read(&raw.server, max_body_bytes)?;
        let listen = raw.server.listen.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8079)));
        let tls = tls::server(raw.server.tls)?;
        let manage_listen = raw.manage.listen.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8080)));
        if tls.is_none() {
            require_loopback([("server.listen", listen), ("manage.listen", manage_listen)])?;
        }
        let manage_token = manage_token(raw.manage.token, raw.manage.token_file.is_some())?;
        let codes = raw.rules.codes.as_deref().map(codes::read).transpose()?;
        let trust = trust(raw.trust)?;
        let store_url = raw.store.url.clone().unwrap_or_else(|| "sqlite://smi.db".to_owned());
        let store_timeout = store_timeout(raw.store.timeout_seconds)?;
        let test = test::read(&raw.test, &store_url, store_timeout)?;
        let is_shown = listen.ip().is_loopback() || test.is_some();
        Ok(Self {
            instance: raw.server.instance.unwrap_or_default(),
            listen,
            tls,
            max_body_bytes,
            max_in_flight,
            max_in_flight_per_user: raw.server.max_in_flight_per_user.unwrap_or_else(|| half(max_in_flight)),
            bounds,
            // Reasons tell of what is in the inventory: by default they stay on this machine, or in a test.
            explain_headers: raw.server.explain_headers.unwrap_or(is_shown),
            retention: retention(&raw.store),
            store_url,
            store_timeout,
            store_readers: store_readers(raw.store.readers)?,
            csp_gateway: csp_gateway::read(raw.csp_gateway, trust.dcc_id)?,
            trust,
            rules: rules(&raw.rules, firmware::read(&raw.firmware)?),
            codes: codes.unwrap_or_default(),
            codes_file: raw.rules.codes,
            answer_version: raw.answers.version.unwrap_or(AnswerVersion::Request),
            simulation: simulate::read(&raw.simulate, raw.test.clock.is_some())?,
            alerts: alerts::read(raw.alerts)?,
            calendar: calendar::read(raw.calendar)?,
            notices: notices::read(raw.notices),
            reflash: reflash::read(raw.reflash)?,
            hubs: hubs::read(raw.hubs)?,
            felt_maintenance: maintenance::felt(&raw.maintenance),
            maintenance: maintenance::read(raw.maintenance),
            privacy: privacy::read(raw.privacy),
            variants: variants::read(raw.variants)?,
            csp_unavailable: raw.simulate.csp_unavailable.unwrap_or_default(),
            simulated_devices: raw.simulate.devices,
            simulated_service_desk: raw.simulate.service_desk,
            csp: csp::read(raw.csp)?,
            forward: forward::read(raw.forward, listen)?,
            outbox_tls: tls::client(raw.outbox)?,
            manage_listen,
            manage_token,
            manage_token_file: raw.manage.token_file,
            console_users: users::read(raw.manage.users)?,
            log_format: raw.log.format.unwrap_or(LogFormat::Text),
            log_level: raw.log.level.unwrap_or(LogLevel::Info),
            test_clock: raw.test.clock,
            test,
        })
    }
}

/// The management token, where it is set and no file is.
fn manage_token(
    token: Option<Result<Secret, NoToken>>,
    has_file: bool,
) -> Result<Option<Secret>, SettingsFault> {
    let unusable = |reason| SettingsFault::Unusable(format!("manage.token: {reason}"));
    let token = token.transpose().map_err(unusable)?;
    if token.is_some() && has_file {
        return Err(SettingsFault::Unusable("manage: set token or token_file, not both".to_owned()));
    }
    Ok(token)
}

/// Messages have personal data, and the management token is a password: neither may cross a network in clear text.
fn require_loopback(listeners: [(&str, SocketAddr); 2]) -> Result<(), SettingsFault> {
    let Some((key, address)) = listeners.into_iter().find(|(_, address)| !address.ip().is_loopback()) else {
        return Ok(());
    };
    let reason = format!(
        "{key}: `{address}` is not a loopback address, and plain HTTP is served on no other: set server.tls"
    );
    Err(SettingsFault::Unusable(reason))
}

/// Half of a limit, and at least one.
fn half(limit: NonZeroUsize) -> NonZeroUsize {
    NonZeroUsize::new(limit.get() / 2).unwrap_or(NonZeroUsize::MIN)
}

/// The retention periods: answers of 30 days, all else for ever.
fn retention(raw: &raw::RawStore) -> Ages {
    let ages = Ages::of_days(raw.retention_days.unwrap_or(30), raw.decision_retention_days.unwrap_or(0));
    ages.with_tallies(raw.tally_retention_days.unwrap_or(0))
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

fn rules(raw: &raw::RawRules, firmware: FirmwareSettings) -> RuleSettings {
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
        gpf_with_chf: raw.gpf_with_chf.unwrap_or(default.gpf_with_chf),
        tsat: raw.tsat.unwrap_or(default.tsat),
        firmware,
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
    // The default is the DCC of the test PKI, so that the default folder works without any settings.
    let dcc_id = raw.dcc_id.unwrap_or(crate::duis::signature::pki::DCC);
    Ok(TrustSettings { source, dcc_id, check_validity: raw.check_validity.unwrap_or(true) })
}

fn read_file(file: &Path) -> Result<RawSettings, SettingsFault> {
    let text = std::fs::read_to_string(file)
        .map_err(|reason| SettingsFault::Unreadable { file: file.to_owned(), reason })?;
    toml::from_str(&text).map_err(|fault| {
        let place = fault.span().map_or(0, |span| span.start);
        if let Some((line, key)) = secret_at(&text, place) {
            let reason = format!(
                "line {line}: the value of `{key}` cannot be read, and is not shown: it may be a secret"
            );
            return SettingsFault::File { file: file.to_owned(), reason };
        }
        // The parser names Rust's types; what is accepted stands in the table of keys.
        let accepted = fault.span().and_then(|span| key_at(&text, span.start));
        let accepted = accepted.map(|key| format!("\n`{}` is {}", key.name, key.accepts)).unwrap_or_default();
        let reason = format!("{}{accepted}", fault.to_string().trim_end());
        SettingsFault::File { file: file.to_owned(), reason }
    })
}

/// The line and the key at that place of a settings file, where the key's value is a secret or holds one: a URL may have a password.
/// The parser's message would quote the line.
fn secret_at(text: &str, place: usize) -> Option<(usize, &str)> {
    let before = text.get(..place)?;
    let start = before.rfind('\n').map_or(0, |end| end + 1);
    let line = text.get(start..)?.lines().next()?;
    let key = line.split(['=', ' ', '\t']).find(|word| !word.is_empty())?;
    let name = key.rsplit('.').next()?.trim_matches(['"', '\'']);
    let is_secret = ["token", "url", "hash", "users"].contains(&name) || line.contains("$argon2");
    is_secret.then(|| (before.matches('\n').count() + 1, key))
}

/// The key whose value stands at that place of a settings file, if it is a number, a Boolean or a list: errors of texts come from
/// the domain and say what is accepted.
fn key_at(text: &str, place: usize) -> Option<&'static keys::Key> {
    let before = text.get(..place)?;
    let line = before.rsplit('\n').next()?;
    let (name, _) = line.split_once('=')?;
    let section = before.lines().rev().find_map(|line| line.trim().strip_prefix('[')?.strip_suffix(']'))?;
    keys::all()
        .find(|(of, key)| *of == section && key.name == name.trim() && key.quoting == keys::Quoting::Plain)
        .map(|(_, key)| key)
}
