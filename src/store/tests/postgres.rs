//! Tests of PostgreSQL: sessions, tables, migrations and locks.

use std::time::Duration;

use diesel::{QueryableByName, RunQueryDsl as _, connection::SimpleConnection as _, sql_query};
use diesel_migrations::MigrationHarness as _;

use crate::{
    db::{OpenFault, PgConnection, Store, StoreFault, migrations::POSTGRES, postgres::PostgresServer},
    store::{
        DELIVERY_LOCK, Kind,
        testing::{Database, TempStore, fixture, server},
    },
};

const WAIT: Duration = Duration::from_secs(5);

#[derive(QueryableByName)]
struct TextLine {
    #[diesel(sql_type = diesel::sql_types::Text)]
    text: String,
}

fn texts(connection: &mut PgConnection, query: &str) -> Vec<String> {
    let rows = sql_query(query).load::<TextLine>(connection).unwrap();
    rows.into_iter().map(|row| row.text).collect()
}

fn empty() -> Database {
    Database::empty_on(&server().unwrap())
}

#[test]
#[ignore = "needs a PostgreSQL server: tests/run starts one"]
fn a_writer_syncs_each_commit_and_every_wait_has_a_timeout() {
    let temp = TempStore::new();
    let server = PostgresServer::parse(&temp.database.url, Duration::from_millis(1_500)).unwrap();
    let shown = |connection: &mut PgConnection| {
        let names = [
            "synchronous_commit",
            "lock_timeout",
            "idle_in_transaction_session_timeout",
            "statement_timeout",
            "jit",
        ];
        let more = ["default_transaction_read_only", "application_name", "client_encoding", "TimeZone"];
        let settings = names.iter().chain(&more);
        settings
            .map(|name| texts(connection, &format!("SELECT current_setting('{name}') AS text"))[0].clone())
            .collect::<Vec<_>>()
    };
    let writer = shown(&mut server.open_writer().unwrap());
    let name = &writer[6];
    assert!(name.starts_with("smi/") && name.len() == 20, "{name}");
    assert_eq!(writer[..6], ["on", "1500ms", "1500ms", "1min", "off", "off"]);
    assert_eq!(writer[7..], ["UTF8", "UTC"]);
    assert_eq!(shown(&mut server.open_reader().unwrap())[5], "on");
}

/// Columns, constraints and indexes.
fn schema(connection: &mut PgConnection) -> Vec<String> {
    texts(
        connection,
        "SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || coalesce(collation_name, '') || ' ' || is_nullable AS text
           FROM information_schema.columns WHERE table_schema = current_schema() AND table_name <> '__diesel_schema_migrations'
         UNION SELECT conrelid::regclass || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
           WHERE connamespace = current_schema()::regnamespace AND conrelid <> '__diesel_schema_migrations'::regclass
         UNION SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema() AND tablename <> '__diesel_schema_migrations'
         ORDER BY 1",
    )
}

#[test]
#[ignore = "needs a PostgreSQL server: tests/run starts one"]
fn migrations_go_up_down_and_up_again() {
    let database = empty();
    let mut writer = PostgresServer::parse(&database.url, WAIT).unwrap().open_writer().unwrap();
    let up = schema(&mut writer);
    assert!(up.contains(&"devices.device_id text C NO".to_owned()), "{up:?}");
    assert!(!up.iter().any(|line| line.contains(" text  ")), "text that is not ordered as in SQLite");
    writer.revert_all_migrations(POSTGRES).unwrap();
    assert!(schema(&mut writer).is_empty());
    writer.run_pending_migrations(POSTGRES).unwrap();
    assert_eq!(schema(&mut writer), up);
}

#[test]
#[ignore = "needs a PostgreSQL server: tests/run starts one"]
fn devices_of_an_older_version_are_migrated_with_their_history() {
    let temp = TempStore::new();
    temp.load(Kind::Devices, &fixture(Kind::Devices)).unwrap();
    let before = (temp.dump(Kind::Devices), temp.dump_history());
    let mut writer = PostgresServer::parse(&temp.database.url, WAIT).unwrap().reopen_writer().unwrap();
    let newer = "SELECT version AS text FROM __diesel_schema_migrations WHERE version > '20261122000010'";
    while !texts(&mut writer, newer).is_empty() {
        writer.revert_last_migration(POSTGRES).unwrap();
    }
    writer.run_pending_migrations(POSTGRES).unwrap();
    assert_eq!((temp.dump(Kind::Devices), temp.dump_history()), before);
}

#[test]
#[ignore = "needs a PostgreSQL server: tests/run starts one"]
fn a_newer_database_is_refused_untouched() {
    let temp = TempStore::new();
    let server = PostgresServer::parse(&temp.database.url, WAIT).unwrap();
    let mut raw = server.reopen_writer().unwrap();
    raw.batch_execute(
        "INSERT INTO __diesel_schema_migrations (version) VALUES ('20990101000001');
         DELETE FROM __diesel_schema_migrations WHERE version = '20261122000006'",
    )
    .unwrap();
    let before = schema(&mut raw);
    let fault = Store::open(&temp.database.url).err().unwrap();
    insta::assert_snapshot!(fault, @"database is from a newer version of smi: it has migration `20990101000001`, which this version does not know");
    assert_eq!(schema(&mut raw), before);
}

