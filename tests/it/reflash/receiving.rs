//! A delivery at the gate, and the work on it: receipt, units, outcomes; option B.

use std::fmt::Write as _;

use serde_json::{Value, json};
use smi::domain::reflash::SmiUpdate;

use super::{
    harness::{A, ASKED, chf, versions},
    site::{UNLOADED, counts, delivery, done, event, in_work, outcomes, received, told_by_csp, world},
};
use crate::support::managed::Answer;

/// HUBS.md 8 row 25; MP155-R11: one label for each pallet, each carton on none, and each hub in neither; as they are printed.
#[test]
fn row_25_an_order_of_pallets_cartons_and_a_hub_has_six_labels() {
    let world = world(20, SmiUpdate::N3);
    let packed =
        [(1, "P1,"), (2, "P1,C9"), (4, "P2,"), (5, ",C1"), (8, ",C1"), (10, ",C2"), (13, ",C3"), (14, ",")];
    let mut file =
        "chf_device_id,firmware_version,device_manufacturer,device_model,pallet,carton\n".to_owned();
    for (number, package) in packed {
        writeln!(file, "{},{},Sample Hubs,SH-C1,{package}", chf(number), versions(number).2).unwrap();
    }
    let path = format!("/manage/reflash/requests?user={A}&hubs={}&{ASKED}", packed.len());
    assert_eq!(world.call("POST", &path, &file).body["state"], "Submitted");
    let order = "RF-000001";
    assert_eq!(world.page(&format!("/manage/reflash/orders/{order}/labels")).0, 404, "no delivery is agreed");
    let slot = json!({ "deliver_on": "2022-01-25", "window": "09:00-12:00" });
    done(&event(&world, order, "Authorise", slot), "Authorised");
    let (status, page) = world.page(&format!("/manage/reflash/orders/{order}/labels"));
    assert_eq!(status, 200, "{page}");
    for holds in
        ["pallet P1, 2 hubs", "pallet P2, 1 hub", "carton C1, 2 hubs", "carton C2, 1 hub", "carton C3, 1 hub"]
    {
        assert!(page.contains(holds), "{holds}\n{page}");
    }
    for place in 1..=6 {
        assert_eq!(page.matches(&format!("{place} of 6")).count(), 1, "{page}");
    }
    assert!(page.contains(&chf(14)), "the hub in neither: {page}");
    let (_, _, text) = world.notices(order).pop().unwrap();
    assert_eq!(
        text.lines().filter(|line| line.starts_with("- ") && line.contains(" of 6: ")).count(),
        6,
        "{text}"
    );
}

