//! Settings: flags override the environment, which overrides the file, which overrides the defaults. All are checked once,
//! before anything starts.

// The settings file, as written, and the table of its keys.
mod keys;
mod raw;

// The checks of each section.
mod alerts;
mod bounds;
mod calendar;
mod codes;
mod csp;
mod csp_gateway;
mod environment;
mod forward;
mod hubs;
mod listen;
mod log;
mod maintenance;
mod notices;
mod privacy;
mod reflash;
mod reflash_values;
mod simulate;
mod test;
mod tls;
mod users;

// The checked settings: loaded, and printed.
mod display;
mod fault;
mod firmware;
mod load;
mod values;
mod variants;

pub use alerts::AlertChoices;
pub use calendar::CalendarChoices;

pub use csp::CspSettings;
pub use csp_gateway::CspGatewaySettings;
pub use environment::{environment, login_name};
pub use fault::SettingsFault;
pub use forward::ForwardSettings;
pub use keys::{Key, SECTIONS, Section};
pub use listen::parse_listen;
pub use load::Overrides;
pub use log::{LogFormat, LogLevel};
pub use notices::NoticeChoices;
pub use tls::TlsSettings;
pub use values::{Settings, TrustSettings, TrustSource};

#[cfg(test)]
mod tests;
