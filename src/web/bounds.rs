//! The limits of a listener.

use std::time::Duration;

/// The limits of a listener. A peer that exceeds one loses its request or its connection, and other peers are not affected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// The timeout of the first request head on a connection. At least one second: the framework checks its clock twice a
    /// second and misses a deadline that is already past at the first check.
    pub head: Duration,
    /// The timeout of a body.
    pub body: Duration,
    /// The idle timeout: how long a connection may go without a complete request, or leave an answer unread. It may take
    /// twice as long until it is closed.
    pub idle: Duration,
    /// The maximum of connections served at once. More wait unanswered.
    pub connections: usize,
    /// The memory budget of buffered bodies in bytes, for all connections together.
    pub held_bytes: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(5),
            body: Duration::from_secs(30),
            idle: Duration::from_secs(30),
            connections: 400,
            held_bytes: 200_000_000,
        }
    }
}
