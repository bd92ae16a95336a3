//! Places in the feed: nothing is missed in silence, whatever writes, purges or restores meanwhile.

use std::{thread, time::Instant};

use diesel::{
    Connection as _, QueryableByName, RunQueryDsl as _, connection::SimpleConnection as _, sql_query,
    sql_types::BigInt,
};
use serde_json::json;
use smi::{
    db::{Connection, PgConnection, StoreFault},
    domain::{EsmeVariant, parse_instant},
    service::{FeedFault, FeedPage, FeedQuestion},
    store::{self, Kind, LostPlace},
};

use super::{
    feed::{all, all_changes, correct},
    sample::{HEADER, Served, esme, meter, world},
};
use crate::{
    backup::{back_up, restored_service},
    support::{Smi, receiver::DEADLINE},
};

/// ESMEs of variant A.
fn meters(of: std::ops::Range<u16>) -> String {
    HEADER.to_owned() + &of.map(|number| esme(number, "Commissioned", "M 1", "01", "A")).collect::<String>()
}

/// The transaction of another instance, which holds the writers' lock and moved a meter.
fn moving(world: &Smi, lock: &str, number: u16) -> PgConnection {
    let mut other = PgConnection::establish(world.url()).unwrap();
    let moved = format!(
        "BEGIN; SELECT {lock}(hashtextextended(current_schema(), {}));
        INSERT INTO status_history (device_id, from_status, to_status, changed_at, interface)
        VALUES ('{}', 'Commissioned', 'Suspended', '2026-06-01T12:00:00.000Z', 'test')",
        0x73_6d_69_01,
        meter(number)
    );
    other.batch_execute(&moved).unwrap();
    other
}

