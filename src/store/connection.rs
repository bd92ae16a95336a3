//! Opening a database: where it is, how it behaves, and that its tables are the ones this program knows.

use std::{collections::BTreeSet, time::Duration};

use diesel::{
    backend::Backend,
    migration::MigrationSource,
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness};

use super::{
    postgres::{self, Server},
    sqlite::File,
};
pub use super::any::AnyConnection as Connection;

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
    use std::fmt::Display;

    use super::*;
    use crate::{
        domain::{
            Connectivity, ConnectivityLikelihood, CplStatus, CspRegion, DeviceType, EsmeVariant,
            HanLogChange, Role, SmiStatus, UserStatus, WanTechnology,
        },
        store::{
            MessageKind, Store,
            testing::{TempStore, url_in},
        },
    };

    #[derive(QueryableByName)]
    struct Name {
        #[diesel(sql_type = diesel::sql_types::Text)]
        name: String,
    }

    fn names(connection: &mut Connection, query: &str) -> Vec<String> {
        let rows = sql_query(query).load::<Name>(connection).unwrap();
        rows.into_iter().map(|row| row.name).collect()
    }

    fn schema(connection: &mut Connection) -> Vec<String> {
        let ours = "name NOT LIKE 'sqlite_%' AND name <> '__diesel_schema_migrations'";
        names(
            connection,
            &format!("SELECT COALESCE(sql, '') AS name FROM sqlite_master WHERE {ours} ORDER BY 1"),
        )
    }

    #[test]
    fn urls_that_name_no_database_are_refused() {
        let refusals = ["postgres://smi:secret@host/db", "sqlite://", "sqlite://:memory:", "smi.db"]
            .map(|url| Location::parse(url).unwrap_err().to_string());
        insta::assert_snapshot!(refusals.join("\n"), @r"
        store URL `postgres://...`: PostgreSQL is not supported yet
        store URL `sqlite://`: it names no file
        store URL `sqlite://:memory:`: a database in memory is not supported: name a file
        store URL `smi.db`: it does not begin with `sqlite://`
        ");
        assert_eq!(Location::parse("sqlite://smi.db").unwrap().path, "smi.db");
        assert_eq!(Location::parse("sqlite:///var/smi.db").unwrap().path, "/var/smi.db");
    }

    #[test]
    fn a_directory_that_is_missing_is_named() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("missing/smi.db").display().to_string();
        let fault = Store::open(&format!("sqlite://{path}")).err().unwrap();
        assert_eq!(
            fault.to_string(),
            format!("cannot open database `{path}`: Unable to open the database file")
        );
    }

    #[test]
    fn a_writer_waits_for_the_disk() {
        let store = TempStore::new();
        let mut writer = Location::parse(&url_in(&store.directory)).unwrap().open_writer().unwrap();
        let pragma = |writer: &mut Connection, name: &str, as_text: &str| {
            names(writer, &format!("SELECT CAST({as_text} AS TEXT) AS name FROM pragma_{name}"))
        };
        assert_eq!(pragma(&mut writer, "journal_mode", "journal_mode"), ["wal"]);
        assert_eq!(pragma(&mut writer, "synchronous", "synchronous"), ["2"]);
        assert_eq!(pragma(&mut writer, "foreign_keys", "foreign_keys"), ["1"]);
        assert_eq!(pragma(&mut writer, "busy_timeout", "timeout"), ["5000"]);
    }

    #[test]
    fn migrations_go_up_down_and_up_again() {
        let store = TempStore::new();
        let mut writer = Location::parse(&url_in(&store.directory)).unwrap().open_writer().unwrap();
        let up = schema(&mut writer);
        assert!(up.iter().any(|sql| sql.starts_with("CREATE TABLE devices")));
        writer.revert_all_migrations(MIGRATIONS).unwrap();
        assert!(schema(&mut writer).is_empty());
        writer.run_pending_migrations(MIGRATIONS).unwrap();
        assert_eq!(schema(&mut writer), up);
    }

    #[test]
    fn a_newer_database_is_refused_untouched() {
        let directory = tempfile::tempdir().unwrap();
        drop(Store::open(&url_in(&directory)).unwrap());
        let path = directory.path().join("smi.db");
        let mut raw = Connection::establish(path.to_str().unwrap()).unwrap();
        raw.batch_execute("PRAGMA journal_mode = DELETE; INSERT INTO __diesel_schema_migrations (version) VALUES ('20990101000001')")
            .unwrap();
        drop(raw);
        let before = std::fs::read(&path).unwrap();
        let fault = Store::open(&url_in(&directory)).err().unwrap();
        insta::assert_snapshot!(fault, @"database is from a newer version of smi: it has migration `20990101000001`, which this version does not know");
        assert_eq!(std::fs::read(&path).unwrap(), before);
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
    }

    #[test]
    fn somebody_elses_database_is_refused_untouched() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("smi.db");
        let mut raw = Connection::establish(path.to_str().unwrap()).unwrap();
        raw.batch_execute("CREATE TABLE recipes (name TEXT)").unwrap();
        drop(raw);
        let before = std::fs::read(&path).unwrap();
        assert!(matches!(Store::open(&url_in(&directory)), Err(OpenFault::Foreign(_))));
        assert_eq!(std::fs::read(&path).unwrap(), before);
    }

    /// What `column IN (...)` must say for a closed set.
    fn check<T: Display>(column: &str, members: &[T]) -> String {
        let members = members.iter().map(|member| format!("'{member}'")).collect::<Vec<_>>();
        format!("CHECK ({column} IN ({}))", members.join(", "))
    }

    #[test]
    fn closed_sets_are_the_domains() {
        let store = TempStore::new();
        let schema = store.store.read(|connection| Ok::<_, crate::store::StoreFault>(schema(connection)));
        let schema = schema.unwrap().join(" ").split_whitespace().collect::<Vec<_>>().join(" ");
        let technologies = check("wan_technology", WanTechnology::ALL);
        for (times, check) in [
            (1, check("status", UserStatus::ALL)),
            (1, check("role", Role::ALL)),
            (2, check("device_type", DeviceType::ALL)),
            (1, check("status", SmiStatus::ALL)),
            (1, check("from_status", SmiStatus::ALL)),
            (1, check("to_status", SmiStatus::ALL)),
            (1, check("esme_variant", EsmeVariant::ALL)),
            (1, check("csp_region", CspRegion::ALL)),
            (1, check("csp_region", CspRegion::WITH_COVERAGE)),
            (1, check("connectivity", Connectivity::ALL)),
            (1, check("connectivity_likelihood", ConnectivityLikelihood::ALL)),
            (1, check("status", CplStatus::ALL)),
            (1, technologies),
            (1, check("kind", MessageKind::ALL)),
            (1, check("change", HanLogChange::ALL)),
        ] {
            assert_eq!(schema.matches(&check).count(), times, "{check}");
        }
        assert_eq!(schema.matches(" IN ('").count(), 17, "one more: (status IS NULL) = (device_type IN ...)");
    }
}
