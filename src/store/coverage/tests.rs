use std::sync::{Arc, Mutex};

use diesel::{
    Connection as _, QueryableByName, RunQueryDsl as _, connection::InstrumentationEvent, sql_query,
    sql_types::BigInt,
};

use super::{extract::abandon_loading, *};
use crate::{
    db::{Connection, Store, StoreFault},
    domain::{CoverageRow, CoverageSource, CspRegion, PremisesKey, PropertyFilter},
    store::{
        ImportFault, Kind, Session, coverage_facts,
        testing::{TempStore, now, query_plan_without_scans, value},
    },
};

const HEADER: &str = "csp_region,postcode,address_identifier,uprn,coverage_availability,wan_technology,connectivity_likelihood\n";

fn extract(rows: &[&str]) -> String {
    let rows = rows.iter().map(|row| format!("{row},true,No Coverage Intended,Low\n"));
    HEADER.to_owned() + &rows.collect::<String>()
}

fn row(line: u64, area: &str, uprn: Option<&str>) -> NewRow {
    let place = crate::domain::CoveredPlace::new(area, None, uprn.map(value)).unwrap();
    let coverage = crate::domain::Coverage {
        available: true,
        anticipated: None,
        technology: crate::domain::WanTechnology::Cellular,
        likelihood: crate::domain::ConnectivityLikelihood::High,
        auxiliary_equipment: None,
        additional_information: None,
    };
    NewRow { line, row: CoverageRow::new(CspRegion::South, place, coverage).unwrap() }
}

fn lines(doubles: &[DuplicatePlace]) -> Vec<(u64, u64, DuplicateBy)> {
    doubles.iter().map(|double| (double.line, double.earlier, double.by)).collect()
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

fn rows_written(store: &Store) -> i64 {
    let count = |connection: &mut Connection| {
        let count = sql_query("SELECT COUNT(*) AS number FROM coverage").get_result::<Number>(connection)?;
        Ok::<_, StoreFault>(count.number)
    };
    store.read(count).unwrap()
}

fn begin(store: &Store) -> Result<Load<'_>, LoadFault> {
    Load::begin(store, "south.csv", now("2026-01-02"))
}

#[test]
fn a_load_is_seen_when_it_is_finished_and_not_before() {
    let temp = TempStore::new();
    let old = extract(&["South,ZZ1 1AA,,", "South,ZZ1 1AB,,", "North,ZZ1 1AA,,"]);
    temp.load(Kind::Coverage, &old).unwrap();
    let before = temp.dump(Kind::Coverage);
    let mut load = begin(&temp.store).unwrap();
    assert_eq!(lines(&load.stage(&[row(2, "ZZ9 9ZZ", None)]).unwrap()), []);
    assert_eq!(temp.dump(Kind::Coverage), before);
    let replaced = load.finish().unwrap();
    assert_eq!(replaced, [crate::store::ReplacedExtract { region: CspRegion::South, before: 2, rows: 1 }]);
    let after = temp.dump(Kind::Coverage);
    assert!(after.contains("South,ZZ9 9ZZ") && after.contains("North,ZZ1 1AA"), "{after}");
    assert_eq!((after.lines().count(), rows_written(&temp.store)), (3, 2), "the old rows are gone");
    let extracts = temp.store.read(extracts).unwrap();
    let told = extracts.iter().map(|extract| (extract.region, extract.file.clone(), extract.rows));
    let file = |name: &str, at| Some(ExtractFile { name: name.to_owned(), loaded_at: now(at).0 });
    assert_eq!(
        told.collect::<Vec<_>>(),
        [
            (CspRegion::North, file("unnamed", "2026-01-01"), 1),
            (CspRegion::South, file("south.csv", "2026-01-02"), 1)
        ]
    );
}

