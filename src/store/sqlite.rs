//! Everything that is particular to SQLite; `migrations/sqlite` beside it.

use std::{path::Path, time::Duration};

use diesel::{
    Connection as _, QueryableByName, RunQueryDsl as _, SqliteConnection, connection::SimpleConnection as _,
    sql_query, sql_types::BigInt,
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness as _, embed_migrations};

use super::{
    connection::{OpenFault, refuse_newer},
    place::Place,
};

pub(super) const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/sqlite");

/// A database file, and how long to wait for another process that writes to it.
#[derive(Clone, Debug)]
pub(super) struct File {
    path: String,
    patience: Duration,
    place: Place,
}

impl File {
    pub(super) fn new(path: &str, patience: Duration) -> Self {
        Self { path: path.to_owned(), patience, place: Place::new(path) }
    }

    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// That what was opened still is what stands at its path.
    pub(super) fn stands(&self) -> Result<(), OpenFault> {
        self.place.stands().map_err(|reason| self.unusable(&reason))
    }

    /// The same of its log too, which is there while a writer has it open.
    pub(super) fn stands_with_log(&self) -> Result<(), OpenFault> {
        self.place.stands_with_log().map_err(|reason| self.unusable(&reason))
    }

    /// Opens it for writing, creates it if need be, and runs the migrations it lacks. What was opened once is opened
    /// again only while it stands at its path.
    pub(super) fn open_writer(&self) -> Result<SqliteConnection, OpenFault> {
        let connection = self.prepare_writer()?;
        self.place.keep();
        Ok(connection)
    }

    fn prepare_writer(&self) -> Result<SqliteConnection, OpenFault> {
        let mut connection = self.connect()?;
        self.refuse_what_is_not_ours(&mut connection)?;
        // 8 MB of pages in memory hold the upper levels of all trees; SQLite looks through all of them in most commits, and a
        // large file would fill more for nothing. A log of 128 MB its keeper did not get to: the writer then waits for the copy.
        self.set(
            &mut connection,
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
             PRAGMA wal_autocheckpoint = 32000; PRAGMA cache_size = -8192",
        )?;
        connection
            .run_pending_migrations(MIGRATIONS)
            .map_err(|error| OpenFault::Migrate(error.to_string()))?;
        Ok(connection)
    }

    /// Opens it for reading only, after a writer prepared it.
    pub(super) fn open_reader(&self) -> Result<SqliteConnection, OpenFault> {
        let mut connection = self.connect()?;
        self.set(&mut connection, "PRAGMA query_only = ON")?;
        Ok(connection)
    }

    /// Opens it for the keeper of its log, after a writer prepared it.
    pub(super) fn open_keeper(&self) -> Result<SqliteConnection, OpenFault> {
        self.connect()
    }

    /// Opens it for reading as it stands; nothing where there are no tables yet.
    pub(super) fn open_existing(&self) -> Result<Option<SqliteConnection>, OpenFault> {
        if !Path::new(&self.path).exists() {
            return Ok(None);
        }
        let mut connection = self.open_reader()?;
        Ok(if self.holds_what_is_ours(&mut connection)? { Some(connection) } else { None })
    }

    /// Refuses a database that another connection has open.
    pub(super) fn refuse_where_in_use(&self) -> Result<(), OpenFault> {
        if !Path::new(&self.path).exists() {
            return Ok(());
        }
        let mut connection =
            SqliteConnection::establish(&self.path).map_err(|error| self.unusable(&error))?;
        // Every connection to a database in WAL mode holds a shared lock as long as it is open.
        let alone = "PRAGMA busy_timeout = 0; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT";
        connection.batch_execute(alone).map_err(|error| match error.to_string().as_str() {
            "database is locked" => OpenFault::InUse(self.path.clone()),
            _ => self.unusable(&error),
        })
    }

    fn connect(&self) -> Result<SqliteConnection, OpenFault> {
        // SQLite would make an empty database where there is none.
        self.stands()?;
        let mut connection =
            SqliteConnection::establish(&self.path).map_err(|error| self.unusable(&error))?;
        self.set(&mut connection, &format!("PRAGMA busy_timeout = {}", self.patience.as_millis()))?;
        Ok(connection)
    }

    fn set(&self, connection: &mut SqliteConnection, pragmas: &str) -> Result<(), OpenFault> {
        connection.batch_execute(pragmas).map_err(|error| self.unusable(&error))
    }

    fn unusable(&self, reason: &impl ToString) -> OpenFault {
        OpenFault::Connect { database: self.path.clone(), reason: reason.to_string() }
    }

    /// Nothing has been written when this refuses.
    fn refuse_what_is_not_ours(&self, connection: &mut SqliteConnection) -> Result<(), OpenFault> {
        if self.holds_what_is_ours(connection)? { refuse_newer(connection, &MIGRATIONS) } else { Ok(()) }
    }

