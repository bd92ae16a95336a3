//! Requests: taken or rejected with every reason, looked at, repeated, amended.

use serde_json::{Value, json};
use smi::{domain::reflash::SmiUpdate, rules::reflash::ReflashSettings, store::Kind};

use super::{
    harness::{
        A, ASKED, DEVICE_COLUMNS, STOCK_COLUMNS, World, device_rows, labels, request_file, stock_row, words,
    },
    site,
};

/// HUBS.md 8 row 22; MP155-R1, R5, T2.
#[test]
fn row_22_a_request_is_submitted_or_rejected_with_exactly_its_reasons() {
    let world = World::new(12);
    let taken = world.request(&[1, 2], ASKED);
    assert_eq!(taken.status, 200, "{taken:?}");
    assert_eq!((&taken.body["order"], &taken.body["state"]), (&"RF-000001".into(), &"Submitted".into()));
    assert_eq!(
        (&taken.body["site"], words(&taken.body["allowed"])),
        (&"FLASH-CS".into(), vec!["Authorise", "Cancel", "Reject"])
    );
    assert_eq!(taken.body["hubs"]["listed"], 2);
    let other = world.request(&[3], ASKED);
    assert_eq!((&other.body["state"], &other.body["site"]), (&"Rejected".into(), &"FLASH-N".into()));
    assert_eq!((labels(&other), words(&other.body["allowed"])), (vec!["OTHER_USER 2".to_owned()], vec![]));
    for (numbers, query, expected) in [
        (vec![4, 0], ASKED.to_owned(), vec!["WRONG_CSP_OR_FACILITY 3"]),
        (vec![4, 5], format!("{ASKED}&hubs=3"), vec!["COUNT_DIFFERS"]),
        (vec![4, 5], ASKED.replace("SUPA-1", "SUPC-1"), vec!["ADDRESS_NOT_LISTED"]),
        (vec![4, 5], ASKED.replace("2022-02-01", "2022-02-05"), vec!["OUTSIDE_WORKING_HOURS"]),
        (vec![4, 5], ASKED.replace("2022-02-01", "2022-04-15"), vec!["OUTSIDE_WORKING_HOURS"]),
        (vec![4, 5], ASKED.replace("09:00-12:00", "16:30-17:30"), vec!["OUTSIDE_WORKING_HOURS"]),
        (vec![4, 4], ASKED.to_owned(), vec!["LISTED_TWICE 3"]),
        (vec![3], ASKED.replace("SUPA-1", "SUPC-1"), vec!["ADDRESS_NOT_LISTED", "OTHER_USER 2"]),
        (vec![1], ASKED.to_owned(), vec!["IN_ANOTHER_ORDER 2"]),
    ] {
        let answer = world.request(&numbers, &query);
        assert_eq!((answer.status, &answer.body["state"]), (200, &"Rejected".into()), "{query}");
        assert_eq!(labels(&answer), expected, "{numbers:?} {query}");
    }
    world.smi.import(Kind::Stock, &format!("{STOCK_COLUMNS}{}", stock_row(5, "opened")));
    assert_eq!(labels(&world.request(&[4, 5], ASKED)), ["PACKAGING_OR_DAMAGE 3"]);
    world.smi.import(Kind::Devices, &format!("{DEVICE_COLUMNS}{}", device_rows(8, "Commissioned")));
    let installed = world.request(&[4, 8], ASKED);
    assert_eq!(labels(&installed), ["NOT_PENDING 3"]);
    assert_eq!(
        installed.body["reasons"][0]["reason"],
        "required: CHF and GPF are Pending; found: CHF Commissioned, GPF Commissioned"
    );
    let empty = request_file(&[4, 7]).replacen(",01000000,", ",,", 1);
    let path = format!("/manage/reflash/requests?user={A}&hubs=2&{ASKED}&dry_run=true");
    assert_eq!(labels(&world.call("POST", &path, &empty)), ["MISSING_DATA 2", "OTHER_USER 3"]);
    assert_eq!(world.get("/manage/reflash/orders")["orders"].as_array().unwrap().len(), 13);
}

/// RF/f: Pending again, but installed once.
#[test]
fn rf_f_a_hub_that_was_installed_goes_the_other_way() {
    let world = World::new(3);
    for status in ["Commissioned", "Pending"] {
        world.smi.import(Kind::Devices, &format!("{DEVICE_COLUMNS}{}", device_rows(1, status)));
    }
    assert_eq!(labels(&world.request(&[1, 2], ASKED)), ["WAS_INSTALLED 2"]);
}

