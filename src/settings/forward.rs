//! `[forward]`: the endpoint that requests which are not the inventory's go to.

use std::{
    fmt,
    net::{IpAddr, SocketAddr},
    num::{NonZero, NonZeroUsize},
    time::Duration,
};

use super::{fault::SettingsFault, raw::RawForward, tls};
use crate::{
    service::forward::ForwardOptions,
    tls::{ClientFiles, ClientTls, TlsFault},
};

/// The settings of `[forward]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForwardSettings {
    url: String,
    timeout_ms: u32,
    max_in_flight: NonZeroUsize,
    breaker_failures: NonZero<u32>,
    breaker_seconds: u32,
    tls: ClientFiles,
}

/// The longest timeout, a minute: the client waits for the answer all this time.
const LONGEST_TIMEOUT_MS: u32 = 60_000;
/// The timeout by default.
const TIMEOUT_MS: u32 = 10_000;

/// Checks the section; none where no URL is set. The URL may not lead to the DUIS listener itself.
pub(super) fn read(raw: RawForward, listen: SocketAddr) -> Result<Option<ForwardSettings>, SettingsFault> {
    let RawForward {
        url,
        timeout_ms,
        max_in_flight,
        breaker_failures,
        breaker_seconds,
        ca,
        certificate,
        key,
    } = raw;
    let timeout_ms = timeout_ms.map_or(TIMEOUT_MS, NonZero::get);
    if timeout_ms > LONGEST_TIMEOUT_MS {
        return unusable(format!("forward.timeout_ms: `{timeout_ms}` is not from 1 to {LONGEST_TIMEOUT_MS}"));
    }
    let tls = tls::client_files("forward", ca, certificate, key)?;
    let Some(url) = url else { return Ok(None) };
    let Some((host, port)) = host_of(&url) else {
        return unusable("forward.url: this is not an http or https URL".to_owned());
    };
    if is_own(host, port, listen) {
        let reason = format!("forward.url: it leads to server.listen, `{listen}`: a request would go round");
        return unusable(reason);
    }
    let default = ForwardOptions::to(String::new());
    Ok(Some(ForwardSettings {
        url,
        timeout_ms,
        max_in_flight: max_in_flight.unwrap_or(default.max_in_flight),
        breaker_failures: breaker_failures.unwrap_or(default.breaker_failures),
        breaker_seconds: breaker_seconds.unwrap_or(30),
        tls,
    }))
}

/// The host and the port of a URL.
fn host_of(url: &str) -> Option<(&str, u16)> {
    let http = url.strip_prefix("http://").map(|rest| (rest, 80));
    let (rest, default) = http.or_else(|| url.strip_prefix("https://").map(|rest| (rest, 443)))?;
    let place = rest.split(['/', '?', '#']).next()?;
    let place = place.rsplit('@').next()?;
    let (host, port) = match place.rsplit_once(':') {
        // The colons of an IPv6 address stand in brackets.
        Some((host, port)) if !port.ends_with(']') => (host, port.parse().ok()?),
        Some(_) | None => (place, default),
    };
    (!host.is_empty()).then_some((host, port))
}

/// Whether that place is the listener itself, as far as its name says.
fn is_own(host: &str, port: u16, listen: SocketAddr) -> bool {
    let ip = host.trim_matches(['[', ']']).parse::<IpAddr>();
    let is_loopback = host.eq_ignore_ascii_case("localhost") || ip.as_ref().is_ok_and(IpAddr::is_loopback);
    let is_same = ip.is_ok_and(|ip| ip == listen.ip())
        || is_loopback && (listen.ip().is_loopback() || listen.ip().is_unspecified());
    port == listen.port() && is_same
}

fn unusable<T>(reason: String) -> Result<T, SettingsFault> {
    Err(SettingsFault::Unusable(reason))
}

impl ForwardSettings {
    /// The options, with the files of TLS read.
    ///
    /// # Errors
    /// When a file cannot be used.
    pub fn options(&self) -> Result<ForwardOptions, TlsFault> {
        Ok(ForwardOptions {
            url: self.url.clone(),
            timeout: Duration::from_millis(self.timeout_ms.into()),
            max_in_flight: self.max_in_flight,
            breaker_failures: self.breaker_failures,
            breaker_open_for: Duration::from_secs(self.breaker_seconds.into()),
            tls: ClientTls::load(&self.tls)?,
        })
    }
}

/// Writes the section in the form of the settings file.
impl fmt::Display for ForwardSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { url, timeout_ms, max_in_flight, breaker_failures, breaker_seconds, tls } = self;
        writeln!(f, "\n[forward]\nurl = {}", toml::Value::from(url.as_str()))?;
        writeln!(f, "timeout_ms = {timeout_ms}\nmax_in_flight = {max_in_flight}")?;
        writeln!(f, "breaker_failures = {breaker_failures}\nbreaker_seconds = {breaker_seconds}")?;
        tls::write_client(f, tls)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// HARNESS.md 3: never to itself.
    #[test]
    fn a_url_that_leads_to_the_listener_is_known() {
        let own = |url: &str, listen: &str| {
            let (host, port) = host_of(url).unwrap();
            is_own(host, port, listen.parse().unwrap())
        };
        for url in [
            "http://127.0.0.1:8079",
            "http://localhost:8079/",
            "https://LOCALHOST:8079/x",
            "http://[::1]:8079",
        ] {
            assert!(own(url, "127.0.0.1:8079") && own(url, "0.0.0.0:8079"), "{url}");
        }
        for url in ["http://127.0.0.1:8078", "http://dcc.example:8079", "http://localhost"] {
            assert!(!own(url, "127.0.0.1:8079"), "{url}");
        }
        assert!(own("http://10.0.0.7", "10.0.0.7:80") && own("https://10.0.0.7", "10.0.0.7:443"));
        for nonsense in ["ftp://a", "http://", "http://a:b", "a"] {
            assert_eq!(host_of(nonsense), None, "{nonsense}");
        }
    }
}
