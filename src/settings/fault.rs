//! The error of settings.

use std::path::PathBuf;

/// An invalid setting.
#[derive(Debug, thiserror::Error)]
pub enum SettingsFault {
    /// The file cannot be read.
    #[error("{file}: {reason}")]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// The reason.
        reason: std::io::Error,
    },
    /// A key or value of the file is invalid.
    #[error("{file}: {reason}")]
    File {
        /// The file.
        file: PathBuf,
        /// Line, column, key, and the accepted values.
        reason: String,
    },
    /// An environment variable is invalid.
    #[error("environment variable {variable}: {reason}")]
    Environment {
        /// The variable.
        variable: String,
        /// The accepted values.
        reason: String,
    },
    /// Two settings contradict each other, or one is not supported.
    #[error("{0}")]
    Unusable(String),
}
