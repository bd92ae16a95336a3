//! `[csp]`: the addresses of CSPs that are asked for coverage, and the options of their clients.

use std::{fmt, num::NonZero, time::Duration};

use super::{
    fault::SettingsFault,
    raw::{RawCsp, RawCspUrls},
    tls,
};
use crate::{domain::CspRegion, service::csp::CspOptions, tls::ClientFiles};

/// The settings of `[csp]`. Without addresses no CSP is asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CspSettings {
    /// The address of the CSP of each region that has one.
    pub urls: Vec<(CspRegion, String)>,
    /// The options of the clients.
    pub options: CspOptions,
    /// The TLS files for https addresses.
    pub tls: ClientFiles,
}

/// The longest timeout, a minute: a User waits for the answer all this time.
const LONGEST_TIMEOUT_MS: u32 = 60_000;

/// Checks the section.
pub(super) fn read(raw: RawCsp) -> Result<CspSettings, SettingsFault> {
    let RawCsp {
        timeout_ms,
        max_in_flight,
        cache_seconds,
        breaker_failures,
        breaker_seconds,
        ca,
        certificate,
        key,
        urls,
    } = raw;
    let default = CspOptions::default();
    let timeout = match timeout_ms.map(NonZero::get) {
        Some(ms) if ms > LONGEST_TIMEOUT_MS => {
            return unusable(format!("csp.timeout_ms: `{ms}` is not from 1 to {LONGEST_TIMEOUT_MS}"));
        }
        ms => ms.map_or(default.timeout, |ms| Duration::from_millis(ms.into())),
    };
    let seconds =
        |set: Option<u32>, default| set.map_or(default, |seconds| Duration::from_secs(seconds.into()));
    let options = CspOptions {
        timeout,
        max_in_flight: max_in_flight.unwrap_or(default.max_in_flight),
        cache: seconds(cache_seconds, default.cache),
        breaker_failures: breaker_failures.unwrap_or(default.breaker_failures),
        breaker_open_for: seconds(breaker_seconds, default.breaker_open_for),
    };
    let tls = tls::client_files("csp", ca, certificate, key)?;
    Ok(CspSettings { urls: read_urls(urls)?, options, tls })
}

fn read_urls(raw: RawCspUrls) -> Result<Vec<(CspRegion, String)>, SettingsFault> {
    let RawCspUrls { north, central, south, north_4g, central_4g, south_4g } = raw;
    let all = [
        (CspRegion::North, north),
        (CspRegion::Central, central),
        (CspRegion::South, south),
        (CspRegion::North4G, north_4g),
        (CspRegion::Central4G, central_4g),
        (CspRegion::South4G, south_4g),
    ];
    let set = all.into_iter().filter_map(|(region, url)| Some((region, url?)));
    // Only the form is checked. Whether a host exists may change, and must not stop the start.
    set.map(|(region, url)| {
        let host = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://"));
        if host.is_some_and(|host| !host.is_empty()) {
            Ok((region, url))
        } else {
            unusable(format!("csp.urls: {region}: `{url}` is not an http or https URL"))
        }
    })
    .collect()
}

fn unusable<T>(reason: String) -> Result<T, SettingsFault> {
    Err(SettingsFault::Unusable(reason))
}

/// Writes the section in the form of the settings file; nothing if no CSP is asked.
impl fmt::Display for CspSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { urls, options, tls } = self;
        if urls.is_empty() {
            return Ok(());
        }
        let CspOptions { timeout, max_in_flight, cache, breaker_failures, breaker_open_for } = options;
        writeln!(f, "\n[csp]\ntimeout_ms = {}\nmax_in_flight = {max_in_flight}", timeout.as_millis())?;
        writeln!(f, "cache_seconds = {}\nbreaker_failures = {breaker_failures}", cache.as_secs())?;
        writeln!(f, "breaker_seconds = {}", breaker_open_for.as_secs())?;
        tls::write_client(f, tls)?;
        writeln!(f, "[csp.urls]")?;
        let text = |text: &str| toml::Value::from(text).to_string();
        urls.iter().try_for_each(|(region, url)| {
            // A bare TOML key cannot have the space of `4G North`.
            let plain = region.as_str().bytes().all(|byte| byte.is_ascii_alphanumeric());
            let key = if plain { region.to_string() } else { text(region.as_str()) };
            writeln!(f, "{key} = {}", text(url))
        })
    }
}
