//! Every setting, as `docs/SETTINGS.md` describes it and as the environment names it.
//!
//! This table is the only place that says what a key means. `tests/it/docs/settings.rs` holds it against what the
//! settings file accepts, and makes the page from it.

mod key;
mod operation;
mod peers;
mod server;

pub use key::{Key, Section};
pub(super) use key::{Quoting, variable_name};

/// Every section, in the order of the settings file.
pub const SECTIONS: &[Section] = &[
    server::SERVER,
    server::TLS,
    operation::STORE,
    operation::TRUST,
    operation::RULES,
    operation::SIMULATE,
    peers::CSP,
    peers::CSP_URLS,
    peers::OUTBOX,
    server::MANAGE,
    peers::CSP_GATEWAY,
    peers::CSP_GATEWAY_CSPS,
    operation::LOG,
    operation::TEST,
];
