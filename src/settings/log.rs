//! How and how much the program logs.

use crate::domain::closed_set;

closed_set!(
    /// How log lines are written (`log.format`).
    LogFormat, "a log.format", {
        Text => "text",
        Json => "json",
    }
);

closed_set!(
    /// The least weight a line must have to be logged (`log.level`).
    LogLevel, "a log.level", {
        Error => "error",
        Warn => "warn",
        Info => "info",
        Debug => "debug",
    }
);
