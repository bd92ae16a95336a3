//! A database for one test: a file in a temporary folder; or, where `TEST_POSTGRES_URL` names a server, one there,
//! which goes with the test. Unit tests of the store include this file too.

use std::{
    fs::OpenOptions,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    io::Write as _,
    path::{Path, PathBuf},
    sync::{
        Once,
        atomic::{AtomicU32, Ordering},
    },
};

use diesel::{
    Connection as _, QueryableByName, RunQueryDsl as _, SqliteConnection, connection::SimpleConnection as _,
    sql_query, sql_types::Bool,
};
use tempfile::TempDir;

use super::PgConnection;

/// A database that goes with this value.
pub(crate) struct Database {
    pub(crate) url: String,
    pub(crate) directory: TempDir,
    /// The server it is on, and its name there.
    on: Option<(String, String)>,
}

impl Database {
    /// With the tables of this version: `prepare` makes them in a database of that URL, once a server and once a build.
    pub(crate) fn new(prepare: impl Fn(&str)) -> Self {
        match server() {
            None => {
                record();
                Self::file_with_tables(prepare)
            }
            Some(server) => {
                let template = template(&server, prepare);
                Self::on(server, &format!("TEMPLATE {template}"))
            }
        }
    }

    /// A file with the tables of this version, whatever the environment says.
    pub(crate) fn file_with_tables(prepare: impl Fn(&str)) -> Self {
        let database = Self::file();
        std::fs::copy(template_file(prepare), path_in(&database.directory)).unwrap();
        database
    }

    /// A file that is not there yet, whatever the environment says.
    pub(crate) fn file() -> Self {
        let directory = tempfile::tempdir().unwrap();
        Self { url: file_in(&directory), directory, on: None }
    }

    /// Without tables, on that server.
    pub(crate) fn empty_on(server: &str) -> Self {
        Self::on(server.to_owned(), "TEMPLATE template0")
    }

    fn on(server: String, made_from: &str) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("smi_test_{}_{number}", std::process::id());
        admin(&server, &format!("CREATE DATABASE {name} {made_from}"));
        Self { url: at(&server, &name), directory: tempfile::tempdir().unwrap(), on: Some((server, name)) }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Some((server, name)) = &self.on
            && let Ok(mut admin) = PgConnection::establish(server)
        {
            // A database that stays behind does no harm: the server of the tests is thrown away.
            drop(admin.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")));
        }
    }
}

/// The server for tests, as the URL of a database on it that may be connected to.
#[expect(clippy::disallowed_methods, reason = "the environment of the tests, not of the program")]
pub(crate) fn server() -> Option<String> {
    std::env::var("TEST_POSTGRES_URL").ok()
}

/// Records that this test asked for a database that may be on a server: `tests/run` has it run again on one.
#[expect(clippy::disallowed_methods, reason = "the environment of the tests, not of the program")]
fn record() {
    static ONCE: Once = Once::new();
    let (folder, test) = (std::env::var("TESTS_RECORDS"), std::env::var("NEXTEST_TEST_NAME"));
    let (Ok(folder), Ok(test)) = (folder, test) else { return };
    ONCE.call_once(|| {
        let path = Path::new(&folder).join("asked_for_a_database");
        std::fs::create_dir_all(&folder).unwrap();
        let mut file = OpenOptions::new().create(true).append(true).open(path).unwrap();
        file.write_all(format!("{test}\n").as_bytes()).unwrap();
    });
}

/// The same server, another database.
pub(crate) fn at(server: &str, database: &str) -> String {
    let (place, options) = server.split_once('?').unwrap_or((server, ""));
    let (host, _) = place.rsplit_once('/').unwrap();
    format!("{host}/{database}?{options}")
}

pub(crate) fn file_in(directory: &TempDir) -> String {
    format!("sqlite://{}", path_in(directory).display())
}

fn path_in(directory: &TempDir) -> PathBuf {
    directory.path().join("smi.db")
}

fn admin(server: &str, statement: &str) {
    let mut connection = PgConnection::establish(server).unwrap();
    connection.batch_execute(statement).unwrap_or_else(|error| panic!("{statement}: {error}"));
}

#[derive(QueryableByName)]
struct Answer {
    #[diesel(sql_type = Bool)]
    yes: bool,
}

/// A database with the tables, to be copied; it is made by whoever needs it first.
fn template(server: &str, prepare: impl Fn(&str)) -> String {
    let name = format!("smi_template_{:016x}", hash_of_migrations());
    let mut connection = PgConnection::establish(server).unwrap();
    let is_there = |connection: &mut PgConnection| {
        let ask = format!("SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = '{name}') AS yes");
        sql_query(ask).get_result::<Answer>(connection).unwrap().yes
    };
    if !is_there(&mut connection) {
        connection.batch_execute("SELECT pg_advisory_lock(1)").unwrap();
        if !is_there(&mut connection) {
            let raw = format!("{name}_raw");
            admin(server, &format!("DROP DATABASE IF EXISTS {raw} WITH (FORCE)"));
            admin(server, &format!("CREATE DATABASE {raw} TEMPLATE template0"));
            prepare(&at(server, &raw));
            let end = format!(
                "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = '{raw}'"
            );
            connection.batch_execute(&end).unwrap();
            admin(server, &format!("ALTER DATABASE {raw} RENAME TO {name}"));
        }
    }
    name
}

/// A file with the tables, to be copied, in `target/tmp`. It is made by the first that needs it after a build, which may have brought
/// other tables. Two processes that both make it do no harm: each gives it the name when it is whole, and what the other has copied
/// is whole too.
fn template_file(prepare: impl Fn(&str)) -> PathBuf {
    let program = std::env::current_exe().unwrap();
    // target/debug/deps/smi-0123456789abcdef
    let folder = program.ancestors().nth(3).unwrap().join("tmp");
    let template = folder.join(program.file_name().unwrap()).with_extension("tables.db");
    let modified = |path: &Path| path.metadata().and_then(|metadata| metadata.modified()).ok();
    if modified(&template) < modified(&program) {
        std::fs::create_dir_all(&folder).unwrap();
        let beside = tempfile::tempdir_in(&folder).unwrap();
        let made = path_in(&beside);
        prepare(&file_in(&beside));
        move_wal_into(&made);
        std::fs::rename(made, &template).unwrap();
    }
    template
}

/// Moves into a file what is in its WAL alone, which is not copied with it. A reader of the store that made it may still be closing.
fn move_wal_into(file: &Path) {
    let mut connection = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
    connection.batch_execute("PRAGMA busy_timeout = 5000; PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    let wal = file.with_extension("db-wal").metadata().map_or(0, |metadata| metadata.len());
    assert_eq!(wal, 0, "everything is in the file that is copied");
}

/// A server that outlives a change of the migrations does not serve old tables.
fn hash_of_migrations() -> u64 {
    let folder = format!("{}/migrations/postgres", env!("CARGO_MANIFEST_DIR"));
    let mut folders =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect::<Vec<_>>();
    folders.sort();
    let mut hasher = DefaultHasher::new();
    for folder in folders {
        std::fs::read_to_string(folder.join("up.sql")).unwrap().hash(&mut hasher);
    }
    hasher.finish()
}
