//! Option A and option B: a Party sees no difference (MP155-R30).

use serde_json::{Value, json};
use smi::{domain::reflash::SmiUpdate, store::Kind};

use super::{
    harness::{World, chf},
    site::{device, done, event, firmware, gpf, in_work, outcomes, told_by_csp, world},
};

/// The same run of an order: two hubs, of which the second fails; the first is told by N3, or by an outcomes file and SSMI. What its
/// Party is told, and what it is shown of its stock and its hubs, as text.
fn run(update: SmiUpdate) -> (Vec<Value>, [String; 2]) {
    let world = world(10, update);
    let order = in_work(&world, &[1, 2]);
    match update {
        SmiUpdate::N3 => assert_eq!(told_by_csp(&world, 1, &[1], "03000100"), ["updated"]),
        SmiUpdate::Ssmi => {
            done(&outcomes(&world, &order, &format!("{},reflashed,03000100,,\n", chf(1))), "InWork");
            let file = format!("chf_device_id,firmware_version\n{},03000100\n", chf(1));
            let answer = world.call("PUT", "/manage/ssmi/firmware?upload_id=1", &file);
            assert_eq!((answer.status, answer.body.get("refused")), (200, Some(&0.into())), "{answer:?}");
        }
    }
    done(&outcomes(&world, &order, &format!("{},failed,,manual,FR-17\n", chf(2))), "InWork");
    done(&event(&world, &order, "Finish", json!({ "guidance": "SSC 4.2" })), "Done");
    done(&event(&world, &order, "Release", json!({})), "Released");
    world.smi.move_to("2022-02-01T12:00:00Z");
    let back = json!({ "unloaded_by": "receiver", "started_at": "2022-02-01T09:30:00Z", "finished_at": "2022-02-01T10:00:00Z" });
    done(&event(&world, &order, "Redelivered", back), "Closed");
    for id in [chf(1), gpf(1)] {
        assert_eq!(
            (firmware(&world, &id).as_str(), device(&world, &id).status_text()),
            ("03000100", "Pending")
        );
    }
    (notices(&world), [Kind::Devices, Kind::Stock].map(|kind| world.smi.exported(kind)))
}

/// Every notice whole: number, kind, subject, text, when, to whom and by which channel.
fn notices(world: &World) -> Vec<Value> {
    world.get("/manage/notices").get("notices").and_then(Value::as_array).unwrap().clone()
}

/// HUBS.md 8 row 28; MP155-R30.
#[test]
fn row_28_the_notices_of_an_order_are_the_same_byte_for_byte_under_both_options() {
    let [(by_n3, shown_by_n3), (by_ssmi, shown_by_ssmi)] = [SmiUpdate::N3, SmiUpdate::Ssmi].map(run);
    let kinds = by_n3.iter().map(|notice| notice.get("kind").and_then(Value::as_str).unwrap());
    assert_eq!(
        kinds.collect::<Vec<_>>(),
        [
            "reflash.authorised",
            "reflash.delivery",
            "reflash.completed",
            "reflash.released",
            "reflash.statement"
        ]
    );
    let bytes = |notices: &[Value]| notices.iter().map(|notice| format!("{notice}\n")).collect::<String>();
    assert_eq!(bytes(&by_n3), bytes(&by_ssmi));
    assert_eq!(shown_by_n3, shown_by_ssmi, "and so is what the SMI shows of Devices and stock");
}
