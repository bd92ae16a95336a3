//! The location of a database: its URL, parsed, and how its connections are opened.

use std::time::Duration;

use super::{
    Connection, OpenFault,
    migrations::{applied, known},
    postgres::{self, PostgresServer},
    sqlite::SqliteFile,
    wal_checkpoint::WalCheckpointer,
};

/// Options of the store: the size of its connection pool, and its timeout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoreOptions {
    /// The most connections that read at the same time.
    pub readers: u32,
    /// The timeout of each wait: for a connection, for a free reader, for the writers' lock.
    pub timeout: Duration,
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self { readers: 4, timeout: Duration::from_secs(2) }
    }
}

/// The location of a database.
#[derive(Clone, Debug)]
pub(crate) enum Location {
    /// A file.
    Sqlite(SqliteFile),
    /// A server.
    Postgres(PostgresServer),
}

impl Location {
    /// Parses `sqlite://relative.db`, `sqlite:///absolute.db` or `postgres://user@host/database`.
    pub(crate) fn parse(url: &str, timeout: Duration) -> Result<Self, OpenFault> {
        let refused = |reason| OpenFault::Url { url: url.to_owned(), reason };
        if is_postgres(url) {
            return PostgresServer::parse(url, timeout).map(Self::Postgres);
        }
        match url.strip_prefix("sqlite://") {
            Some("") => Err(refused("it names no file")),
            // Each connection would get its own database.
            Some(":memory:") => Err(refused("a database in memory is not supported: name a file")),
            // SQLite would take the options as a part of the file's name.
            Some(path) if path.contains('?') => {
                Err(refused("a file takes no options after `?`: name the file alone"))
            }
            Some(path) => Ok(Self::Sqlite(SqliteFile::new(path, timeout))),
            None => Err(OpenFault::Url {
                url: postgres::without_password(url),
                reason: "it begins neither with `sqlite://` nor with `postgres://`",
            }),
        }
    }

    /// Opens a connection that writes. A missing file is created, and missing migrations are run.
    pub(crate) fn open_writer(&self) -> Result<Connection, OpenFault> {
        match self {
            Self::Sqlite(file) => file.open_writer().map(Connection::Sqlite),
            Self::Postgres(server) => server.open_writer().map(Connection::Postgres),
        }
    }

    /// Opens a connection that writes again, after the last one was lost.
    pub(crate) fn reopen_writer(&self) -> Result<Connection, OpenFault> {
        match self {
            Self::Sqlite(file) => file.open_writer().map(Connection::Sqlite),
            Self::Postgres(server) => server.reopen_writer().map(Connection::Postgres),
        }
    }

    /// Opens a connection that can write, without migrating anything.
    pub(crate) fn open_unmigrated(&self) -> Result<Connection, OpenFault> {
        match self {
            Self::Sqlite(file) => file.connect().map(Connection::Sqlite),
            Self::Postgres(server) => server.reopen_writer().map(Connection::Postgres),
        }
    }

    /// Starts the WAL checkpointer of a file that a writer has opened; none for a server, which has its own.
    pub(super) fn start_checkpointer(&self) -> Result<Option<WalCheckpointer>, OpenFault> {
        match self {
            Self::Sqlite(file) => WalCheckpointer::start(file).map(Some),
            Self::Postgres(_) => Ok(None),
        }
    }

    /// Its name in messages: the file, or the database and its host.
    pub(crate) fn shown(&self) -> &str {
        match self {
            Self::Sqlite(file) => file.path(),
            Self::Postgres(server) => server.shown(),
        }
    }

    /// Checks that the file at the path is the one that was opened: it may be moved, deleted or replaced under a running service.
    pub(crate) fn check_not_replaced(&self) -> Result<(), OpenFault> {
        match self {
            Self::Sqlite(file) => file.check_not_replaced(),
            Self::Postgres(_) => Ok(()),
        }
    }

    /// Checks that the file and its WAL are the ones that were opened; only while a writer has them open.
    pub(crate) fn check_wal_not_replaced(&self) -> Result<(), OpenFault> {
        match self {
            Self::Sqlite(file) => file.check_wal_not_replaced(),
            Self::Postgres(_) => Ok(()),
        }
    }