/// HUBS.md 6: the same with `order` null; nothing is kept, and nothing told.
#[test]
fn a_trial_keeps_nothing() {
    let world = World::new(4);
    let trial = world.request(&[1, 3], &format!("{ASKED}&dry_run=true"));
    assert_eq!(
        (trial.status, &trial.body["order"], &trial.body["state"]),
        (200, &Value::Null, &"Rejected".into())
    );
    assert_eq!(labels(&trial), ["OTHER_USER 3", "WRONG_CSP_OR_FACILITY 3"]);
    assert_eq!(trial.body["faulty_lines"], json!([3]));
    assert_eq!(world.get("/manage/reflash/orders"), json!({ "orders": [], "next": null }));
    assert_eq!(world.get("/manage/notices")["notices"], json!([]));
    assert_eq!(world.ordered(&[1, 2]), "RF-000001", "no number was used");
}

/// MP155-R6: the Party is told of a rejection, by mail to its own location, with every reason; and the act has every check.
#[test]
fn mp155_r6_a_rejection_is_told_with_every_reason() {
    let world = World::new(4);
    let answer = world.request(&[1, 3], &format!("{ASKED}&reference=PO%2F7"));
    let order = answer.body["order"].as_str().unwrap();
    let notices = world.notices(order);
    assert_eq!(notices.len(), 1);
    let (kind, address, text) = &notices[0];
    assert_eq!((kind.as_str(), address.as_str()), ("reflash.rejected", "stock@alder.example"));
    insta::assert_snapshot!(text, @"
        The request RF-000001 of SUPA is rejected. It can be amended and sent again, naming RF-000001.

        Reasons:
        - line 3, 00-DB-55-00-00-00-00-06, OTHER_USER (RF/g): required: the holder of the hub, the Party of its pre-notifier, is the requesting Party; found: its holder is SUPC, the Party is SUPA
        - line 3, 00-DB-55-00-00-00-00-06, WRONG_CSP_OR_FACILITY (RF/i): required: the site serves the CSP Region of the hub; one that the request does not name is the first, by ID, that serves the region of the first hub; found: its CSP Region is North; FLASH-CS serves Central, South, 4G Central, 4G South
        ");
    let acts = answer.body["acts"].as_array().unwrap();
    let checks = acts[0]["checks"].as_array().unwrap();
    assert_eq!((acts.len(), checks.len(), &acts[0]["act"]), (1, 15, &"Request".into()));
    assert_eq!((&acts[0]["by"], &acts[0]["to"]), (&A.into(), &"Rejected".into()));
    assert_eq!(answer.body["reference"], "PO/7");
    let hubs = world.get(&format!("/manage/reflash/orders/{order}/hubs"));
    assert_eq!(hubs["hubs"][1]["reasons"].as_array().unwrap().len(), 2);
}

/// HUBS.md 4: the lines without fault can be had back as a file to send again (MP155-R5).
#[test]
fn the_good_lines_of_a_rejected_order_are_a_file_that_is_sent_again() {
    let world = World::new(6);
    let rejected = world.request(&[1, 3, 2], ASKED).body["order"].as_str().unwrap().to_owned();
    let hubs = format!("/manage/reflash/orders/{rejected}/hubs");
    let (status, good) = world.page(&format!("{hubs}?format=csv&good=true"));
    assert_eq!((status, good.as_str()), (200, request_file(&[1, 2]).as_str()));
    let good_lines = world.get(&format!("{hubs}?good=true&limit=1"));
    assert_eq!((&good_lines["hubs"][0]["line"], &good_lines["next"]), (&json!(2), &json!("2")));
    let last = world.get(&format!("{hubs}?good=true&limit=1&after=2"));
    assert_eq!((&last["hubs"][0]["line"], &last["next"]), (&json!(4), &Value::Null));
    let path = format!("/manage/reflash/requests?user={A}&hubs=2&{ASKED}&amends={rejected}");
    let again = world.call("POST", &path, &good);
    assert_eq!((&again.body["state"], &again.body["amends"]), (&json!("Submitted"), &json!(rejected)));
}

/// HUBS.md 4, 6: all hubs as CSV, each with every reason and no cell a formula; a request that tells packages gets them back as they were.
#[test]
fn the_hubs_of_an_order_are_csv_too() {
    let world = World::new(6);
    let file = "chf_device_id,firmware_version,device_manufacturer,device_model,pallet,carton\n\
                00-DB-55-00-00-00-00-02,01000000,Sample Hubs,SH-C1,-P1,\n\
                00-DB-55-00-00-00-00-06,01000000,Sample Hubs,SH-C1,,C1\n";
    let path = format!("/manage/reflash/requests?user={A}&hubs=2&{ASKED}");
    assert_eq!(world.call("POST", &path, file).body["state"], "Rejected");
    let (_, all) = world.page("/manage/reflash/orders/RF-000001/hubs?format=csv");
    insta::assert_snapshot!(all, @r#"
        line,chf_device_id,gpf_device_id,csp_region,firmware_version,device_manufacturer,device_model,pallet,carton,state,target,unit_id,batch,fault_report,fault_reference,smi_told_by,smi_told_at,reasons
        2,00-DB-55-00-00-00-00-02,00-DB-55-00-00-00-00-03,Central,01000000,Sample Hubs,SH-C1,'-P1,,listed,,,,,,,,
        3,00-DB-55-00-00-00-00-06,00-DB-55-00-00-00-00-07,North,01000000,Sample Hubs,SH-C1,,C1,listed,,,,,,,,"OTHER_USER (RF/g): required: the holder of the hub, the Party of its pre-notifier, is the requesting Party; found: its holder is SUPC, the Party is SUPA; WRONG_CSP_OR_FACILITY (RF/i): required: the site serves the CSP Region of the hub; one that the request does not name is the first, by ID, that serves the region of the first hub; found: its CSP Region is North; FLASH-CS serves Central, South, 4G Central, 4G South"
        "#);
    let (_, good) = world.page("/manage/reflash/orders/RF-000001/hubs?format=csv&good=true");
    assert_eq!(good.lines().collect::<Vec<_>>(), file.lines().take(2).collect::<Vec<_>>());
    let refused =
        |query: &str| world.call("GET", &format!("/manage/reflash/orders/RF-000001/hubs?{query}"), "");
    for (query, reason) in [
        ("format=xml", "format: `xml` is not a format: one of json, csv"),
        ("format=csv&limit=3", "limit: CSV has no pages"),
    ] {
        let answer = refused(query);
        assert_eq!((answer.status, &answer.body["error"]), (400, &json!(reason)));
    }
    assert_eq!(world.page("/manage/reflash/orders/RF-000009/hubs?format=csv").0, 404);
}

/// HUBS.md 4: the very same under a reference gets the first answer again, whatever became of the order; anything else under it 409.
#[test]
fn a_reference_is_of_one_request_for_ever() {
    let world = World::new(6);
    let query = format!("{ASKED}&reference=A-1");
    let first = world.request(&[1, 2], &query);
    let again = world.request(&[1, 2], &query);
    assert_eq!((again.status, &again.body), (200, &first.body));
    let order = first.body["order"].as_str().unwrap();
    let authorise = json!({ "event": "Authorise", "by": "A. Clerk", "deliver_on": "2022-01-20", "window": "09:00-12:00",
        "purchase_order": "PO-1", "work_order": "WO-1", "contact": "desk" });
    let late =
        json!({ "event": "Late", "by": "A. Clerk", "arrives_on": "2022-01-21", "window": "09:00-12:00" });
    let reject = json!({ "event": "Reject", "by": "A. Clerk", "reasons": ["NOT_PENDING"] });
    for event in [authorise, late, json!({ "event": "RefuseLate", "by": "A. Clerk" }), reject] {
        assert_eq!(world.event(order, &event).status, 200);
        let again = world.request(&[1, 2], &query);
        assert_eq!((again.status, &again.body), (200, &first.body), "after {event}");
    }
    for (numbers, query) in
        [(vec![1], query.clone()), (vec![1, 2], query.replace("2022-02-01", "2022-02-02"))]
    {
        let other = world.request(&numbers, &query);
        assert_eq!(other.status, 409, "{other:?}");
        assert_eq!(other.body["error"], "the reference was used for RF-000001, which was asked otherwise");
    }
    assert_eq!(world.get("/manage/reflash/orders")["orders"].as_array().unwrap().len(), 1);
}

/// HUBS.md 4: so it is of an order that was rejected, and of one that was amended at its end.
#[test]
fn a_first_answer_stays_as_it_was() {
    let world = site::world(10, SmiUpdate::N3);
    let query = format!("{ASKED}&reference=A-1");
    let rejected = world.request(&[1, 3], &query);
    assert_eq!(rejected.body["state"], "Rejected");
    assert_eq!(world.request(&[1, 3], &query).body, rejected.body);
    let query = format!("{ASKED}&reference=A-2");
    let first = world.request(&[1, 2], &query);
    let order = first.body["order"].as_str().unwrap();
    let slot = json!({ "deliver_on": "2022-01-25", "window": "09:00-12:00", "purchase_order": "PO-1" });
    site::done(&site::event(&world, order, "Authorise", slot), "Authorised");
    world.smi.move_to("2022-01-25T11:00:00Z");
    site::done(&site::received(&world, order, &site::delivery(&[1]), site::UNLOADED), "Received");
    site::done(&site::event(&world, order, "Start", json!({})), "InWork");
    assert_eq!(site::told_by_csp(&world, 1, &[1], "03000100"), ["updated"]);
    site::done(&site::event(&world, order, "Finish", json!({ "guidance": "SSC 4.2" })), "Done");
    let amend = json!({ "redeliver_on": "2022-02-03", "window": "13:00-17:00" });
    site::done(&site::event(&world, order, "Amend", amend), "Done");
    site::done(&site::event(&world, order, "Release", json!({})), "Released");
    let again = world.request(&[1, 2], &query);
    assert_eq!((again.status, &again.body), (200, &first.body));
}

/// MP155-R5: an amended request names the first, each once; and only what failed is to be amended.
#[test]
fn mp155_r5_a_rejected_request_is_amended_once() {
    let world = World::new(6);
    let rejected = world.request(&[1, 3], ASKED).body["order"].as_str().unwrap().to_owned();
    let amended = world.request(&[1, 2], &format!("{ASKED}&amends={rejected}"));
    assert_eq!(
        (&amended.body["state"], &amended.body["amends"]),
        (&"Submitted".into(), &rejected.as_str().into())
    );
    let amended = amended.body["order"].as_str().unwrap().to_owned();
    for (amends, reason) in [
        (rejected.as_str(), "RF-000001 is not to be amended: RF-000002 amends it already"),
        (&amended, "RF-000002 is not to be amended: it is Submitted, and no hub of it was left"),
        ("RF-000009", "RF-000009 is not to be amended: there is no such order"),
    ] {
        let refused = world.request(&[4, 5], &format!("{ASKED}&amends={amends}"));
        assert_eq!((refused.status, &refused.body["error"]), (409, &reason.into()));
    }
}

/// HUBS.md 7: what cannot be read, and what is not there.
#[test]
fn what_cannot_be_read_is_refused_with_its_place_and_uses_no_number() {
    let world = World::new(4);
    let path = format!("/manage/reflash/requests?user={A}&hubs=1&{ASKED}");
    let header = "chf_device_id,firmware_version,device_manufacturer,device_model\n";
    let refused = |path: &str, file: &str| {
        let answer = world.call("POST", path, file);
        format!("{} {}", answer.status, answer.body["error"].as_str().unwrap())
    };
    let told = [
        refused(&path, "chf,firmware_version,device_manufacturer,device_model\n"),
        refused(&path, &format!("{header}00-DB,01000000,Sample Hubs,SH-C1\n")),
        refused(&path, &format!("{header}00-DB-55-00-00-00-00-02,01000000\n")),
        refused(&path, header),
        refused(&path.replace(A, "90-B3-D5-1F-30-09-00-00"), &request_file(&[1])),
        refused(&path.replace(A, "90-B3-D5-1F-30-05-00-00"), &request_file(&[1])),
        refused(&path.replace("2022-02-01", "2021-02-30"), &request_file(&[1])),
        refused(&path.replace("09:00-12:00", "12:00-09:00"), &request_file(&[1])),
        refused(&path.replace("09:00-12:00", "9-12"), &request_file(&[1])),
    ];
    insta::assert_snapshot!(told.join("\n"), @"
        422 nothing taken; line 1, column `chf`: unknown column; known are chf_device_id, firmware_version, device_manufacturer, device_model, pallet, carton
        422 nothing taken; line 2, column `chf_device_id`: `00-DB` is not an EUI-64: 16 hex digits in pairs joined by `-`
        422 nothing taken; line 2: 2 values, but 4 columns
        422 nothing taken; line 1: no lines follow the header
        404 User 90-B3-D5-1F-30-09-00-00 is not known, or is suspended
        404 User 90-B3-D5-1F-30-05-00-00 is not known, or is suspended
        400 redeliver_on: `2021-02-30` is not a date like `2026-01-31`
        400 window: `12:00-09:00` is not a window like `09:00-12:00`, which does not end before it begins
        400 window: `9-12` is not a window like `09:00-12:00`, which does not end before it begins
        ");
    let many = (0..10_001).collect::<Vec<_>>();
    assert_eq!(world.request(&many, ASKED).status, 413);
    assert_eq!(world.ordered(&[1, 2]), "RF-000001");
}

/// MP155-C29: off unless it is switched on.
#[test]
fn mp155_c29_without_the_service_its_calls_say_so() {
    let world = World::choosing(3, ReflashSettings::default());
    let refused = world.request(&[1, 2], ASKED);
    assert_eq!(
        (refused.status, &refused.body["error"]),
        (409, &"`reflash.enabled` is false: there is no re-flash service".into())
    );
    assert_eq!(world.event("RF-000001", &json!({ "event": "Cancel", "by": "A. Clerk" })).status, 409);
}
