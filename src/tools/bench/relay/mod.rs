//! A TCP relay between the service and its database server, which holds what passes: a network of a chosen round trip.

mod address;
mod pipe;
mod server;
mod timing;

pub(super) use address::ServerAddress;
pub(super) use server::Relay;
pub(super) use timing::relay_cpu;
