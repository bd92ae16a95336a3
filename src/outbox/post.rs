//! One attempt: one POST, which the address accepts or does not.

use std::time::Duration;

use ureq::Agent;

/// How long an address may take.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// Until it is connected, and until its name is resolved.
    pub connect: Duration,
    /// In all.
    pub whole: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { connect: Duration::from_secs(5), whole: Duration::from_secs(30) }
    }
}

/// Redirects are not followed: a message goes to the address its User gave and to no other. No proxy is taken from
/// the environment, for the same reason.
pub(super) fn agent(patience: Patience) -> Agent {
    Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .proxy(None)
        .timeout_resolve(Some(patience.connect))
        .timeout_connect(Some(patience.connect))
        .timeout_global(Some(patience.whole))
        .build()
        .into()
}

/// Sends a message; why it was not accepted, if it was not. Any 2xx accepts it.
pub(super) fn post(agent: &Agent, address: &str, message: &[u8]) -> Result<(), String> {
    let secure = address.get(..8).is_some_and(|scheme| scheme.eq_ignore_ascii_case("https://"));
    if secure {
        return Err("https addresses are not supported yet: give one that begins with http://".to_owned());
    }
    let reply = agent.post(address).content_type("application/xml").send(message);
    let status = reply.map_err(|error| error.to_string())?.status();
    if status.is_success() {
        Ok(())
    } else if status.is_redirection() {
        Err(format!("HTTP {}: redirects are not followed", status.as_u16()))
    } else {
        Err(format!("HTTP {}", status.as_u16()))
    }
}
