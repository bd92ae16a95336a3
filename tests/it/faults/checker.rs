//! Whether the comparison sees what it is there to see: a change that was lost, doubled, or nobody asked for.

use diesel::{RunQueryDsl as _, sql_query};
use smi::db::{Store, StoreFault};

use super::{
    harness::{House, Plan, run},
    model::{Rows, complaints},
};

/// What is done to the store, and what must be complained of.
const TAMPERED: &[(&str, &str)] = &[
    // Lost.
    ("DELETE FROM status_history WHERE id = (SELECT MAX(id) FROM status_history)", "history of device"),
    ("DELETE FROM decisions WHERE id = (SELECT MAX(id) FROM decisions)", "decisions on"),
    ("DELETE FROM requests WHERE request_id = (SELECT MAX(request_id) FROM requests)", "answer to"),
    ("DELETE FROM devices WHERE device_id = (SELECT MIN(device_id) FROM devices)", "device"),
    (
        "UPDATE devices SET esme_variant = CASE esme_variant WHEN 'A' THEN 'B' ELSE 'A' END \
        WHERE device_id = (SELECT MIN(device_id) FROM devices)",
        "device",
    ),
    // Doubled.
    (
        "INSERT INTO status_history (device_id, from_status, to_status, changed_at, changed_by, request_id, interface) \
        SELECT device_id, from_status, to_status, changed_at, changed_by, request_id, interface \
        FROM status_history WHERE id = (SELECT MAX(id) FROM status_history)",
        "history of device",
    ),
    (
        "UPDATE decisions SET request_id = (SELECT request_id FROM decisions WHERE code = 'I99' ORDER BY id DESC LIMIT 1), \
        code = 'I99' WHERE id = (SELECT MIN(id) FROM decisions)",
        "decisions on",
    ),
    // Foreign.
    (
        "UPDATE requests SET answer = x'00' WHERE request_id = (SELECT MIN(request_id) FROM requests)",
        "answer to",
    ),
    (
        "UPDATE devices SET firmware_version = 'FF' WHERE device_id = (SELECT MAX(device_id) FROM devices)",
        "device",
    ),
    (
        "UPDATE status_history SET request_id = 'x' WHERE id = (SELECT MAX(id) FROM status_history)",
        "history of device",
    ),
    ("UPDATE users SET status = 'Suspended'", "a table changed"),
];

#[test]
fn the_comparison_sees_what_was_lost_doubled_or_foreign() {
    let house = House::on_sqlite();
    let plan = Plan { seed: 1, kills: 0, clients: 2 };
    let outcome = run(
        &house,
        plan,
        || (),
        |service, gate, _| {
            assert!(gate.wait_for_answers(60));
            (service, Vec::new())
        },
    );
    assert_eq!(outcome.complaints, [""; 0]);
    let database = house.recipe.folder.join("smi.db");
    for (tamper, complaint) in TAMPERED {
        let copy = tempfile::tempdir().unwrap();
        let path = copy.path().join("smi.db");
        std::fs::copy(&database, &path).unwrap();
        let store = Store::open(&format!("sqlite://{}", path.display())).unwrap();
        let done =
            store.transact::<_, StoreFault, _>(|connection| Ok(sql_query(*tamper).execute(connection)?));
        assert_ne!(done.unwrap(), 0, "{tamper}");
        let found = complaints(&outcome.before, &outcome.answered, &Rows::of(&store));
        assert!(found.iter().any(|found| found.starts_with(complaint)), "{tamper}: {found:?}");
    }
}
