//! What a peer may keep busy, and for how long.

use std::time::Duration;

/// Bounds of a listener. Whoever goes beyond one of them loses the request or the connection, and nobody else notices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// How long the first head of a connection may take to arrive; a second at least, because the framework looks at
    /// its clock twice a second and never notices a deadline that was past before it looked.
    pub head: Duration,
    /// How long a body may take to arrive.
    pub body: Duration,
    /// How long a connection may go without a whole request, or an answer stay unread; at most twice that.
    pub idle: Duration,
    /// As many connections as are served at once; more wait unanswered.
    pub connections: usize,
    /// As many bytes of bodies as are held at once, all connections together.
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
