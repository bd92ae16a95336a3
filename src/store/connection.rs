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
    /// The URL names PostgreSQL; it is not repeated, as it may hold a password.
    #[error("store URL `postgres://...`: PostgreSQL is not supported yet")]
    NotYet,
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
            return Err(OpenFault::NotYet);
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
