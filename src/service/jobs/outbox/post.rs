//! One delivery attempt: an HTTP POST to a User's address.

use std::time::Duration;

use ureq::{
    Agent, Body,
    http::{Response, StatusCode},
};

use crate::{store::DueMessage, tls::ClientTls};

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

/// Why a message was not delivered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum NotDelivered {
    /// Another attempt may succeed: no answer, or one that speaks of the moment.
    #[error("{0}")]
    Now(String),
    /// The User refused the message as it is: a 4xx other than 408 and 429.
    #[error("{0}")]
    AsItIs(String),
}

/// What carries a message to an address.
pub(super) trait Transport: Send + Sync {
    /// Sends a message. Any 2xx accepts it.
    fn send(&self, address: &str, message: &DueMessage) -> Result<(), NotDelivered>;
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
}

impl Transport for Post {
    fn send(&self, address: &str, message: &DueMessage) -> Result<(), NotDelivered> {
        judge(self.post(address, &message.message)?.status())
    }
}

impl Post {
    /// Posts the bytes, and returns what was answered.
    pub(super) fn post(&self, address: &str, message: &[u8]) -> Result<Response<Body>, NotDelivered> {
        let now = |reason: &dyn std::fmt::Display| NotDelivered::Now(reason.to_string());
        self.tls.can_reach(address, "outbox.ca").map_err(|reason| now(&reason))?;
        let reply = self.agent.post(address).content_type("application/xml").send(message);
        reply.map_err(|error| now(&error))
    }
}

/// Whether an answer of that status accepts the message.
pub(super) fn judge(status: StatusCode) -> Result<(), NotDelivered> {
    let reason = format!("HTTP {}", status.as_u16());
    match status {
        _ if status.is_success() => Ok(()),
        _ if status.is_redirection() => {
            Err(NotDelivered::Now(format!("{reason}: redirects are not followed")))
        }
        StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS => Err(NotDelivered::Now(reason)),
        _ if status.is_client_error() => Err(NotDelivered::AsItIs(reason)),
        _ => Err(NotDelivered::Now(reason)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_4xx_other_than_408_and_429_refuses_the_message_as_it_is() {
        let judged = |status| judge(StatusCode::from_u16(status).unwrap());
        for status in [200, 202, 204, 299] {
            assert_eq!(judged(status), Ok(()), "{status}");
        }
        for status in [400, 401, 403, 404, 405, 413, 415, 422, 499] {
            assert!(matches!(judged(status), Err(NotDelivered::AsItIs(_))), "{status}");
        }
        for status in [100, 302, 304, 408, 429, 500, 501, 502, 503, 599] {
            assert!(matches!(judged(status), Err(NotDelivered::Now(_))), "{status}");
        }
    }
}