/// HUBS.md 8 row 25, DV/a to c; MP155-R14, R15: a part comes, and another hub with it.
#[test]
fn row_25_a_delivery_is_checked_hub_by_hub() {
    let world = world(30, SmiUpdate::N3);
    let order = world.ordered(&[1, 2, 4]);
    let slot = json!({ "deliver_on": "2022-01-25", "window": "09:00-12:00" });
    done(&event(&world, &order, "Authorise", slot), "Authorised");
    world.smi.move_to("2022-01-25T11:00:00Z");
    let part = received(&world, &order, &delivery(&[1, 2, 5]), UNLOADED);
    done(&part, "Received");
    assert_eq!(counts(&part.body), [0, 2, 0, 1, 0, 0]);
    let findings = part.body["findings"].as_array().unwrap().iter();
    let findings = findings.map(|finding| finding["finding"].as_str().unwrap()).collect::<Vec<_>>();
    assert_eq!(findings, ["no despatch note", "unlisted hub"]);
    let told = world.notices(&order).pop().unwrap();
    assert_eq!(told.0, "reflash.delivery");
    insta::assert_snapshot!(told.2, @r"
        The delivery of RF-000001 is accepted in part.

        Unloaded by the sender
        Liability passed: 2022-01-25T10:45:00.000Z

        Accepted: 2
        - 00-DB-55-00-00-00-00-02
        - 00-DB-55-00-00-00-00-04

        Not accepted, with the reasons; they go back: 0

        Missing: 1
        - 00-DB-55-00-00-00-00-08

        Findings:
        - no despatch note: the delivery came without a despatch by the Party
        - unlisted hub: 00-DB-55-00-00-00-00-0A goes back
        ");
    assert_eq!(world.ordered(&[4]), "RF-000002", "a hub that is missing is free at once");
    let late = received(&world, &order, &delivery(&[1, 2, 4]), &format!("{UNLOADED}&reason=found"));
    done(&late, "Received");
    assert_eq!(counts(&late.body), [0, 2, 1, 0, 0, 0], "it is on the other order now");
    let reason = &late.body["reasons"][0];
    assert_eq!((&reason["label"], &reason["rule"]), (&"IN_ANOTHER_ORDER".into(), &"RF/n".into()));

    let twice = delivery(&[1, 1]);
    let fixed = received(&world, &order, &twice, &format!("{UNLOADED}&reason=miscounted"));
    assert_eq!(fixed.status, 422, "{fixed:?}");
    let fixed = received(&world, &order, &delivery(&[1, 2]), &format!("{UNLOADED}&reason=miscounted"));
    done(&fixed, "Received");
    assert_eq!(fixed.body["acts"].as_array().unwrap().last().unwrap()["reason"], "miscounted");
    assert_eq!(received(&world, &order, &delivery(&[1, 2]), UNLOADED).status, 409, "it is there already");
}

/// HUBS.md 7: hubs of another order alone; the order is refused, and all is said.
#[test]
fn a_delivery_of_other_hubs_alone_is_refused() {
    let world = world(30, SmiUpdate::N3);
    let order = world.ordered(&[1, 2]);
    let slot = json!({ "deliver_on": "2022-01-25", "window": "09:00-12:00" });
    done(&event(&world, &order, "Authorise", slot), "Authorised");
    for (query, status) in [
        (UNLOADED.to_owned(), 400),
        (UNLOADED.replace("unloaded_by=sender", "unloaded_by=nobody"), 400),
        (UNLOADED.replace("finished_at=2022-01-25T10:45", "finished_at=2021-01-25T09:00"), 400),
    ] {
        // It is 1 January still: the unloading has not ended.
        assert_eq!(received(&world, &order, &delivery(&[4, 5]), &query).status, status, "{query}");
    }
    world.smi.move_to("2022-01-25T11:00:00Z");
    assert_eq!(received(&world, &order, "chf_device_id,condition\n1,ok\n", UNLOADED).status, 422);
    let refused = received(&world, &order, &delivery(&[4, 5]), UNLOADED);
    done(&refused, "Refused");
    assert_eq!(counts(&refused.body), [0, 0, 0, 2, 0, 0]);
    assert_eq!(world.ordered(&[1, 2]), "RF-000002", "its hubs are free");
}

/// HUBS.md 7, RF/t: another version than the target, a hub that is not accepted, a failure without report: nothing of the file is taken.
#[test]
fn rf_t_a_file_of_outcomes_is_taken_whole_or_not_at_all() {
    let world = world(10, SmiUpdate::N3);
    let order = in_work(&world, &[1, 2]);
    let good = format!("{},reflashed,03000100,,\n", chf(1));
    for bad in [
        format!("{},reflashed,03000000,,\n", chf(2)),
        format!("{},reflashed,03000100,,\n", chf(5)),
        format!("{},failed,,,\n", chf(2)),
        format!("{},failed,,manual,\n", chf(2)),
    ] {
        let refused = outcomes(&world, &order, &format!("{good}{bad}"));
        assert_eq!(refused.status, 422, "{refused:?}");
        assert!(refused.body["checks"][0]["saw"].as_str().unwrap().starts_with("line 3"), "{refused:?}");
    }
    assert_eq!(outcomes(&world, &order, &format!("{},lost,,,\n", chf(1))).status, 422);
    let shown = world.get(&format!("/manage/reflash/orders/{order}"));
    assert_eq!(counts(&shown), [0, 2, 0, 0, 0, 0]);
    let early = event(&world, &order, "Finish", json!({ "guidance": "SSC 4.2" }));
    assert_eq!((early.status, &early.body["checks"][0]["rule"]), (422, &"RF/u".into()), "{early:?}");
    done(&outcomes(&world, &order, &good), "InWork");
    done(&outcomes(&world, &order, &good), "InWork");
    let other = outcomes(&world, &order, &format!("{},failed,,manual,FR-1\n", chf(1)));
    assert_eq!(other.status, 422, "an outcome is final: {other:?}");
    let csv = format!(
        "chf_device_id,outcome,firmware_version,fault_report,fault_reference\n{},failed,,analysis,FR-1\n",
        chf(1)
    );
    let path = format!("/manage/reflash/orders/{order}/outcomes?by=Bench&reason=wrong%20line");
    assert_eq!(counts(&world.call("PUT", &path, &csv).body), [0, 1, 0, 0, 0, 1], "but for a correction");
}

/// HUBS.md 8 row 27, the order under option B; MP155-R25, R28.
#[test]
fn row_27_under_option_b_the_outcome_comes_before_the_file() {
    let world = world(10, SmiUpdate::Ssmi);
    let order = in_work(&world, &[2]);
    let file = format!("chf_device_id,firmware_version\n{},03000100\n", chf(2));
    let upload = |id: u32| world.call("PUT", &format!("/manage/ssmi/firmware?upload_id={id}"), &file).body;
    assert_eq!(upload(2)["hubs"][0]["rule"], "SSMI/h");
    assert_eq!(told_by_csp(&world, 1, &[2], "03000100"), ["refused N3/i"]);
    done(&outcomes(&world, &order, &format!("{},reflashed,03000100,,\n", chf(2))), "InWork");
    assert_eq!(upload(3)["hubs"][0]["outcome"], "updated");
    let hubs = world.get(&format!("/manage/reflash/orders/{order}/hubs"));
    let hub = &hubs["hubs"][0];
    assert_eq!((&hub["target"], &hub["smi_told_by"]), (&"03000100".into(), &"ssmi".into()), "{hub}");
    assert_eq!(told_by_csp(&world, 2, &[2], "03000100"), ["unchanged"]);
    let shown = world.get(&format!("/manage/reflash/orders/{order}"));
    let findings = shown["findings"].as_array().unwrap();
    assert_eq!(findings.iter().filter(|one| one["finding"] == "told by CSPM-N3").count(), 1, "{shown}");
    done(&event(&world, &order, "Finish", json!({ "guidance": "SSC 4.2" })), "Done");
    done(&event(&world, &order, "Release", json!({})), "Released");
}

/// HUBS.md 8 row 29; MP155-R34.
#[test]
fn row_29_units_take_as_many_as_they_have_places() {
    let world = world(80, SmiUpdate::N3);
    let numbers = (0..80).filter(|number| number % 4 != 3 && number % 3 != 0 && number % 10 != 9).take(30);
    let numbers = numbers.collect::<Vec<_>>();
    let order = in_work(&world, &numbers);
    let next =
        || world.call("POST", &format!("/manage/reflash/orders/{order}/batches"), "{\"by\":\"Bench\"}");
    let taken = |answer: &Answer| {
        let units = answer.body["units"].as_array().unwrap().iter();
        let unit = |unit: &Value| {
            format!("{} {}", unit["unit_id"].as_str().unwrap(), unit["hubs"].as_array().unwrap().len())
        };
        units.map(unit).collect::<Vec<_>>()
    };
    world.smi.move_to("2022-01-31T09:00:00Z");
    let first = next();
    assert_eq!(taken(&first), ["U1 8", "U2 8", "U3 8"]);
    world.smi.move_to("2022-02-01T09:00:00Z");
    let none = next();
    assert_eq!((none.status, &none.body["checks"][0]["rule"]), (422, &"RF/x".into()), "{none:?}");
    let of_first = first.body["units"][0]["hubs"].as_array().unwrap().iter();
    let lines = of_first.map(|chf| format!("{},reflashed,03000100,,\n", chf.as_str().unwrap()));
    done(&outcomes(&world, &order, &lines.collect::<String>()), "InWork");
    assert_eq!(taken(&next()), ["U1 6"]);
}
