//! Opening a database: where it is, how it behaves, and that its tables are the ones this program knows.

use std::{collections::BTreeSet, time::Duration};

use diesel::{
    QueryResult, QueryableByName, RunQueryDsl as _, backend::Backend, migration::MigrationSource, sql_query,
    sql_types::Text,
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness};

pub use super::any::AnyConnection as Connection;
use super::{
    StoreFault,
    log::LogKeeper,
    postgres::{self, Server},
    sqlite::{self, File},
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
            Some(path) => Ok(Self::Sqlite(File::new(path, patience))),
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

    /// Who copies the log of a file that a writer prepared; a server does so itself.
    pub(super) fn start_log_keeper(&self) -> Result<Option<LogKeeper>, OpenFault> {
        match self {
            Self::Sqlite(file) => LogKeeper::start(file).map(Some),
            Self::Postgres(_) => Ok(None),
        }
    }

    /// The file, or the database and its host.
    pub(super) fn shown(&self) -> &str {
        match self {
            Self::Sqlite(file) => file.path(),
            Self::Postgres(server) => server.shown(),
        }
    }

    /// That what was opened is still what others will open: a file can be moved, deleted or replaced under us.
    pub(super) fn stands(&self) -> Result<(), OpenFault> {
        match self {
            Self::Sqlite(file) => file.stands(),
            Self::Postgres(_) => Ok(()),
        }
    }

    /// The same, while a writer has it open, and its log with it.
    pub(super) fn stands_with_log(&self) -> Result<(), OpenFault> {
        match self {
            Self::Sqlite(file) => file.stands_with_log(),
            Self::Postgres(_) => Ok(()),
        }
    }

    /// Opens it for reading only, after a writer prepared it.
    pub(super) fn open_reader(&self) -> Result<Connection, OpenFault> {
        match self {
            Self::Sqlite(file) => file.open_reader().map(Connection::Sqlite),
            Self::Postgres(server) => server.open_reader().map(Connection::Postgres),
        }
    }

    /// Opens it for reading as it stands; nothing where there is no database. Nothing is made or migrated.
    pub(super) fn open_existing(&self) -> Result<Option<Connection>, OpenFault> {
        let connection = match self {
            Self::Sqlite(file) => file.open_existing()?.map(Connection::Sqlite),
            Self::Postgres(server) => server.open_existing()?.map(Connection::Postgres),
        };
        let Some(mut connection) = connection else {
            return Ok(None);
        };
        let database = || self.shown().to_owned();
        let applied = applied(&mut connection)
            .map_err(|error| OpenFault::Connect { database: database(), reason: error.to_string() })?;
        let known = known()?;
        if let Some(unknown) = applied.iter().find(|version| !known.contains(*version)) {
            return Err(OpenFault::Newer(unknown.clone()));
        }
        match known.into_iter().find(|version| !applied.contains(version)) {
            Some(migration) => Err(OpenFault::Older { database: database(), migration }),
            None => Ok(Some(connection)),
        }
    }

    /// Refuses a database that a service has open.
    pub(super) fn refuse_where_in_use(&self) -> Result<(), OpenFault> {
        match self {
            Self::Sqlite(file) => file.refuse_where_in_use(),
            Self::Postgres(server) => server.refuse_where_in_use(),
        }
    }
}

fn is_postgres(url: &str) -> bool {
    url.starts_with("postgres://") || url.starts_with("postgresql://")
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

fn lines(connection: &mut Connection, query: &str) -> QueryResult<Vec<String>> {
    Ok(sql_query(query).load::<Line>(connection)?.into_iter().map(|row| row.line).collect())
}

/// Not by diesel's own means: they make the table where it is missing.
fn applied(connection: &mut Connection) -> QueryResult<Vec<String>> {
    lines(connection, "SELECT version AS line FROM __diesel_schema_migrations ORDER BY version")
}

/// The migrations this version knows, which are the same for every database, oldest first.
fn known() -> Result<BTreeSet<String>, OpenFault> {
    let known = MigrationSource::<diesel::sqlite::Sqlite>::migrations(&sqlite::MIGRATIONS);
    let known = known.map_err(|error| OpenFault::Migrate(error.to_string()))?;
    Ok(known.iter().map(|migration| migration.name().version().to_string()).collect())
}

/// The newest migration of the database.
pub(super) fn newest_migration(connection: &mut Connection) -> Result<String, StoreFault> {
    Ok(applied(connection)?.pop().unwrap_or_default())
}

/// Whether this version knows that migration.
pub(super) fn knows_migration(version: &str) -> Result<bool, OpenFault> {
    Ok(known()?.contains(version))
}

/// What the database's own checks find wrong with it, at most a hundred sentences; nothing is right. PostgreSQL has no
/// such checks: what can be read there is right.
pub(super) fn integrity(connection: &mut Connection) -> Result<Vec<String>, StoreFault> {
    match connection {
        Connection::Postgres(_) => Ok(Vec::new()),
        Connection::Sqlite(_) => {
            let pages = lines(connection, "SELECT integrity_check AS line FROM pragma_integrity_check")?;
            let keys = "SELECT 'a row of table ' || \"table\" || ' names a row that is not there' AS line
                FROM pragma_foreign_key_check LIMIT 100";
            let keys = lines(connection, keys)?;
            Ok(pages.into_iter().filter(|found| found != "ok").chain(keys).collect())
        }
    }
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
