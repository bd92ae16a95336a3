//! Opening a database: where it is, how it behaves, and that its tables are the ones this program knows.

use std::{collections::BTreeSet, time::Duration};

use diesel::{backend::Backend, migration::MigrationSource};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness};

pub use super::any::AnyConnection as Connection;
use super::{
    postgres::{self, Server},
    sqlite::File,
};

/// How many may read at once, and how long to wait for what another does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoreOptions {
    /// As many connections read at the same time, at most.
    pub readers: u32,
    /// The longest wait: for a connection, for a free reader, for the turn to write.
    pub timeout: Duration,
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self { readers: 4, timeout: Duration::from_secs(5) }
    }
}

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
    /// It has tables, but they are somebody else's.
    #[error("database `{0}` is not a database of smi")]
    Foreign(String),
    /// A migration failed.
    #[error("cannot bring the database to this version: {0}")]
    Migrate(String),
    /// The writer's thread could not be started.
    #[error("cannot start the store's writer: {0}")]
    Thread(#[source] std::io::Error),
}

/// Where a database is.
#[derive(Clone, Debug)]
pub(super) enum Location {
    /// A file.
    Sqlite(File),
    /// A server.
    Postgres(Server),
}

impl Location {
    /// From `sqlite://relative.db`, `sqlite:///absolute.db` or `postgres://user@host/database`.
    pub(super) fn parse(url: &str, patience: Duration) -> Result<Self, OpenFault> {
        let refused = |reason| OpenFault::Url { url: url.to_owned(), reason };
        if is_postgres(url) {
            return Server::parse(url, patience).map(Self::Postgres);
        }
        match url.strip_prefix("sqlite://") {
            Some("") => Err(refused("it names no file")),
            Some(":memory:") => Err(refused("a database in memory is not supported: name a file")),
            Some(path) => Ok(Self::Sqlite(File { path: path.to_owned(), patience })),
            None => Err(OpenFault::Url {
                url: postgres::without_password(url),
                reason: "it begins neither with `sqlite://` nor with `postgres://`",
            }),
        }
    }

    /// Opens it for writing, creates a file if need be, and runs the migrations it lacks.
    pub(super) fn open_writer(&self) -> Result<Connection, OpenFault> {
        match self {
            Self::Sqlite(file) => file.open_writer().map(Connection::Sqlite),
            Self::Postgres(server) => server.open_writer().map(Connection::Postgres),
        }
    }

    /// Opens it for writing again, after it was lost.
    pub(super) fn reopen_writer(&self) -> Result<Connection, OpenFault> {
        match self {
            Self::Sqlite(file) => file.open_writer().map(Connection::Sqlite),
            Self::Postgres(server) => server.reopen_writer().map(Connection::Postgres),
        }
    }

    /// The file, or the database and its host.
    pub(super) fn shown(&self) -> &str {
        match self {
            Self::Sqlite(file) => &file.path,
            Self::Postgres(server) => server.shown(),
        }
    }

    /// Opens it for reading only, after a writer prepared it.
    pub(super) fn open_reader(&self) -> Result<Connection, OpenFault> {
        match self {
            Self::Sqlite(file) => file.open_reader().map(Connection::Sqlite),
            Self::Postgres(server) => server.open_reader().map(Connection::Postgres),
        }
    }
}

fn is_postgres(url: &str) -> bool {
    url.starts_with("postgres://") || url.starts_with("postgresql://")
}

/// A store's URL as it may be shown: without a password.
pub fn shown_url(url: &str) -> String {
    if is_postgres(url) { postgres::without_password(url) } else { url.to_owned() }
}

pub(super) fn refuse_newer<B, C>(connection: &mut C, known: &EmbeddedMigrations) -> Result<(), OpenFault>
where
    B: Backend,
    C: MigrationHarness<B>,
    EmbeddedMigrations: MigrationSource<B>,
{
    let migrate = |error: Box<dyn std::error::Error + Send + Sync>| OpenFault::Migrate(error.to_string());
    let applied = connection.applied_migrations().map_err(migrate)?;
    let known = known.migrations().map_err(migrate)?;
    let known = known.iter().map(|migration| migration.name().version().to_string()).collect::<BTreeSet<_>>();
    let unknown = applied.iter().map(ToString::to_string).find(|version| !known.contains(version));
    unknown.map_or(Ok(()), |version| Err(OpenFault::Newer(version)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_that_name_no_database_are_refused() {
        let parsed = |url: &str| Location::parse(url, Duration::ZERO);
        let refusals = ["sqlite://", "sqlite://:memory:", "smi.db", "mysql://smi:s3cret@host/db"]
            .map(|url| parsed(url).unwrap_err().to_string());
        insta::assert_snapshot!(refusals.join("\n"), @r"
        store URL `sqlite://`: it names no file
        store URL `sqlite://:memory:`: a database in memory is not supported: name a file
        store URL `smi.db`: it begins neither with `sqlite://` nor with `postgres://`
        store URL `mysql://smi:***@host/db`: it begins neither with `sqlite://` nor with `postgres://`
        ");
        assert_eq!(parsed("sqlite://smi.db").unwrap().shown(), "smi.db");
        assert_eq!(parsed("sqlite:///var/smi.db").unwrap().shown(), "/var/smi.db");
    }

    /// Every database has the same tables under the same migrations: what differs is how a type is called.
    #[test]
    fn migrations_of_the_databases_are_the_same() {
        const SAME: [(&str, &str); 4] = [
            ("TEXT COLLATE \"C\"", "TEXT"),
            (
                "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY",
                "INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT",
            ),
            ("BYTEA", "BLOB"),
            ("attempts BIGINT", "attempts INTEGER"),
        ];
        let files = |database: &str| {
            let folder = format!("{}/migrations/{database}", env!("CARGO_MANIFEST_DIR"));
            let mut files = std::collections::BTreeMap::new();
            for migration in std::fs::read_dir(folder).unwrap() {
                for file in std::fs::read_dir(migration.unwrap().path()).unwrap() {
                    let path = file.unwrap().path();
                    let name = path.iter().rev().take(2).collect::<std::path::PathBuf>();
                    let text = std::fs::read_to_string(path).unwrap();
                    files.insert(
                        name,
                        SAME.iter().fold(text, |text, (ours, common)| text.replace(ours, common)),
                    );
                }
            }
            files
        };
        assert_eq!(files("postgres"), files("sqlite"));
    }
}
