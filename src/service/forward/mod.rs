//! Forwarding: a request that is not the inventory's goes, byte for byte, to another DUIS endpoint (HARNESS.md 3).
//!
//! Only what a known, Active User signed is sent on, so that nobody else can use this service to reach the other.

mod forwarder;
mod options;
mod sender;

pub use forwarder::{ForwardFault, Forwarder, OtherAnswer, ToForward};
pub use options::ForwardOptions;
