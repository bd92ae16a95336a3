//! Stock that is away to be re-flashed, as the report of stock at risk counts it.

use serde_json::{Value, json};
use smi::{domain::reflash::SmiUpdate, store::Kind};

use super::{
    harness::{DEVICE_COLUMNS, World, chf, device_rows},
    site::{UNLOADED, delivery, done, event, outcomes, received, told_by_csp, world},
};

/// Of each version at each location what is away, where anything is, and the total.
fn away(world: &World) -> (Vec<String>, u64) {
    let report = world.get("/manage/hubs/reports/at-risk?by=location");
    let count = |row: &Value| row.get("in_reflash").and_then(Value::as_u64).unwrap();
    let row = |row: &Value| {
        let text = |name: &str| row.get(name).and_then(Value::as_str).unwrap_or("-").to_owned();
        format!(
            "{} {} at {}: {}",
            text("party_signifier"),
            text("chts_version"),
            text("location_id"),
            count(row)
        )
    };
    let rows = report.get("rows").and_then(Value::as_array).unwrap();
    (rows.iter().filter(|row| count(row) > 0).map(row).collect(), count(report.get("total").unwrap()))
}

/// HUBS.md 3, at-risk: `in_reflash` counts hubs in stock on an order from Despatched to Released.
#[test]
fn stock_is_away_from_despatch_until_it_is_back() {
    let world = world(10, SmiUpdate::N3);
    let order = world.ordered(&[1, 2, 4]);
    assert_eq!(away(&world), (vec![], 0), "Submitted");
    let slot = json!({ "deliver_on": "2022-01-25", "window": "09:00-12:00", "purchase_order": "PO-1" });
    done(&event(&world, &order, "Authorise", slot), "Authorised");
    assert_eq!(away(&world), (vec![], 0), "Authorised");
    done(&event(&world, &order, "Despatch", json!({ "sent_at": "2022-01-24T16:00:00Z" })), "Despatched");
    assert_eq!(away(&world), (vec!["SUPA 1.0 at SUPA-1: 3".to_owned()], 3), "Despatched");
    world.smi.move_to("2022-01-25T11:00:00Z");
    done(&received(&world, &order, &delivery(&[1, 2]), UNLOADED), "Received");
    assert_eq!(away(&world), (vec!["SUPA 1.0 at SUPA-1: 2".to_owned()], 2), "what is missing is free");
    done(&event(&world, &order, "Start", json!({})), "InWork");
    assert_eq!(told_by_csp(&world, 1, &[1], "03000100"), ["updated"]);
    done(&outcomes(&world, &order, &format!("{},failed,,manual,FR-17\n", chf(2))), "InWork");
    let both = vec!["SUPA 1.0 at SUPA-1: 1".to_owned(), "SUPA 1.3 at SUPA-1: 1".to_owned()];
    assert_eq!(away(&world), (both.clone(), 2), "each under the version that it has now");
    done(&event(&world, &order, "Finish", json!({ "guidance": "SSC 4.2" })), "Done");
    done(&event(&world, &order, "Release", json!({})), "Released");
    assert_eq!(away(&world), (both, 2), "Released");
    world.smi.import(Kind::Devices, &format!("{DEVICE_COLUMNS}{}", device_rows(2, "Commissioned")));
    assert_eq!(
        away(&world),
        (vec!["SUPA 1.3 at SUPA-1: 1".to_owned()], 1),
        "what is installed is in stock no more"
    );
    world.smi.move_to("2022-02-01T12:00:00Z");
    let back = json!({ "unloaded_by": "receiver", "started_at": "2022-02-01T09:30:00Z", "finished_at": "2022-02-01T10:00:00Z" });
    done(&event(&world, &order, "Redelivered", back), "Closed");
    assert_eq!(away(&world), (vec![], 0), "Closed");
}
