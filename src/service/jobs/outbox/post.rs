//! One delivery attempt: an HTTP POST to a User's address.

use std::time::Duration;

use ureq::Agent;

use crate::tls::ClientTls;

/// Timeouts of one attempt.
#[derive(Clone, Copy, Debug)]
pub struct DeliveryTimeouts {
    /// Of the name's resolution, and of the connection.
    pub connect: Duration,
    /// Of the whole attempt.
    pub whole: Duration,
}

impl Default for DeliveryTimeouts {
    fn default() -> Self {
        Self { connect: Duration::from_secs(5), whole: Duration::from_secs(30) }
    }
}

/// The HTTP client of the outbox.
pub(super) struct Post {
    agent: Agent,
    tls: ClientTls,
}

impl Post {
    /// A client without redirects and without a proxy from the environment: a message goes to its User's address alone.
    pub(super) fn new(timeouts: DeliveryTimeouts, tls: ClientTls) -> Self {
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(None)
            .timeout_resolve(Some(timeouts.connect))
            .timeout_connect(Some(timeouts.connect))
            .timeout_global(Some(timeouts.whole))
            .tls_config(tls.config())
            .build();
        Self { agent: agent.into(), tls }
    }

    /// Sends a message. Any 2xx accepts it; otherwise the error is the reason.
    pub(super) fn send(&self, address: &str, message: &[u8]) -> Result<(), String> {
        self.tls.can_reach(address, "outbox.ca").map_err(|reason| reason.to_string())?;
        let reply = self.agent.post(address).content_type("application/xml").send(message);
        let status = reply.map_err(|error| error.to_string())?.status();
        if status.is_success() {
            Ok(())
        } else if status.is_redirection() {
            Err(format!("HTTP {}: redirects are not followed", status.as_u16()))
        } else {
            Err(format!("HTTP {}", status.as_u16()))
        }
    }
}
