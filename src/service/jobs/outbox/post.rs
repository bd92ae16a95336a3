//! One attempt: one POST, which the address accepts or does not.

use std::time::Duration;

use ureq::Agent;

use crate::tls::ClientTls;

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

/// What messages are sent with.
pub(super) struct Post {
    agent: Agent,
    tls: ClientTls,
}

impl Post {
    /// Redirects are not followed: a message goes to the address its User gave and to no other. No proxy is taken from
    /// the environment, for the same reason.
    pub(super) fn new(patience: Patience, tls: ClientTls) -> Self {
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(None)
            .timeout_resolve(Some(patience.connect))
            .timeout_connect(Some(patience.connect))
            .timeout_global(Some(patience.whole))
            .tls_config(tls.config())
            .build();
        Self { agent: agent.into(), tls }
    }

    /// Sends a message; why it was not accepted, if it was not. Any 2xx accepts it.
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