    /// Whether there are tables; refused where they are not this program's.
    fn holds_what_is_ours(&self, connection: &mut SqliteConnection) -> Result<bool, OpenFault> {
        let tables = |connection: &mut SqliteConnection, condition: &str| {
            let query =
                format!("SELECT COUNT(*) AS number FROM sqlite_master WHERE type = 'table' {condition}");
            sql_query(query).get_result::<Count>(connection).map_err(|error| self.unusable(&error))
        };
        if tables(connection, "")?.number == 0 {
            return Ok(false);
        }
        if tables(connection, "AND name = '__diesel_schema_migrations'")?.number == 0 {
            return Err(OpenFault::Foreign(self.path.clone()));
        }
        Ok(true)
    }
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

#[cfg(test)]
mod tests {
    use std::fmt::Display;

    use super::*;
    use crate::{
        domain::{
            Connectivity, ConnectivityLikelihood, CoverageSource, CplStatus, CspRegion, DeviceType,
            EsmeVariant, HanLogChange, HubOutcome, Role, SmiStatus, UserStatus, WanTechnology,
        },
        store::{
            Kind, MessageKind, Store,
            coverage::{self, State as ExtractState},
            testing::{Database, TempStore, file_in, fixture},
        },
    };

    #[derive(QueryableByName)]
    struct Name {
        #[diesel(sql_type = diesel::sql_types::Text)]
        name: String,
    }

    fn file(directory: &tempfile::TempDir) -> File {
        let path = directory.path().join("smi.db").display().to_string();
        File::new(&path, Duration::from_secs(5))
    }

    fn names(connection: &mut SqliteConnection, query: &str) -> Vec<String> {
        let rows = sql_query(query).load::<Name>(connection).unwrap();
        rows.into_iter().map(|row| row.name).collect()
    }

    fn schema(connection: &mut SqliteConnection) -> Vec<String> {
        let ours = "name NOT LIKE 'sqlite_%' AND name <> '__diesel_schema_migrations'";
        names(
            connection,
            &format!("SELECT COALESCE(sql, '') AS name FROM sqlite_master WHERE {ours} ORDER BY 1"),
        )
    }

    #[test]
    fn a_directory_that_is_missing_is_named() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("missing/smi.db").display().to_string();
        let fault = Store::open(&format!("sqlite://{path}")).err().unwrap();
        assert_eq!(fault.to_string(), format!("cannot open database `{path}`: unable to open database file"));
    }

    #[test]
    fn a_writer_waits_for_the_disk() {
        let store = TempStore::on(Database::file());
        let mut writer = file(&store.database.directory).open_writer().unwrap();
        let pragma = |writer: &mut SqliteConnection, name: &str, as_text: &str| {
            names(writer, &format!("SELECT CAST({as_text} AS TEXT) AS name FROM pragma_{name}"))
        };
        assert_eq!(pragma(&mut writer, "journal_mode", "journal_mode"), ["wal"]);
        assert_eq!(pragma(&mut writer, "synchronous", "synchronous"), ["2"]);
        assert_eq!(pragma(&mut writer, "foreign_keys", "foreign_keys"), ["1"]);
        assert_eq!(pragma(&mut writer, "busy_timeout", "timeout"), ["5000"]);
    }

    #[test]
    fn migrations_go_up_down_and_up_again() {
        let store = TempStore::on(Database::file());
        let mut writer = file(&store.database.directory).open_writer().unwrap();
        let up = schema(&mut writer);
        assert!(up.iter().any(|sql| sql.starts_with("CREATE TABLE devices")));
        writer.revert_all_migrations(MIGRATIONS).unwrap();
        assert!(schema(&mut writer).is_empty());
        writer.run_pending_migrations(MIGRATIONS).unwrap();
        assert_eq!(schema(&mut writer), up);
    }

    /// What an older version loaded answers as before, and its age is not known.
    #[test]
    fn coverage_of_an_older_version_is_taken_along() {
        let temp = TempStore::on(Database::file());
        temp.load(Kind::Coverage, &fixture(Kind::Coverage)).unwrap();
        let before = temp.dump(Kind::Coverage);
        let mut writer = file(&temp.database.directory).open_writer().unwrap();
        let knows_extracts = "SELECT name FROM sqlite_master WHERE name = 'coverage_extracts'";
        while !names(&mut writer, knows_extracts).is_empty() {
            writer.revert_last_migration(MIGRATIONS).unwrap();
        }
        assert_eq!(names(&mut writer, "SELECT postcode AS name FROM coverage").len(), 15);
        writer.run_pending_migrations(MIGRATIONS).unwrap();
        assert_eq!(temp.dump(Kind::Coverage), before);
        let extracts = temp.store.read(coverage::extracts).unwrap();
        assert_eq!(extracts.len(), 5);
        assert!(extracts.iter().all(|extract| extract.source() == CoverageSource::UndatedExtract));
        temp.load(Kind::Coverage, &before).unwrap();
        assert_eq!(temp.dump(Kind::Coverage), before);
    }