/// A power cut leaves staged rows. No query reads them, and the next load or the retention job deletes them.
#[test]
fn leftovers_of_an_interrupted_load_are_deleted() {
    let temp = TempStore::new();
    temp.load(Kind::Coverage, &extract(&["South,ZZ1 1AA,,"])).unwrap();
    let before = temp.dump(Kind::Coverage);
    let break_off = || {
        let mut load = begin(&temp.store).unwrap();
        load.stage(&[row(2, "ZZ9 9ZZ", None), row(3, "ZZ9", None)]).unwrap();
        assert_eq!(remove_coverage_leftovers(&temp.store, &mut || true).unwrap(), 0, "it is under way");
        drop(load);
        assert_eq!((temp.dump(Kind::Coverage), rows_written(&temp.store)), (before.clone(), 3));
    };
    break_off();
    assert_eq!(remove_coverage_leftovers(&temp.store, &mut || false).unwrap(), 0);
    assert_eq!(remove_coverage_leftovers(&temp.store, &mut || true).unwrap(), 2);
    assert_eq!(remove_coverage_leftovers(&temp.store, &mut || true).unwrap(), 0);
    assert_eq!((temp.dump(Kind::Coverage), rows_written(&temp.store)), (before.clone(), 1));
    break_off();
    temp.load(Kind::Coverage, &extract(&["South,ZZ1 1AC,,"])).unwrap();
    assert_eq!(rows_written(&temp.store), 1);
}

#[test]
fn one_load_at_a_time() {
    let temp = TempStore::new();
    let other = Store::open(&temp.database.url).unwrap();
    let load = begin(&temp.store).unwrap();
    for store in [&temp.store, &other] {
        assert!(matches!(begin(store).map(drop), Err(LoadFault::UnderWay)));
    }
    let refused = temp.load(Kind::Coverage, &extract(&["South,ZZ1 1AA,,"])).unwrap_err();
    assert!(matches!(refused, ImportFault::UnderWay));
    assert_eq!(refused.to_string(), "another load of coverage is under way; try again when it is done");
    load.abandon();
    for store in [&other, &temp.store].repeat(20) {
        begin(store).unwrap().abandon();
    }
}

/// As after the session that held the lock was lost, and another load acquired it.
#[test]
fn a_load_that_lost_its_lock_ends_and_changes_nothing() {
    let temp = TempStore::new();
    temp.load(Kind::Coverage, &extract(&["South,ZZ1 1AA,,"])).unwrap();
    let before = temp.dump(Kind::Coverage);
    for finish in [true, false] {
        let mut load = begin(&temp.store).unwrap();
        load.stage(&[row(2, "ZZ9 9ZZ", None)]).unwrap();
        temp.transact(abandon_loading).unwrap();
        let ended =
            if finish { load.finish().map(drop) } else { load.stage(&[row(3, "ZZ9", None)]).map(drop) };
        assert!(matches!(ended, Err(LoadFault::UnderWay)));
        assert_eq!(temp.dump(Kind::Coverage), before);
    }
}

/// Across transactions and within one; a retried step makes no duplicates.
#[test]
fn a_duplicate_place_is_reported_with_both_lines() {
    let temp = TempStore::new();
    let mut load = begin(&temp.store).unwrap();
    let first = [row(2, "ZZ1 1AA", None), row(3, "ZZ1 1AA", Some("7")), row(4, "ZZ1", None)];
    assert_eq!(lines(&load.stage(&first).unwrap()), []);
    assert_eq!(lines(&load.stage(&first).unwrap()), [], "the same lines again");
    let second = [
        row(5, "zz11aa", None),
        row(6, "ZZ2 2AA", Some("7")),
        row(7, "zz1", None),
        row(8, "ZZ3 3AA", None),
        row(9, "ZZ3 3AA", None),
        row(10, "ZZ3 3AA", Some("8")),
    ];
    let doubles = lines(&load.stage(&second).unwrap());
    let (by_uprn, by_place) = (DuplicateBy::Uprn, DuplicateBy::Place);
    assert_eq!(doubles, [(5, 2, by_place), (6, 3, by_uprn), (7, 4, by_place), (9, 8, by_place)]);
    assert_eq!(rows_written(&temp.store), 5);
    load.abandon();
    assert_eq!(rows_written(&temp.store), 0);
}

