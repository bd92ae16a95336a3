//! The end of an order: Finish, Amend, Release, Redelivered, its statement and its papers.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use smi::{domain::reflash::SmiUpdate, store::Kind};

use super::{
    harness::{DEVICE_COLUMNS, World, chf, device_rows, versions, words},
    site::{counts, device, done, event, firmware, gpf, in_work, kinds, outcomes, told_by_csp, world},
};

/// HUBS.md 8 row 26; MP155-R13, R16, R18, R20, R22 to R27.
#[test]
fn row_26_an_order_goes_from_the_gate_to_its_statement() {
    let world = world(10, SmiUpdate::N3);
    let order = in_work(&world, &[1, 2]);
    assert_eq!(told_by_csp(&world, 1, &[1], "03000100"), ["updated"]);
    assert_eq!(told_by_csp(&world, 2, &[4], "03000100"), ["refused N3/h"], "on no order");
    let failed = outcomes(&world, &order, &format!("{},failed,,manual,FR-17\n", chf(2)));
    done(&failed, "InWork");
    assert_eq!(counts(&failed.body), [0, 0, 0, 0, 1, 1]);

    let early = event(&world, &order, "Release", json!({}));
    assert_eq!(
        (early.status, words(&early.body["allowed"])),
        (409, vec!["Batch", "Correct", "Finish", "Outcome"])
    );
    done(&event(&world, &order, "Finish", json!({ "guidance": "SSC 4.2" })), "Done");
    let released = event(&world, &order, "Release", json!({}));
    done(&released, "Released");
    assert_eq!(released.body["redelivery"]["asn"], "ASN-000001");
    world.smi.move_to("2022-02-01T12:00:00Z");
    let back = json!({ "unloaded_by": "receiver", "started_at": "2022-02-01T09:30:00Z", "finished_at": "2022-02-01T10:00:00Z" });
    let closed = event(&world, &order, "Redelivered", back);
    done(&closed, "Closed");
    assert_eq!(words(&closed.body["allowed"]), Vec::<&str>::new());
    assert_eq!(
        kinds(&world, &order),
        [
            "reflash.authorised",
            "reflash.delivery",
            "reflash.completed",
            "reflash.released",
            "reflash.statement"
        ]
    );
    let statement = world.notices(&order).pop().unwrap().2;
    insta::assert_snapshot!(statement, @r"
        Statement of RF-000001, charges of the Regulatory Year 2021.

        - SBCH: 1 accepted, £12.00 each; 1 failed
        - DBCH: 1 accepted, £12.00 each; 0 failed

        Charged £24.00, credited £12.00, to pay £12.00

        Without transport and taxes. The monthly charges K7.5 (o) and (p) go on as before.
        ");
    let acts = closed.body["acts"].as_array().unwrap();
    let gate = acts.iter().find(|act| act["act"] == "Receive").unwrap();
    insta::assert_snapshot!(gate["detail"].as_str().unwrap(), @"whole: 2 accepted, 0 not accepted, 0 missing, 0 unlisted; unloaded by the sender, liability passed 2022-01-25T10:45:00.000Z");
    assert_what_row_26_changed(&world);
}

/// What the order of row 26 changed: three values of CHF and GPF of the hub that was re-flashed, and where it lies.
fn assert_what_row_26_changed(world: &World) {
    for id in [chf(1), gpf(1)] {
        assert_eq!(
            (firmware(world, &id).as_str(), device(world, &id).status_text()),
            ("03000100", "Pending")
        );
    }
    let history = world.get(&format!("/manage/devices/{}/history", chf(1)));
    let changed = history.get("changes").and_then(Value::as_array).unwrap().last().unwrap();
    let fields =
        changed.get("fields").and_then(Value::as_array).unwrap().iter().map(|field| field.get("field"));
    assert_eq!(
        fields.map(|name| name.and_then(Value::as_str)).collect::<BTreeSet<_>>().len(),
        3,
        "{changed}"
    );
    assert_eq!(firmware(world, &chf(2)), versions(2).2, "a hub that failed is as it was");
    let stock = world.smi.exported(Kind::Stock);
    let rows =
        [1, 2].map(|number| stock.lines().find(|line| line.starts_with(&chf(number))).unwrap().to_owned());
    assert_eq!(
        rows,
        [
            format!("{},SUPA-1,2022-02-01,ASN-000001,P00000,,sealed", chf(1)),
            format!("{},SUPA-1,2021-03-01,,P00000,,sealed", chf(2)),
        ]
    );
}

/// HUBS.md 8 row 26, the last line; RF/w: the SMI must show what was re-flashed before it goes back.
#[test]
fn row_26_a_hub_that_the_smi_does_not_show_is_not_released() {
    let world = world(10, SmiUpdate::N3);
    let order = in_work(&world, &[1]);
    done(&outcomes(&world, &order, &format!("{},reflashed,03000100,,\n", chf(1))), "InWork");
    done(&event(&world, &order, "Finish", json!({ "guidance": "SSC 4.2" })), "Done");
    let refused = event(&world, &order, "Release", json!({}));
    assert_eq!(refused.status, 422, "{refused:?}");
    let check = &refused.body["checks"][0];
    assert_eq!((&check["rule"], check["saw"].as_str().unwrap().contains(&chf(1))), (&"RF/w".into(), true));
    assert_eq!(told_by_csp(&world, 1, &[1], "03000100"), ["updated"], "the CSP tells it behind time");
    done(&event(&world, &order, "Release", json!({})), "Released");
}

/// HUBS.md 4, Finish where none was re-flashed: the order is closed with its statement.
#[test]
fn an_order_whose_hubs_all_failed_is_closed_with_its_statement() {
    let world = world(10, SmiUpdate::N3);
    let order = in_work(&world, &[1]);
    done(&outcomes(&world, &order, &format!("{},failed,,manual,FR-17\n", chf(1))), "InWork");
    done(&event(&world, &order, "Finish", json!({ "guidance": "SSC 4.2" })), "Closed");
    assert_eq!(kinds(&world, &order).pop().unwrap(), "reflash.statement");
    assert_eq!(world.ordered(&[1]), "RF-000002");
}

/// RF/v, MP155-R21: the re-delivery is amended by the Party; another Party's location is refused.
#[test]
fn rf_v_a_redelivery_is_amended() {
    let world = world(10, SmiUpdate::N3);
    let order = in_work(&world, &[1]);
    assert_eq!(told_by_csp(&world, 1, &[1], "03000100"), ["updated"]);
    let passed = json!({ "guidance": "SSC 4.2", "redeliver_on": "2022-01-25" });
    assert_eq!(event(&world, &order, "Finish", passed).status, 422, "that is today");
    done(&event(&world, &order, "Finish", json!({ "guidance": "SSC 4.2" })), "Done");
    let later =
        event(&world, &order, "Amend", json!({ "redeliver_on": "2022-02-03", "window": "13:00-17:00" }));
    done(&later, "Done");
    assert_eq!(later.body["redelivery"]["on"], "2022-02-03");
    let other = event(&world, &order, "Amend", json!({ "location": "SUPC-1" }));
    assert_eq!(other.status, 422, "{other:?}");
    let odd = event(&world, &order, "Amend", json!({ "guidance": "x" }));
    assert_eq!(odd.status, 400, "{odd:?}");
}

/// MP155-R11, T4, R19: each paper is whole as a file, and is not there before its time.
#[test]
fn papers_are_html_that_is_whole_as_a_file() {
    let world = world(10, SmiUpdate::N3);
    let asked = world.ordered(&[1, 2]);
    let paper = |order: &str, name: &str| world.page(&format!("/manage/reflash/orders/{order}/{name}"));
    for name in ["labels", "despatch-note", "statement"] {
        assert_eq!(paper(&asked, name).0, 404, "{name}");
        assert_eq!(paper("RF-000099", name).0, 404, "{name}");
    }
    done(&event(&world, &asked, "Cancel", json!({})), "Cancelled");
    let order = in_work(&world, &[1, 2]);
    for (name, holds) in [
        ("labels", vec!["pallet P00000, 2 hubs", "1 of 1", "DL-000002-1", "South site"]),
        ("despatch-note", vec!["24 Jan 2022, 16:00:00 GMT", "P00000"]),
        ("statement", vec!["£12.00", "To pay"]),
    ] {
        let (status, page) = paper(&order, name);
        assert_eq!(status, 200, "{page}");
        for text in holds {
            assert!(page.contains(text), "{name}: {text}: {page}");
        }
        assert!(page.contains("<style>") && !page.contains("http"), "{name}");
    }
}

/// A hub that is installed while it is away is a finding, and is stopped nowhere but there.
#[test]
fn a_hub_that_is_installed_while_it_is_away_is_noted() {
    let world = world(10, SmiUpdate::N3);
    let order = in_work(&world, &[1, 2]);
    assert_eq!(told_by_csp(&world, 1, &[1, 2], "03000100"), ["updated", "updated"]);
    world.smi.import(Kind::Devices, &(DEVICE_COLUMNS.to_owned() + &device_rows(2, "Commissioned")));
    done(&event(&world, &order, "Finish", json!({ "guidance": "SSC 4.2" })), "Done");
    let released = event(&world, &order, "Release", json!({}));
    done(&released, "Released");
    assert_eq!(released.body["findings"][0]["finding"], "not Pending any more");
}
