//! The options of forwarding (`[forward]`).

use std::{
    num::{NonZero, NonZeroUsize},
    time::Duration,
};

use crate::tls::ClientTls;

/// Where requests are forwarded to, and within which limits.
#[derive(Clone, Debug)]
pub struct ForwardOptions {
    /// The address of the other endpoint, which the path of the request follows.
    pub url: String,
    /// The timeout of one request, waiting for a permit included.
    pub timeout: Duration,
    /// Limit of requests in flight; as many more may wait for a permit.
    pub max_in_flight: NonZeroUsize,
    /// The circuit breaker opens at so many failures in a row.
    pub breaker_failures: NonZero<u32>,
    /// How long an open circuit breaker stays open, before one request tries the endpoint again.
    pub breaker_open_for: Duration,
    /// The TLS of the client, for an https address.
    pub tls: ClientTls,
}

impl ForwardOptions {
    /// The defaults, for that address.
    pub fn to(url: String) -> Self {
        Self {
            url,
            timeout: Duration::from_secs(10),
            max_in_flight: NonZeroUsize::MIN.saturating_add(7),
            breaker_failures: NonZero::<u32>::MIN.saturating_add(4),
            breaker_open_for: Duration::from_secs(30),
            tls: ClientTls::none(),
        }
    }
}
