//! Errors of opening a database.

/// Why a database cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenFault {
    /// The URL is not supported. A PostgreSQL URL is not repeated in the message, as it may hold a password.
    #[error("store URL `{url}`: {reason}")]
    Url {
        /// The URL.
        url: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The database cannot be reached.
    #[error("cannot open database `{database}`: {reason}")]
    Connect {
        /// The file, or the database and its host.
        database: String,
        /// Why it cannot be opened.
        reason: String,
    },
    /// It has a migration that this version does not know.
    #[error(
        "database is from a newer version of smi: it has migration `{0}`, which this version does not know"
    )]
    Newer(String),
    /// Its tables are another program's.
    #[error("database `{0}` is not a database of smi")]
    Foreign(String),
    /// It cannot hold an inventory.
    #[error("database `{database}` cannot be used: {reason}")]
    Unfit {
        /// The database and its host.
        database: String,
        /// What is wrong with it, and what to do.
        reason: String,
    },
    /// A migration failed.
    #[error("cannot bring the database to this version: {0}")]
    Migrate(String),
    /// Another process has it open.
    #[error("database `{0}` is in use: stop the service first")]
    InUse(String),
    /// It lacks migrations of this version. Only opening it for writing runs them.
    #[error(
        "database `{database}` is from an older version of smi: it lacks migration `{migration}`; `smi serve` brings it up to date"
    )]
    Older {
        /// Which database.
        database: String,
        /// The first migration that it lacks.
        migration: String,
    },
    /// The writer's thread could not be started.
    #[error("cannot start the store's writer: {0}")]
    Thread(#[source] std::io::Error),
}
