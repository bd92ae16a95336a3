//! Logging to standard error: events with fields, never a message's body, a key or an address.

use std::{fmt, io::IsTerminal as _};

use tracing::field::Field;
use tracing_subscriber::{
    EnvFilter,
    field::MakeExt as _,
    fmt::format::{self, Writer},
};

use super::log_buffer::{LogBuffer, LogGuard};
use crate::{
    domain::escape_invisible,
    settings::{LogFormat, LogLevel, Settings},
};

/// Starts logging with the level and format of the settings; libraries log from `warn` on. The guard is to be dropped when the
/// command ends.
pub(super) fn start(settings: &Settings) -> LogGuard {
    let Settings { log_format, log_level, .. } = settings;
    let libraries = (*log_level).min(LogLevel::Warn);
    let filter = EnvFilter::new(format!("{libraries},smi={log_level}"));
    let (buffer, guard) = LogBuffer::start(std::io::stderr());
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(buffer)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false);
    match log_format {
        LogFormat::Text => log.fmt_fields(format::debug_fn(field).delimited(" ")).init(),
        LogFormat::Json => log.json().flatten_event(true).with_span_list(false).init(),
    }
    log_panics();
    guard
}

/// Writes a field of an event. The library escapes messages alone; fields quote what others wrote.
fn field(writer: &mut Writer<'_>, field: &Field, value: &dyn fmt::Debug) -> fmt::Result {
    let value = escape_invisible(&format!("{value:?}"));
    match field.name() {
        "message" => write!(writer, "{value}"),
        name => write!(writer, "{}={value}", name.trim_start_matches("r#")),
    }
}

/// Logs panics by their location alone: a panic's message may hold content of a request.
fn log_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        tracing::error!(place, "thread panicked");
    }));
}

#[cfg(test)]
mod tests {
    use std::{
        io,
        sync::{Arc, Mutex},
    };

    use super::*;

    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Written {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn fields_are_escaped() {
        let written = Written::default();
        let to = written.clone();
        let log = tracing_subscriber::fmt()
            .with_writer(move || to.clone())
            .with_ansi(false)
            .without_time()
            .with_target(false)
            .fmt_fields(format::debug_fn(field).delimited(" "))
            .finish();
        tracing::subscriber::with_default(log, || {
            tracing::warn!(reason = %"a\u{1b}[2J\nb\u{a0}", lines = 2, r#type = "x", "message \u{1b} refused");
        });
        let written = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
        assert_eq!(
            written,
            " WARN message \\u{1b} refused reason=a\\u{1b}[2J\\u{a}b\\u{a0} lines=2 type=\"x\"\n"
        );
    }
}
