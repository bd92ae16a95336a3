//! Why a database cannot be opened or used.

/// Why a database cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenFault {
    /// The URL is of no kind that is supported. One of PostgreSQL is not repeated, as it may hold a password.
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
    /// It has migrations that this program does not know.
    #[error(
        "database is from a newer version of smi: it has migration `{0}`, which this version does not know"
    )]
    Newer(String),
    /// It has tables, but not those of this program.
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
    /// It lacks migrations of this version; opening it to write would run them.
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
