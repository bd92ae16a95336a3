//! Opens what most commands need: the store, the certificates, the clock.

use std::{io::IsTerminal as _, path::Path};

use anyhow::Context as _;

use super::say::tell;
use crate::{
    clock::Clock,
    db::{ReadOnlyStore, Store, StoreOptions},
    duis::signature::{TrustStore, ValidityCheck, pki},
    secret::Secret,
    service::{App, Choices, csp::Csps},
    settings::{CspSettings, ForwardSettings, Settings, TlsSettings, TrustSource},
    store,
    tls::{ClientTls, ServerTls, TlsFault},
    web::ListenerTls,
};

/// The file name of a generated token.
const TOKEN_FILE: &str = "smi-manage.token";

/// The clock: the system's, or a test clock of the settings.
pub(super) fn clock(settings: &Settings) -> Clock {
    settings.test_clock.map_or(Clock::System, Clock::fixed)
}

/// The store, with all migrations applied.
pub(super) fn store(settings: &Settings) -> anyhow::Result<Store> {
    // No context with the URL, which may hold a password: the fault names the database.
    Ok(Store::open_with(&settings.store_url, store_options(settings))?)
}

/// The store of a command that reads: neither created nor migrated. A report of this version must not shut a service of an older one
/// out of its own database, and a wrong folder is not an empty inventory.
pub(super) fn store_to_read(settings: &Settings) -> anyhow::Result<Store> {
    store_if_any(settings)?.context("there is no database yet: `smi import` or `smi serve` makes one")
}

/// The same for a command that can answer without one; absent where there is no database yet.
pub(super) fn store_if_any(settings: &Settings) -> anyhow::Result<Option<Store>> {
    if ReadOnlyStore::open(&settings.store_url, settings.store_timeout)?.is_none() {
        return Ok(None);
    }
    // It has all migrations: nothing is left to be written by opening it.
    store(settings).map(Some)
}

/// The number of readers and the timeout.
pub(super) const fn store_options(settings: &Settings) -> StoreOptions {
    StoreOptions { timeout: settings.store_timeout, readers: settings.store_readers }
}

/// The certificates and keys. Without settings for them, a test PKI is made on first use.
pub(super) fn trust(settings: &Settings) -> anyhow::Result<TrustStore> {
    if let TrustSource::DefaultPemDir(dir) = &settings.trust.source {
        make_test_pki(settings, dir)?;
    }
    let trust = existing_trust(settings)?;
    for warning in trust.warnings() {
        tracing::warn!("{warning}");
    }
    if trust.validity() == ValidityCheck::Off {
        tracing::warn!("certificate validity not checked: trust.check_validity is false");
    }
    Ok(trust)
}

/// The certificates and keys as they are, without making a test PKI.
pub(super) fn existing_trust(settings: &Settings) -> anyhow::Result<TrustStore> {
    let validity = if settings.trust.check_validity { ValidityCheck::Enforced } else { ValidityCheck::Off };
    let mut trust = TrustStore::new(validity);
    match &settings.trust.source {
        TrustSource::Keystore(file) => trust.load_keystore(file)?,
        TrustSource::PemDir(dir) | TrustSource::DefaultPemDir(dir) => trust.load_folder(dir)?,
    }
    Ok(trust)
}

/// The TLS configuration of the listeners, if it is set.
pub(super) fn tls(settings: &Settings, service: &App) -> anyhow::Result<Option<ListenerTls>> {
    let Some(TlsSettings { files, bind_originator }) = &settings.tls else { return Ok(None) };
    let tls = ServerTls::load(files.clone(), service.clock().clone()).context("server.tls")?;
    Ok(Some(ListenerTls { tls, bind_originator: *bind_originator }))
}

/// The TLS configuration of the listener for CSPs, if there is one.
pub(super) fn csp_gateway_tls(settings: &Settings, service: &App) -> anyhow::Result<Option<ListenerTls>> {
    let Some(gateway) = &settings.csp_gateway else { return Ok(None) };
    let tls = ServerTls::load(gateway.files.clone(), service.clock().clone()).context("csp_gateway")?;
    Ok(Some(ListenerTls { tls, bind_originator: false }))
}

