//! Logging to standard error: events with fields, never a message's body, a key or an address.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;

use crate::settings::{LogFormat, LogLevel, Settings};

/// Starts logging with the level and format of the settings; libraries log from `warn` on.
pub(super) fn start(settings: &Settings) {
    let Settings { log_format, log_level, .. } = settings;
    let libraries = (*log_level).min(LogLevel::Warn);
    let filter = EnvFilter::new(format!("{libraries},smi={log_level}"));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false);
    match log_format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().flatten_event(true).with_span_list(false).init(),
    }
    log_panics();
}

/// Logs panics by their location alone: a panic's message may hold content of a request.
fn log_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        tracing::error!(place, "thread panicked");
    }));
}
