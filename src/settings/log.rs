//! The settings of the log: format and level.

use crate::domain::closed_set;

closed_set!(
    /// The format of log lines (`log.format`).
    LogFormat, "a log.format", {
        Text => "text",
        Json => "json",
    }
);

closed_set!(
    /// The level of the least severe line that is logged (`log.level`).
    LogLevel, "a log.level", {
        Error => "error",
        Warn => "warn",
        Info => "info",
        Debug => "debug",
    }
);