fn make_test_pki(settings: &Settings, dir: &Path) -> anyhow::Result<()> {
    if !dir.exists() {
        // Made under a temporary name: half a PKI, of a start that was interrupted, would make the next one fail.
        let aside = dir.with_extension(format!("{}.new", std::process::id()));
        pki::init(&aside, clock(settings).now().0).context("making the test PKI")?;
        std::fs::rename(&aside, dir).context("making the test PKI")?;
        let shown = dir.canonicalize().unwrap_or_else(|_| dir.to_owned());
        tell!("smi: made a test PKI in {}", shown.display());
    }
    Ok(())
}

/// The whole service.
pub(super) fn service(settings: &Settings) -> anyhow::Result<App> {
    let store = store(settings)?;
    let clock = clock(settings);
    let csps = csps(settings, &clock).context("csp")?;
    Ok(App::with_csps(store, trust(settings)?, clock, choices(settings).context("forward")?, csps))
}

/// The clients of the CSPs, if the settings name any.
pub(super) fn csps(settings: &Settings, clock: &Clock) -> anyhow::Result<Option<Csps>> {
    let CspSettings { urls, options, tls } = &settings.csp;
    let tls = ClientTls::load(tls)?;
    for (region, url) in urls {
        tls.can_reach(url, "csp.ca").with_context(|| format!("{region}: `{url}`"))?;
    }
    Ok((!urls.is_empty()).then(|| Csps::new(urls, *options, &tls, clock)))
}

/// Adds decisions of an older version, which had no chain, to this instance's chain.
pub(super) fn chain_older_decisions(service: &App) -> anyhow::Result<()> {
    let instance = service.choices().instance.clone();
    let number =
        service.store().transact(move |connection| store::chain_legacy_decisions(connection, &instance))?;
    if number > 0 {
        tracing::info!(number, "decisions of an older version added to the chain");
    }
    Ok(())
}

/// The token of the management listener. Without a setting for it, one is made on first use, in a file beside the database
/// file, or in the current folder where the database is on a server.
pub(super) fn manage_token(settings: &Settings) -> anyhow::Result<Secret> {
    if let Some(token) = &settings.manage_token {
        return Ok(token.clone());
    }
    if let Some(file) = &settings.manage_token_file {
        return Secret::from_file(file).context("manage.token_file");
    }
    // The URL of a server has no path here, which leaves the current folder.
    let database = settings.store_url.strip_prefix("sqlite://").unwrap_or_default();
    let file = Path::new(database).with_file_name(TOKEN_FILE);
    let (token, is_new) = Secret::in_file(&file).context("the management token")?;
    if is_new {
        let shown = file.canonicalize().unwrap_or(file);
        // A person sees it once. Where standard error is no terminal, it is a journal, which others read and which keeps it.
        let seen =
            if std::io::stderr().is_terminal() { format!(": {}", token.reveal()) } else { String::new() };
        tell!("smi: made a management token, kept in {}{seen}", shown.display());
    }
    Ok(token)
}

/// The service's choices, from the settings.
fn choices(settings: &Settings) -> Result<Choices, TlsFault> {
    Ok(Choices {
        instance: settings.instance.clone(),
        dcc: settings.trust.dcc_id,
        rules: settings.rules,
        codes: settings.codes.clone(),
        answer_version: settings.answer_version,
        explain_headers: settings.explain_headers,
        alerts: settings.alerts.settings.clone(),
        calendar: settings.calendar.calendar.clone(),
        reflash: settings.reflash.clone(),
        hubs: settings.hubs,
        felt_maintenance: settings.felt_maintenance,
        maintenance: settings.maintenance.clone(),
        privacy: settings.privacy.clone(),
        variants: settings.variants,
        csp_unavailable: settings.csp_unavailable.clone(),
        simulated_devices: settings.simulated_devices,
        simulated_service_desk: settings.simulated_service_desk,
        simulation: settings.simulation,
        max_in_flight_per_user: Some(settings.max_in_flight_per_user),
        forward: settings.forward.as_ref().map(ForwardSettings::options).transpose()?,
        test: settings.test.clone(),
        console_users: settings.console_users.clone(),
    })
}