/// Rows of a version that knew no extracts, as a migration finds them and as an older backup brings them.
#[test]
fn rows_without_an_extract_get_one_of_unknown_age() {
    let temp = TempStore::new();
    temp.load(Kind::Coverage, &extract(&["South,ZZ1 1AA,,", "North,ZZ1 1AA,,"])).unwrap();
    let before = temp.dump(Kind::Coverage);
    let older = |connection: &mut Connection| {
        sql_query("UPDATE coverage SET extract_id = NULL").execute(connection)?;
        sql_query("DELETE FROM coverage_extracts").execute(connection)?;
        Ok(())
    };
    temp.transact(older).unwrap();
    assert_eq!(temp.dump(Kind::Coverage).lines().count(), 1, "no query reads them");
    temp.transact(assign_missing_extracts).unwrap();
    assert_eq!(temp.dump(Kind::Coverage), before);
    let extracts = temp.store.read(extracts).unwrap();
    let told = extracts.iter().map(|extract| (extract.region.as_str(), extract.source(), extract.rows));
    let undated = CoverageSource::UndatedExtract;
    assert_eq!(told.collect::<Vec<_>>(), [("North", undated.clone(), 1), ("South", undated, 1)]);
}

/// The statements about rows of coverage that `work` runs, with their values, from diesel's instrumentation.
fn statements(temp: &TempStore, work: impl Fn(&mut Connection)) -> Vec<String> {
    let told = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&told);
    let read = |connection: &mut Connection| {
        connection.set_instrumentation(move |event: InstrumentationEvent<'_>| {
            if let InstrumentationEvent::StartQuery { query, .. } = event {
                heard.lock().unwrap().push(query.to_string());
            }
        });
        work(connection);
        Ok::<_, StoreFault>(())
    };
    temp.store.read(read).unwrap();
    let told = told.lock().unwrap();
    told.iter().filter(|text| text.contains("postcode_key")).cloned().collect()
}

/// A value of diesel's instrumentation as an SQL literal. PostgreSQL gets lists as arrays.
fn literal(value: &serde_json::Value) -> String {
    match value.as_array() {
        Some(list) => {
            let list = list.iter().map(ToString::to_string).collect::<Vec<_>>();
            format!("'{{{}}}'", list.join(","))
        }
        None => value.to_string().replace('"', "'"),
    }
}

/// The query plan of `... -- binds: [1, "a"]`.
fn plan(connection: &mut Connection, statement: &str) -> String {
    let (sql, binds) = statement.split_once(" -- binds: ").unwrap();
    let binds = binds.replace("Some(", "").replace(')', "");
    let binds = serde_json::from_str::<Vec<serde_json::Value>>(&binds).unwrap();
    let binds = binds.iter().map(literal);
    let filled = match connection {
        Connection::Sqlite(_) => binds.fold(sql.to_owned(), |sql, bind| sql.replacen('?', &bind, 1)),
        Connection::Postgres(_) => {
            (1_u8..).zip(binds).fold(sql.to_owned(), |sql, (at, bind)| sql.replace(&format!("${at}"), &bind))
        }
    };
    query_plan_without_scans(connection, &filled).join("\n")
}

/// Ten million rows cost what ten cost: each statement finds its rows by an index, and sorts none.
#[test]
fn every_question_is_answered_from_an_index() {
    let temp = TempStore::with_fixtures();
    let address =
        PropertyFilter { post_code: value("ZZ1 1AA"), address_identifier: value("2 Sample Street") };
    // The index, and the column that it must be searched by: extracts are large.
    let (by_uprn, by_place) = (("coverage_uprns", "uprn"), ("coverage_places", "postcode_key"));
    for (place, indexes) in [
        (PremisesKey::Uprn(value("100000000002")), &[by_uprn, by_place, by_place][..]),
        (PremisesKey::PartialAddress(address), &[by_place, by_place]),
    ] {
        let statements = statements(&temp, |connection| {
            assert!(!coverage_facts(&mut Session::new(connection), &place, &[]).unwrap().is_empty());
        });
        assert_eq!(statements.len(), indexes.len());
        for (statement, (index, column)) in statements.iter().zip(indexes) {
            let explain = |connection: &mut Connection| Ok::<_, StoreFault>(plan(connection, statement));
            let plan = temp.store.read(explain).unwrap();
            assert!(plan.contains(index), "{statement}\n{plan}");
            let mut searches =
                plan.lines().filter(|line| line.contains("Index Cond") || line.contains("USING INDEX"));
            assert!(searches.any(|line| line.contains(column)), "{statement}\n{plan}");
            assert!(!plan.contains("SCAN coverage") && !plan.contains("Seq Scan"), "{statement}\n{plan}");
            assert!(!plan.contains("TEMP B-TREE") && !plan.contains("Sort"), "{statement}\n{plan}");
        }
    }
}