    #[test]
    fn devices_of_an_older_version_are_taken_along_with_their_history() {
        let temp = TempStore::on(Database::file());
        temp.load(Kind::Devices, &fixture(Kind::Devices)).unwrap();
        let before = (temp.dump(Kind::Devices), temp.dump_history());
        let mut writer = file(&temp.database.directory).open_writer().unwrap();
        let newer = "SELECT version AS name FROM __diesel_schema_migrations WHERE version > '20261122000010'";
        while !names(&mut writer, newer).is_empty() {
            writer.revert_last_migration(MIGRATIONS).unwrap();
        }
        assert!(names(&mut writer, "SELECT device_id AS name FROM devices").len() > 5);
        writer.run_pending_migrations(MIGRATIONS).unwrap();
        assert_eq!((temp.dump(Kind::Devices), temp.dump_history()), before);
    }

    #[test]
    fn a_newer_database_is_refused_untouched() {
        let directory = tempfile::tempdir().unwrap();
        drop(Store::open(&file_in(&directory)).unwrap());
        let path = directory.path().join("smi.db");
        let mut raw = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
        raw.batch_execute("PRAGMA journal_mode = DELETE; INSERT INTO __diesel_schema_migrations (version) VALUES ('20990101000001')")
            .unwrap();
        drop(raw);
        let before = std::fs::read(&path).unwrap();
        let fault = Store::open(&file_in(&directory)).err().unwrap();
        insta::assert_snapshot!(fault, @"database is from a newer version of smi: it has migration `20990101000001`, which this version does not know");
        assert_eq!(std::fs::read(&path).unwrap(), before);
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
    }

    #[test]
    fn somebody_elses_database_is_refused_untouched() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("smi.db");
        let mut raw = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
        raw.batch_execute("CREATE TABLE recipes (name TEXT)").unwrap();
        drop(raw);
        let before = std::fs::read(&path).unwrap();
        assert!(matches!(Store::open(&file_in(&directory)), Err(OpenFault::Foreign(_))));
        assert_eq!(std::fs::read(&path).unwrap(), before);
    }

    /// The same without a list, where rows are checked by the million: SQLite builds a table of a list for each row.
    fn check_one_by_one<T: Display>(column: &str, members: &[T]) -> String {
        let members = members.iter().map(|member| format!("{column} = '{member}'")).collect::<Vec<_>>();
        format!("CHECK ({})", members.join(" OR "))
    }

    /// What `column IN (...)` must say for a closed set.
    fn check<T: Display>(column: &str, members: &[T]) -> String {
        let members = members.iter().map(|member| format!("'{member}'")).collect::<Vec<_>>();
        format!("CHECK ({column} IN ({}))", members.join(", "))
    }

    #[test]
    fn closed_sets_are_the_domains() {
        let store = TempStore::on(Database::file());
        let schema = schema(&mut file(&store.database.directory).open_reader().unwrap());
        let schema = schema.join(" ").split_whitespace().collect::<Vec<_>>().join(" ");
        let technologies = check("wan_technology", WanTechnology::ALL);
        for (times, check) in [
            (1, check("status", UserStatus::ALL)),
            (1, check("role", Role::ALL)),
            (1, check("device_type", DeviceType::ALL)),
            (1, check_one_by_one("device_type", DeviceType::ALL)),
            (1, check_one_by_one("status", SmiStatus::ALL)),
            (1, check_one_by_one("from_status", SmiStatus::ALL)),
            (1, check_one_by_one("to_status", SmiStatus::ALL)),
            (1, check_one_by_one("esme_variant", EsmeVariant::ALL)),
            (1, check_one_by_one("csp_region", CspRegion::ALL)),
            (3, check("csp_region", CspRegion::WITH_COVERAGE)),
            (1, check("state", &ExtractState::ALL.map(ExtractState::as_str))),
            (1, check_one_by_one("connectivity", Connectivity::ALL)),
            (1, check("connectivity_likelihood", ConnectivityLikelihood::ALL)),
            (1, check("status", CplStatus::ALL)),
            (1, technologies),
            (1, check("kind", MessageKind::ALL)),
            (1, check("change", HanLogChange::ALL)),
            (1, check("outcome", &HubOutcome::ALL[..3])),
        ] {
            assert_eq!(schema.matches(&check).count(), times, "{check}");
        }
        assert_eq!(schema.matches(" IN ('").count(), 13, "and no other");
        let checks = schema.split("CHECK (").filter_map(|check| check.split_once(' '));
        assert_eq!(checks.filter(|(_, rest)| rest.starts_with("= '")).count(), 7, "and no other");
    }
}