    /// Opens a connection that reads only, after a writer has prepared the database.
    pub(crate) fn open_reader(&self) -> Result<Connection, OpenFault> {
        match self {
            Self::Sqlite(file) => file.open_reader().map(Connection::Sqlite),
            Self::Postgres(server) => server.open_reader().map(Connection::Postgres),
        }
    }

    /// Opens a connection that reads only, without creating or migrating anything; none where there is no database.
    pub(crate) fn open_read_only(&self) -> Result<Option<Connection>, OpenFault> {
        let connection = match self {
            Self::Sqlite(file) => file.open_read_only()?.map(Connection::Sqlite),
            Self::Postgres(server) => server.open_read_only()?.map(Connection::Postgres),
        };
        let Some(mut connection) = connection else {
            return Ok(None);
        };
        let database = || self.shown().to_owned();
        let applied = applied(&mut connection)
            .map_err(|error| OpenFault::Connect { database: database(), reason: error.to_string() })?;
        let known = known()?;
        // Newer before older: a newer version's database may lack one of our migrations too, and the advice to run this version
        // would be wrong.
        if let Some(unknown) = applied.iter().find(|version| !known.contains(*version)) {
            return Err(OpenFault::Newer(unknown.clone()));
        }
        match known.into_iter().find(|version| !applied.contains(version)) {
            Some(migration) => Err(OpenFault::Older { database: database(), migration }),
            None => Ok(Some(connection)),
        }
    }

    /// Checks that the service could write to it, without writing.
    pub(crate) fn check_usable(&self) -> Result<(), OpenFault> {
        match self {
            Self::Sqlite(file) => file.check_usable(),
            Self::Postgres(server) => server.check_usable(),
        }
    }

    /// Whether another process, on a server another instance, has the database open.
    pub(crate) fn is_used_by_others(&self) -> Result<bool, OpenFault> {
        match self {
            Self::Sqlite(file) => Ok(file.is_used_by_others()),
            Self::Postgres(server) => server.is_used_by_others(),
        }
    }

    /// Fails where a service has the database open.
    pub(crate) fn refuse_where_in_use(&self) -> Result<(), OpenFault> {
        match self {
            Self::Sqlite(file) => file.refuse_where_in_use(),
            Self::Postgres(server) => server.refuse_where_in_use(),
        }
    }
}

fn is_postgres(url: &str) -> bool {
    url.starts_with("postgres://") || url.starts_with("postgresql://")
}

/// A store's URL for display: without its password.
pub fn shown_url(url: &str) -> String {
    if is_postgres(url) { postgres::without_password(url) } else { url.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_that_name_no_database_are_refused() {
        let parsed = |url: &str| Location::parse(url, Duration::ZERO);
        let refusals = [
            "sqlite://",
            "sqlite://:memory:",
            "sqlite://smi.db?mode=rwc",
            "smi.db",
            "mysql://smi:s3cret@host/db",
        ]
        .map(|url| parsed(url).unwrap_err().to_string());
        insta::assert_snapshot!(refusals.join("\n"), @r"
        store URL `sqlite://`: it names no file
        store URL `sqlite://:memory:`: a database in memory is not supported: name a file
        store URL `sqlite://smi.db?mode=rwc`: a file takes no options after `?`: name the file alone
        store URL `smi.db`: it begins neither with `sqlite://` nor with `postgres://`
        store URL `mysql://smi:***@host/db`: it begins neither with `sqlite://` nor with `postgres://`
        ");
        assert_eq!(parsed("sqlite://smi.db").unwrap().shown(), "smi.db");
        assert_eq!(parsed("sqlite:///var/smi.db").unwrap().shown(), "/var/smi.db");
    }

    /// The two databases have the same tables and migrations; only the names of types and the clock differ.
    #[test]
    fn migrations_of_the_databases_are_the_same() {
        const SAME: [(&str, &str); 5] = [
            ("TEXT COLLATE \"C\"", "TEXT"),
            (
                "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY",
                "INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT",
            ),
            ("BYTEA", "BLOB"),
            ("attempts BIGINT", "attempts INTEGER"),
            (
                "CAST(EXTRACT(EPOCH FROM now()) * 1000 AS BIGINT)",
                "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)",
            ),
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
