//! What needs more than one room, or another program to compare with: the one integration binary.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::string_slice,
    reason = "a helper of a test fails the test"
)]

mod support;

mod answers;
mod bench;
mod canonical;
mod change_of_supplier;
mod client;
mod commands;
mod conform;
mod documents;
mod hostile;
mod hostile_http;
mod http;
mod life;
mod manage;
mod mutants;
mod oracles;
mod outbox;
mod properties;
mod reload;
mod rooms;
mod rulebook;
mod schema;
mod signature;
mod sr_8_4;
mod story;
mod tls;
mod traceability;
mod well_formed;
