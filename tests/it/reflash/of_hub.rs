//! The orders of one hub in its record (HUBS.md 5: "`GET /manage/devices/{id}` gains for a CHF ... `orders`").

use serde_json::json;

use super::harness::{World, chf};

#[test]
fn the_record_of_a_chf_names_its_orders_the_newest_first() {
    let world = World::new(6);
    let record = |id: &str| world.get(&format!("/manage/devices/{id}"));
    assert_eq!(record(&chf(1))["orders"], json!([]));
    let first = world.ordered(&[1, 2]);
    let cancelled = world.event(&first, &json!({ "event": "Cancel", "by": "A. Clerk" }));
    assert_eq!(cancelled.status, 200, "{cancelled:?}");
    let second = world.ordered(&[1]);
    assert_eq!(
        record(&chf(1))["orders"],
        json!([
            { "order": second, "state": "Submitted", "hub": "listed", "target": null, "is_open": true },
            { "order": first, "state": "Cancelled", "hub": "listed", "target": null, "is_open": false },
        ])
    );
    assert_eq!(record(&chf(2))["orders"][0]["is_open"], false);
    // A GPF has none of its own.
    assert!(record("00-DB-55-00-00-00-00-03").get("orders").is_none());
}