fn moved(number: u16) -> String {
    format!("{} test status: Commissioned to Suspended", meter(number))
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

/// Whether another session looks for who holds locks.
fn is_looked_for(observer: &mut PgConnection) -> bool {
    let sessions = "SELECT COUNT(*) AS number FROM pg_stat_activity WHERE datname = current_database()
        AND pid <> pg_backend_pid() AND query LIKE '%pg_locks%'";
    sql_query(sessions).get_result::<Number>(observer).unwrap().number > 0
}

/// Of two batches at once the second ends first, with the higher number: a reader who came between would never see the first.
#[test]
#[ignore = "needs a PostgreSQL server: tests/run starts one"]
fn u8_a_batch_that_ends_late_is_not_missed() {
    let world = world(&meters(0..2), "");
    let served = Served::start(&world);
    let (_, place) = all(&served, "", "");
    let [mut first, mut second] = [0, 1].map(|number| moving(&world, "pg_advisory_xact_lock_shared", number));
    second.batch_execute("COMMIT").unwrap();
    let mut observer = PgConnection::establish(world.url()).unwrap();
    let (mut told, mut next) = thread::scope(|scope| {
        let reading = scope.spawn(|| all(&served, "", &place));
        let began = Instant::now();
        while !reading.is_finished() && !is_looked_for(&mut observer) {
            assert!(began.elapsed() < DEADLINE, "nobody looks for the batches at work");
        }
        first.batch_execute("COMMIT").unwrap();
        reading.join().unwrap()
    });
    let (later, last) = all(&served, "", &next);
    told.extend(later);
    next = last;
    assert_eq!(told, [moved(0), moved(1)]);
    assert_eq!(all(&served, "", &next), (Vec::new(), next.clone()));
}

/// An import may take minutes: what was there before it is told meanwhile, and what it changed afterwards.
#[test]
#[ignore = "needs a PostgreSQL server: tests/run starts one"]
fn u8_an_import_at_work_holds_up_no_reader() {
    let world = world(&meters(0..2), "");
    let served = Served::start(&world);
    let mut import = moving(&world, "pg_advisory_xact_lock", 0);
    let (told, place) = all(&served, "", "");
    assert_eq!(told.len(), 2);
    import.batch_execute("COMMIT").unwrap();
    assert_eq!(all(&served, "", &place).0, [moved(0)]);
}

/// What a decision carries comes after the row that it names, also where the feed does not reach that row yet.
#[test]
fn a_correction_waits_for_the_change_before_it() {
    let world = world(&meters(0..2), "");
    let served = Served::start(&world);
    let (_, place) = all(&served, "", "");
    correct(&world, 0, EsmeVariant::B);
    let behind = |connection: &mut Connection| {
        let later = "UPDATE decisions SET changes_after = (SELECT MAX(id) + 1 FROM status_history)";
        Ok::<_, StoreFault>(sql_query(later).execute(connection)?)
    };
    assert_eq!(world.service.store().transact(behind).unwrap(), 1);
    let page = served.json(&format!("/manage/changes?after={place}"));
    let none = json!({"changes": [], "next": place, "is_last": false, "kept_since": null});
    assert_eq!(page, none);
    world.import(Kind::Devices, &(HEADER.to_owned() + &esme(0, "Suspended", "M 1", "01", "B")));
    let corrected = format!("{} 8.4 esme_variant: A to B", meter(0));
    assert_eq!(all(&served, "", &place).0, [moved(0).replace("test", "import"), corrected]);
}

fn purge(world: &Smi, before: &str) -> usize {
    let before = parse_instant(before).unwrap();
    let purge = move |connection: &mut Connection| store::purge_decisions(connection, before);
    world.service.store().transact(purge).unwrap().rows
}

/// A reader that stayed away longer than decisions are kept is told so, and what is left says what it lacks.
#[test]
fn u8_a_place_before_purged_changes_is_gone() {
    let world = world(&meters(0..2), "");
    let served = Served::start(&world);
    let (_, before) = all(&served, "", "");
    world.move_to("2026-06-02T12:00:00Z");
    correct(&world, 0, EsmeVariant::B);
    let (_, behind) = all(&served, "", "");
    let kept = served.json(&format!("/manage/changes?after={before}"));
    assert_eq!((kept["changes"].as_array().unwrap().len(), &kept["kept_since"]), (1, &json!(null)));
    assert_eq!(purge(&world, "2026-06-03"), 1);
    let (status, body) = served.get(&format!("/manage/changes?after={before}"));
    let words = "after: changes behind this place were purged; \
        read the feed without `after` to its end, and the inventory anew";
    assert_eq!((status, body), (410, json!({ "error": words })));
    // Its end is known, though no decision is left.
    let page = served.json(&format!("/manage/changes?after={behind}"));
    let end = json!({
        "changes": [], "next": behind, "is_last": true, "kept_since": "2026-06-02T12:00:00.001Z",
    });
    assert_eq!(page, end);
    // From the beginning, in pages: the value of then is not known of Devices that joined before.
    world.move_to("2026-06-04T12:00:00Z");
    world.import(Kind::Devices, &meters(2..3));
    let (told, last) = all_changes(&served, "&field=esme_variant", "");
    let unknown = [json!(["esme_variant"]), json!(["esme_variant"]), json!([])];
    assert_eq!(told.iter().map(|change| change["unknown"].clone()).collect::<Vec<_>>(), unknown);
    assert_eq!(told[0]["fields"].as_array().unwrap().len(), 1);
    assert_eq!(told[2]["fields"][1]["after"], "A");
    correct(&world, 1, EsmeVariant::B);
    let corrected = format!("{} 8.4 esme_variant: A to B", meter(1));
    assert_eq!(all(&served, "", &last).0, [corrected]);
}

/// A place of before a restore is known as such, also when the numbers have passed it again.
#[test]
fn u8_a_place_of_before_a_restore_is_refused() {
    let world = world(&meters(0..2), "");
    let served = Served::start(&world);
    let file = world.folder().join("backup");
    back_up(world.url(), &file, world.now()).unwrap();
    world.import(Kind::Devices, &meters(2..4));
    let (_, place) = all(&served, "", "");
    let restored = world.instance_on(&restored_service(&world, &file));
    let feed = |after: Option<&str>| {
        let after = after.map(|place| place.parse().unwrap());
        restored.change_feed(FeedQuestion::default(), after, 100)
    };
    let refused = |place: &str| {
        let fault = feed(Some(place)).unwrap_err();
        assert!(matches!(fault, FeedFault::Lost(LostPlace::OfAnotherStore)), "{place}: {fault:?}");
    };
    refused(&place);
    restored.import(Kind::Devices, meters(4..9).as_bytes()).unwrap();
    refused(&place);
    let FeedPage { changes, next, is_last, .. } = feed(None).unwrap();
    assert_eq!((changes.len(), is_last), (7, true));
    let again = feed(Some(&next.to_string())).unwrap();
    assert_eq!((again.changes.len(), again.next), (0, next));
}

#[test]
fn a_place_beyond_the_end_is_refused() {
    let world = world(&meters(0..2), "");
    let served = Served::start(&world);
    let (_, end) = all(&served, "", "");
    let words = "after: the feed has no such place: the store was restored since, or it is another one; \
        read the feed without `after` to its end, and the inventory anew";
    for place in ["999.0", "0.999", "999.999", &format!("{end}.00000001")] {
        let (status, body) = served.get(&format!("/manage/changes?after={place}"));
        assert_eq!((status, body), (409, json!({ "error": words })), "{place}");
    }
    assert_eq!(served.get("/manage/changes?after=0.0.1").0, 400);
}
