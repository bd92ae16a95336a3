//! Tests of SQLite: the file, its pragmas, tables and migrations.

use std::{fmt::Display, time::Duration};

use crate::{
    db::{OpenFault, Store, migrations::SQLITE, sqlite::SqliteFile},
    domain::{
        ActivationOutcome, AnswerVersion, Audience, BatchState, ChangeEffect, ChangeOutcome, ChargeKind,
        Connectivity, ConnectivityLikelihood, CoverageSource, CplStatus, CspRegion, DeviceType, EsmeVariant,
        HanLogChange, HubOutcome, IncidentCategory, NoticeChannel, Packaging, Role, ScheduleState, SmiStatus,
        UserStatus, WanTechnology, YesNo,
        maintenance::{
            CaseKind, CaseOutcome, Disruption, MaintenanceEnvironment, MaintenanceProvider, RuleSet,
            WindowCategory, WindowKind, WindowState,
        },
        privacy::{AssessmentKind, AssessmentTrigger},
        reflash::{FaultReport, OrderHubState, OrderState},
        tsat::{CompatibilityResult, Specification},
    },
    store::{
        DELIVERY_LOCK, Kind, MessageAct, MessageKind,
        coverage::{self, ExtractState},
        testing::{Database, TempStore, file_in, fixture},
    },
};
use diesel::{
    Connection as _, QueryableByName, RunQueryDsl as _, SqliteConnection, connection::SimpleConnection as _,
    sql_query,
};
use diesel_migrations::MigrationHarness as _;

#[derive(QueryableByName)]
struct NameLine {
    #[diesel(sql_type = diesel::sql_types::Text)]
    name: String,
}

#[derive(QueryableByName)]
struct WalLimitLine {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    wal_autocheckpoint: i64,
}

/// The length of the WAL, in pages, from which the writer checkpoints itself.
fn wal_limit(connection: &mut SqliteConnection) -> i64 {
    let line = sql_query("PRAGMA wal_autocheckpoint").get_result::<WalLimitLine>(connection);
    line.unwrap().wal_autocheckpoint
}

fn file(directory: &tempfile::TempDir) -> SqliteFile {
    let path = directory.path().join("smi.db").display().to_string();
    SqliteFile::new(&path, Duration::from_secs(5))
}

fn names(connection: &mut SqliteConnection, query: &str) -> Vec<String> {
    let rows = sql_query(query).load::<NameLine>(connection).unwrap();
    rows.into_iter().map(|row| row.name).collect()
}

fn schema(connection: &mut SqliteConnection) -> Vec<String> {
    let ours = "name NOT LIKE 'sqlite_%' AND name <> '__diesel_schema_migrations'";
    names(connection, &format!("SELECT COALESCE(sql, '') AS name FROM sqlite_master WHERE {ours} ORDER BY 1"))
}

#[test]
fn one_process_at_a_time_delivers_the_outbox_of_a_file() {
    let directory = tempfile::tempdir().unwrap();
    let [first, second] = [(); 2].map(|()| Store::open(&file_in(&directory)).unwrap());
    let lock = first.try_lock(DELIVERY_LOCK).unwrap().unwrap();
    assert!(second.try_lock(DELIVERY_LOCK).unwrap().is_none());
    drop(lock);
    assert!(second.try_lock(DELIVERY_LOCK).unwrap().is_some());
}

#[test]
fn a_directory_that_is_missing_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("missing/smi.db").display().to_string();
    let fault = Store::open(&format!("sqlite://{path}")).err().unwrap();
    assert_eq!(fault.to_string(), format!("cannot open database `{path}`: unable to open database file"));
}

#[test]
fn a_writer_syncs_each_commit() {
    let store = TempStore::on(Database::file());
    let mut writer = file(&store.database.directory).open_writer().unwrap();
    let pragma = |writer: &mut SqliteConnection, name: &str, as_text: &str| {
        names(writer, &format!("SELECT CAST({as_text} AS TEXT) AS name FROM pragma_{name}"))
    };
    assert_eq!(pragma(&mut writer, "journal_mode", "journal_mode"), ["wal"]);
    assert_eq!(pragma(&mut writer, "synchronous", "synchronous"), ["2"]);
    assert_eq!(pragma(&mut writer, "foreign_keys", "foreign_keys"), ["1"]);
    assert_eq!(pragma(&mut writer, "busy_timeout", "timeout"), ["5000"]);
    assert_eq!(pragma(&mut writer, "page_size", "page_size"), ["8192"]);
    assert_eq!(wal_limit(&mut writer), 16_384);
}

/// The limits of the WAL are in bytes, whatever the size of a page.
#[test]
fn a_file_of_an_older_version_keeps_its_page_size() {
    let directory = tempfile::tempdir().unwrap();
    let mut raw = SqliteConnection::establish(file(&directory).path()).unwrap();
    raw.batch_execute("PRAGMA page_size = 4096; PRAGMA journal_mode = WAL").unwrap();
    drop(raw);
    let mut writer = file(&directory).open_writer().unwrap();
    let page_size = "SELECT CAST(page_size AS TEXT) AS name FROM pragma_page_size";
    assert_eq!(names(&mut writer, page_size), ["4096"]);
    assert_eq!(wal_limit(&mut writer), 32_768);
}

