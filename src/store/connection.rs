//! Opening a database: where it is, how it behaves, and that its tables are the ones this program knows.
//!
//! Everything that is particular to SQLite stands here and in `migrations/sqlite`.

use std::{collections::BTreeSet, path::Path};

use diesel::{
    Connection as _, QueryResult, QueryableByName, RunQueryDsl, SqliteConnection,
    connection::SimpleConnection,
    migration::MigrationSource,
    sql_query,
    sql_types::{BigInt, Text},
    sqlite::Sqlite,
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::StoreFault;

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
    /// Another process has it open.
    #[error("database `{0}` is in use: stop the service first")]
    InUse(String),
    /// It lacks migrations of this version; opening it to write would run them.
    #[error(
        "database `{path}` is from an older version of smi: it lacks migration `{migration}`; `smi serve` brings it up to date"
    )]
    Older {
        /// Which database.
        path: String,
        /// The first migration that it lacks.
        migration: String,
    },
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

    /// Opens it for reading as it stands; nothing where there is no database. Nothing is made or migrated.
    pub(super) fn open_existing(&self) -> Result<Option<Connection>, OpenFault> {
        if !Path::new(&self.path).exists() {
            return Ok(None);
        }
        let mut connection = self.connect()?;
        self.set(&mut connection, "PRAGMA query_only = ON")?;
        if self.tables(&mut connection, "")? == 0 {
            return Ok(None);
        }
        self.refuse_what_is_not_ours(&mut connection)?;
        let lacking = lacking(&mut connection).map_err(|error| self.unusable(&error))?;
        match lacking {
            Some(migration) => Err(OpenFault::Older { path: self.path.clone(), migration }),
            None => Ok(Some(connection)),
        }
    }

    /// Refuses a database that another connection has open.
    pub(super) fn refuse_where_in_use(&self) -> Result<(), OpenFault> {
        if !Path::new(&self.path).exists() {
            return Ok(());
        }
        let mut connection = Connection::establish(&self.path).map_err(|error| self.unusable(&error))?;
        // Every connection to a database in WAL mode holds a shared lock as long as it is open.
        let alone = "PRAGMA busy_timeout = 0; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT";
        connection.batch_execute(alone).map_err(|error| match error.to_string().as_str() {
            "database is locked" => OpenFault::InUse(self.path.clone()),
            _ => self.unusable(&error),
        })
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
        if self.tables(connection, "")? == 0 {
            return Ok(());
        }
        if self.tables(connection, "AND name = '__diesel_schema_migrations'")? == 0 {
            return Err(OpenFault::Foreign(self.path.clone()));
        }
        refuse_newer(connection)
    }

    fn tables(&self, connection: &mut Connection, condition: &str) -> Result<i64, OpenFault> {
        let query = format!("SELECT COUNT(*) AS number FROM sqlite_master WHERE type = 'table' {condition}");
        let count =
            sql_query(query).get_result::<Count>(connection).map_err(|error| self.unusable(&error))?;
        Ok(count.number)
    }
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

#[derive(QueryableByName)]
struct Version {
    #[diesel(sql_type = Text)]
    version: String,
}

fn applied(connection: &mut Connection) -> QueryResult<Vec<String>> {
    // Not by diesel's own means: they make the table where it is missing.
    let query = sql_query("SELECT version FROM __diesel_schema_migrations ORDER BY version");
    Ok(query.load::<Version>(connection)?.into_iter().map(|row| row.version).collect())
}

/// The migrations this version knows, oldest first.
fn known() -> Result<BTreeSet<String>, OpenFault> {
    let known = MigrationSource::<Sqlite>::migrations(&MIGRATIONS);
    let known = known.map_err(|error| OpenFault::Migrate(error.to_string()))?;
    Ok(known.iter().map(|migration| migration.name().version().to_string()).collect())
}

/// The first migration this version knows and the database has not.
fn lacking(connection: &mut Connection) -> Result<Option<String>, StoreFault> {
    let applied = applied(connection)?;
    Ok(known()?.into_iter().find(|version| !applied.contains(version)))
}

/// The newest migration of the database.
pub(super) fn newest_migration(connection: &mut Connection) -> Result<String, StoreFault> {
    Ok(applied(connection)?.pop().unwrap_or_default())
}

/// Whether this version knows that migration.
pub(super) fn knows_migration(version: &str) -> Result<bool, OpenFault> {
    Ok(known()?.contains(version))
}

/// What the database's own checks find wrong with it, at most a hundred sentences; nothing is right.
pub(super) fn integrity(connection: &mut Connection) -> Result<Vec<String>, StoreFault> {
    let pages = sql_query("SELECT integrity_check AS version FROM pragma_integrity_check");
    let pages = pages.load::<Version>(connection)?.into_iter().map(|row| row.version);
    let keys = "SELECT 'a row of table ' || \"table\" || ' names a row that is not there' AS version
        FROM pragma_foreign_key_check LIMIT 100";
    let keys = sql_query(keys).load::<Version>(connection)?.into_iter().map(|row| row.version);
    Ok(pages.filter(|found| found != "ok").chain(keys).collect())
}

fn refuse_newer(connection: &mut Connection) -> Result<(), OpenFault> {
    let applied = applied(connection).map_err(|error| OpenFault::Migrate(error.to_string()))?;
    let known = known()?;
    let unknown = applied.into_iter().find(|version| !known.contains(version));
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
        #[diesel(sql_type = Text)]
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
        let schema = store.store.read(|connection| Ok::<_, StoreFault>(schema(connection)));
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
