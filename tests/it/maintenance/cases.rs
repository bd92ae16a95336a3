//! Cases about windows.

use serde_json::json;

use super::harness::World;

/// PM/x, MP092-R20, MP092-R26, SERVICE.md 6.
#[test]
fn pm_x_mp092_r20_the_panel_gives_reasons_and_an_outcome_follows() {
    let world = World::new();
    world.save("A", "2026-03-18T20:00", "2026-03-18T21:00", &json!({}));
    let panel = json!({ "kind": "panel_request", "party": "SEC Panel" });
    let refused = world.act("A", "cases", &panel);
    assert_eq!((refused.status, refused.error()), (422, "PM/x A: panel_request, reasons: missing"));
    let mut with_reasons = panel;
    with_reasons["reasons"] = "the evening of an election".into();
    let opened = world.act("A", "cases", &with_reasons);
    assert_eq!(opened.status, 200, "{opened:?}");
    let id = opened.body["case"].as_u64().unwrap();
    let close = |body: &serde_json::Value| {
        world.call("POST", &format!("/manage/maintenance/cases/{id}/close"), &body.to_string())
    };
    let without = close(&json!({ "by": "planner", "outcome": "moved" }));
    assert_eq!((without.status, without.error()), (422, "PM/x A: missing: reason"));
    let warned = world.check("2026-03");
    let open = |check: &serde_json::Value| check["warning"] == true && check["saw"] == "1 open cases";
    assert!(warned["checks"].as_array().unwrap().iter().any(open), "{warned}");
    let closed = close(&json!({ "by": "planner", "outcome": "moved", "reason": "a week later" }));
    assert_eq!(closed.status, 200, "{closed:?}");
    let case = &closed.body["window"]["cases"][0];
    assert_eq!((&case["outcome"], &case["outcome_reason"]), (&"moved".into(), &"a week later".into()));
    assert_eq!(close(&json!({ "by": "planner", "outcome": "kept", "reason": "no" })).status, 409);
    assert_eq!(world.call("POST", "/manage/maintenance/cases/99/close", "{\"by\":\"x\"}").status, 404);
    assert_eq!(world.call("POST", "/manage/maintenance/cases/x/close", "{\"by\":\"x\"}").status, 400);
}

/// PM/x, MP092-R26: a challenge is open to anybody, and needs no form.
#[test]
fn pm_x_mp092_r26_anybody_challenges_a_low_window() {
    let world = World::new();
    world.save("A", "2026-03-18T20:00", "2026-03-18T21:00", &json!({}));
    let challenge = world.act("A", "cases", &json!({ "kind": "challenge", "party": "Alder" }));
    assert_eq!((challenge.status, &challenge.body["window"]["cases"][0]["kind"]), (200, &"challenge".into()));
    assert_eq!(world.act("B", "cases", &json!({ "kind": "challenge", "party": "Alder" })).status, 404);
    // And sees what is changed in it.
    let changes = "change_id,reference,title,provider\nCH-1,A,New reports,DCC\nCH-2,B,Other,DSP\n";
    world.smi.import(smi::store::Kind::Changes, changes);
    let shown = &world.window("A")["changes"];
    assert_eq!((shown.as_array().unwrap().len(), &shown[0]["change_id"]), (1, &"CH-1".into()));
    let unknown = world.act("A", "cases", &json!({ "kind": "complaint", "party": "Alder" }));
    assert_eq!(unknown.status, 400, "{unknown:?}");
}