#[test]
fn migrations_go_up_down_and_up_again() {
    let store = TempStore::on(Database::file());
    let mut writer = file(&store.database.directory).open_writer().unwrap();
    let up = schema(&mut writer);
    assert!(up.iter().any(|sql| sql.starts_with("CREATE TABLE devices")));
    writer.revert_all_migrations(SQLITE).unwrap();
    assert!(schema(&mut writer).is_empty());
    writer.run_pending_migrations(SQLITE).unwrap();
    assert_eq!(schema(&mut writer), up);
}

/// Coverage that an older version loaded gives the same answers; its age is unknown.
#[test]
fn coverage_of_an_older_version_is_migrated() {
    let temp = TempStore::on(Database::file());
    temp.load(Kind::Coverage, &fixture(Kind::Coverage)).unwrap();
    let before = temp.dump(Kind::Coverage);
    let mut writer = file(&temp.database.directory).open_writer().unwrap();
    let knows_extracts = "SELECT name FROM sqlite_master WHERE name = 'coverage_extracts'";
    while !names(&mut writer, knows_extracts).is_empty() {
        writer.revert_last_migration(SQLITE).unwrap();
    }
    assert_eq!(names(&mut writer, "SELECT postcode AS name FROM coverage").len(), 15);
    writer.run_pending_migrations(SQLITE).unwrap();
    assert_eq!(temp.dump(Kind::Coverage), before);
    let extracts = temp.store.read(coverage::extracts).unwrap();
    assert_eq!(extracts.len(), 5);
    assert!(extracts.iter().all(|extract| extract.source() == CoverageSource::UndatedExtract));
    temp.load(Kind::Coverage, &before).unwrap();
    assert_eq!(temp.dump(Kind::Coverage), before);
}

#[test]
fn devices_of_an_older_version_are_migrated_with_their_history() {
    let temp = TempStore::on(Database::file());
    temp.load(Kind::Devices, &fixture(Kind::Devices)).unwrap();
    let before = (temp.dump(Kind::Devices), temp.dump_history());
    let mut writer = file(&temp.database.directory).open_writer().unwrap();
    let newer = "SELECT version AS name FROM __diesel_schema_migrations WHERE version > '20261122000010'";
    while !names(&mut writer, newer).is_empty() {
        writer.revert_last_migration(SQLITE).unwrap();
    }
    assert!(names(&mut writer, "SELECT device_id AS name FROM devices").len() > 5);
    writer.run_pending_migrations(SQLITE).unwrap();
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
fn a_foreign_database_is_refused_untouched() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("smi.db");
    let mut raw = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
    raw.batch_execute("CREATE TABLE recipes (name TEXT)").unwrap();
    drop(raw);
    let before = std::fs::read(&path).unwrap();
    assert!(matches!(Store::open(&file_in(&directory)), Err(OpenFault::Foreign(_))));
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

/// The CHECK of a closed set without a list, for tables with millions of rows: SQLite builds a temporary table of a list for each row.
fn check_one_by_one<T: Display>(column: &str, members: &[T]) -> String {
    let members = members.iter().map(|member| format!("{column} = '{member}'")).collect::<Vec<_>>();
    format!("CHECK ({})", members.join(" OR "))
}

/// The CHECK of a closed set with a list.
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
        (1, check("answer_version", AnswerVersion::ALL)),
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
        (1, check("specification", Specification::ALL)),
        (1, check("result", CompatibilityResult::ALL)),
        (1, check("kind", MessageKind::ALL)),
        (1, check("act", MessageAct::ALL)),
        (1, check("change", HanLogChange::ALL)),
        (2, check("audience", Audience::ALL)),
        (1, check("channel", NoticeChannel::ALL)),
        (1, check("outcome", &HubOutcome::ALL[..3])),
        (1, check("charge", ChargeKind::ALL)),
        (1, check_one_by_one("packaging", Packaging::ALL)),
        (1, check("state", OrderState::ALL)),
        (1, check("state", OrderHubState::ALL)),
        (1, check("fault_report", FaultReport::ALL)),
        (1, check("kind", AssessmentKind::ALL)),
        (1, check("trigger", AssessmentTrigger::ALL)),
        (1, check("reasonable", YesNo::ALL)),
        (1, check("provider", MaintenanceProvider::ALL)),
        (1, check("outcome", ChangeOutcome::ALL)),
        (1, check("incident_category", IncidentCategory::ALL)),
        (1, check("effect", ChangeEffect::ALL)),
        // That of a schedule comes between the two.
        (1, "CHECK (source IN ('file', 'asked', '11.1'))".to_owned()),
        (1, check("outcome", ActivationOutcome::ALL)),
        // In the working copy of a window, and in what is published of it.
        (2, check("kind", WindowKind::ALL)),
        (2, check("environment", MaintenanceEnvironment::ALL)),
        (2, check("disruption", Disruption::ALL)),
        (2, check("category", WindowCategory::ALL)),
        (1, check("state", WindowState::ALL)),
        (1, check("disrupted", YesNo::ALL)),
        (1, check("rule_set", RuleSet::ALL)),
        (1, check("kind", CaseKind::ALL)),
        (1, check("outcome", CaseOutcome::ALL)),
        (1, check("state", ScheduleState::ALL)),
        (1, check("state", BatchState::ALL)),
    ] {
        assert_eq!(schema.matches(&check).count(), times, "{check}");
    }
    assert_eq!(schema.matches(" IN ('").count(), 48, "and no other");
    let checks = schema.split("CHECK (").filter_map(|check| check.split_once(' '));
    assert_eq!(checks.filter(|(_, rest)| rest.starts_with("= '")).count(), 8, "and no other");
}
