//! Opening a database: where it is, how it behaves, and that its tables are the ones this program knows.
//!
//! Everything that is particular to SQLite stands here and in `migrations/sqlite`.

use std::collections::BTreeSet;

use diesel::{
    Connection as _, QueryableByName, RunQueryDsl, SqliteConnection, connection::SimpleConnection,
    migration::MigrationSource, sql_query, sql_types::BigInt, sqlite::Sqlite,
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

/// A connection to the database.
pub type Connection = SqliteConnection;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/sqlite");

/// Why a database cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenFault {
    /// The URL is of no kind that is supported.
    #[error("store URL `{url}`: {reason}")]
    Url {
        /// The URL.
        url: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The database cannot be reached.
    #[error("cannot open database `{path}`: {reason}")]
    Connect {
        /// Where it should be.
        path: String,
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
pub(super) struct Location {
    path: String,
}

impl Location {
    /// From `sqlite://relative.db` or `sqlite:///absolute.db`.
    pub(super) fn parse(url: &str) -> Result<Self, OpenFault> {
        let refused = |reason| OpenFault::Url { url: url.to_owned(), reason };
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Err(refused("PostgreSQL is not supported yet"));
        }
        match url.strip_prefix("sqlite://") {
            Some("") => Err(refused("it names no file")),
            Some(":memory:") => Err(refused("a database in memory is not supported: name a file")),
            Some(path) => Ok(Self { path: path.to_owned() }),
            None => Err(refused("it does not begin with `sqlite://`")),
        }
    }

    /// Opens it for writing, creates it if need be, and runs the migrations it lacks.
    pub(super) fn open_writer(&self) -> Result<Connection, OpenFault> {
        let mut connection = self.connect()?;
        self.refuse_what_is_not_ours(&mut connection)?;
        self.set(
            &mut connection,
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON",
        )?;
        connection
            .run_pending_migrations(MIGRATIONS)
            .map_err(|error| OpenFault::Migrate(error.to_string()))?;
        Ok(connection)
    }

    /// Opens it for reading only, after a writer prepared it.
    pub(super) fn open_reader(&self) -> Result<Connection, OpenFault> {
        let mut connection = self.connect()?;
        self.set(&mut connection, "PRAGMA query_only = ON")?;
        Ok(connection)
    }

    fn connect(&self) -> Result<Connection, OpenFault> {
        let mut connection = Connection::establish(&self.path).map_err(|error| self.unusable(&error))?;
        self.set(&mut connection, "PRAGMA busy_timeout = 5000")?;
        Ok(connection)
    }

    fn set(&self, connection: &mut Connection, pragmas: &str) -> Result<(), OpenFault> {
        connection.batch_execute(pragmas).map_err(|error| self.unusable(&error))
    }

    fn unusable(&self, reason: &impl ToString) -> OpenFault {
        OpenFault::Connect { path: self.path.clone(), reason: reason.to_string() }
    }

    /// Nothing has been written when this refuses.
    fn refuse_what_is_not_ours(&self, connection: &mut Connection) -> Result<(), OpenFault> {
        let tables = |connection: &mut Connection, condition: &str| {
            let query =
                format!("SELECT COUNT(*) AS number FROM sqlite_master WHERE type = 'table' {condition}");
            sql_query(query).get_result::<Count>(connection).map_err(|error| self.unusable(&error))
        };
        if tables(connection, "")?.number == 0 {
            return Ok(());
        }
        if tables(connection, "AND name = '__diesel_schema_migrations'")?.number == 0 {
            return Err(OpenFault::Foreign(self.path.clone()));
        }
        refuse_newer(connection)
    }
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

fn refuse_newer(connection: &mut Connection) -> Result<(), OpenFault> {
    let migrate = |error: Box<dyn std::error::Error + Send + Sync>| OpenFault::Migrate(error.to_string());
    let applied = connection.applied_migrations().map_err(migrate)?;
    let known = MigrationSource::<Sqlite>::migrations(&MIGRATIONS).map_err(migrate)?;
    let known = known.iter().map(|migration| migration.name().version().to_string()).collect::<BTreeSet<_>>();
    let unknown = applied.iter().map(ToString::to_string).find(|version| !known.contains(version));
    unknown.map_or(Ok(()), |version| Err(OpenFault::Newer(version)))
}