#[test]
#[ignore = "needs a PostgreSQL server: tests/run starts one"]
fn a_foreign_database_is_refused_untouched() {
    let database = empty();
    let mut raw = PostgresServer::parse(&database.url, WAIT).unwrap().reopen_writer().unwrap();
    raw.batch_execute("CREATE TABLE recipes (name TEXT)").unwrap();
    assert!(matches!(Store::open(&database.url), Err(OpenFault::Foreign(_))));
    let tables = "SELECT tablename AS text FROM pg_tables WHERE schemaname = current_schema()";
    assert_eq!(texts(&mut raw, tables), ["recipes"]);
}

#[test]
#[ignore = "needs a PostgreSQL server: tests/run starts one"]
fn a_migration_that_fails_half_way_leaves_nothing() {
    let database = empty();
    let mut raw = PostgresServer::parse(&database.url, WAIT).unwrap().reopen_writer().unwrap();
    // A type takes a table's name, and no table is in the way: the second migration cannot make `cpl`.
    raw.batch_execute("CREATE TYPE cpl AS ENUM ('in the way')").unwrap();
    let fault = Store::open(&database.url).err().unwrap();
    assert!(matches!(fault, OpenFault::Migrate(_)), "{fault}");
    let tables = "SELECT tablename AS text FROM pg_tables WHERE schemaname = current_schema()";
    assert!(texts(&mut raw, tables).is_empty());
    raw.batch_execute("DROP TYPE cpl").unwrap();
    Store::open(&database.url).unwrap();
}

#[test]
#[ignore = "needs a PostgreSQL server: tests/run starts one"]
fn instances_that_start_at_once_all_come_up() {
    let database = empty();
    std::thread::scope(|scope| {
        let start = || scope.spawn(|| Store::open(&database.url).map(drop));
        let started = [start(), start(), start(), start()];
        for instance in started {
            instance.join().unwrap().unwrap();
        }
    });
}

#[test]
#[ignore = "needs a PostgreSQL server: tests/run starts one"]
fn one_instance_at_a_time_holds_the_delivery_lock() {
    let temp = TempStore::new();
    let other = Store::open(&temp.database.url).unwrap();
    assert!(temp.store.is_shared());
    let mut lock = temp.store.try_lock(DELIVERY_LOCK).unwrap().unwrap();
    assert!(lock.is_held());
    assert!(other.try_lock(DELIVERY_LOCK).unwrap().is_none());
    let end = "SELECT pg_terminate_backend(pid, 10000) FROM pg_locks WHERE locktype = 'advisory' \
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    let mut raw = PostgresServer::parse(&temp.database.url, WAIT).unwrap().reopen_writer().unwrap();
    raw.batch_execute(end).unwrap();
    assert!(!lock.is_held(), "the session is gone, and the lock with it");
    let lock = other.try_lock(DELIVERY_LOCK).unwrap().unwrap();
    assert!(temp.store.try_lock(DELIVERY_LOCK).unwrap().is_none());
    drop(lock);
    assert!(temp.store.try_lock(DELIVERY_LOCK).unwrap().is_some());
}

#[test]
#[ignore = "needs a PostgreSQL server: tests/run starts one"]
fn each_schema_of_a_database_has_locks_of_its_own() {
    let temp = TempStore::new();
    let mut raw = PostgresServer::parse(&temp.database.url, WAIT).unwrap().reopen_writer().unwrap();
    raw.batch_execute("CREATE SCHEMA other").unwrap();
    let mark = if temp.database.url.contains('?') { '&' } else { '?' };
    let other = Store::open(&format!("{}{mark}options=-csearch_path%3Dother", temp.database.url)).unwrap();
    let lock = temp.store.try_lock(DELIVERY_LOCK).unwrap().unwrap();
    assert!(
        other.try_lock(DELIVERY_LOCK).unwrap().is_some(),
        "the outbox of the other schema is delivered too"
    );
    drop(lock);
}

#[test]
#[ignore = "needs a PostgreSQL server: tests/run starts one"]
fn a_database_of_another_encoding_is_refused() {
    let temp = TempStore::new();
    let mut raw = PostgresServer::parse(&temp.database.url, WAIT).unwrap().reopen_writer().unwrap();
    let name = format!("latin1_{}", std::process::id());
    let make =
        format!("CREATE DATABASE {name} ENCODING 'LATIN1' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'");
    raw.batch_execute(&make).unwrap();
    let fault = Store::open(&crate::store::testing::at(&server().unwrap(), &name)).err().unwrap().to_string();
    raw.batch_execute(&format!("DROP DATABASE {name} WITH (FORCE)")).unwrap();
    assert!(
        fault.ends_with("cannot be used: its encoding is LATIN1; make it with ENCODING 'UTF8'"),
        "{fault}"
    );
}

#[test]
#[ignore = "needs a PostgreSQL server: tests/run starts one"]
fn a_database_that_is_missing_is_named() {
    let url = crate::store::testing::at(&server().unwrap(), "missing");
    let fault = Store::open(&url).err().unwrap().to_string();
    assert!(
        fault.starts_with("cannot open database `missing on ") && fault.contains("does not exist"),
        "{fault}"
    );
    assert!(StoreFault::from(Store::open(&url).err().unwrap()).is_transient());
}
