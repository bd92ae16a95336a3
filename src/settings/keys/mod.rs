//! The table of settings: names, defaults, accepted values and meanings.
//!
//! `docs/SETTINGS.md` is made from it, and the environment variables are read by it. `tests/it/docs/settings.rs` checks it
//! against what the settings file accepts.

mod hubs;
mod key;
mod operation;
mod peers;
mod reflash;
mod server;
mod service;
mod test;

pub use key::{Key, Section};
pub(super) use key::{Quoting, variable_name};

/// The sections, in the order of the settings file.
pub const SECTIONS: &[Section] = &[
    server::SERVER,
    server::TLS,
    operation::STORE,
    operation::TRUST,
    operation::RULES,
    operation::ANSWERS,
    operation::ALERTS,
    operation::CALENDAR,
    operation::NOTICES,
    hubs::HUBS,
    reflash::REFLASH,
    service::FIRMWARE,
    service::MAINTENANCE,
    service::PRIVACY,
    service::VARIANTS,
    operation::SIMULATE,
    peers::CSP,
    peers::CSP_URLS,
    peers::FORWARD,
    peers::OUTBOX,
    server::MANAGE,
    peers::CSP_GATEWAY,
    peers::CSP_GATEWAY_CSPS,
    operation::LOG,
    test::TEST,
];

/// All keys, with the names of their sections.
pub(super) fn all() -> impl Iterator<Item = (&'static str, &'static Key)> {
    SECTIONS.iter().flat_map(|section| section.keys.iter().map(|key| (section.name, key)))
}
