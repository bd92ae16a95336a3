//! HUBS.md 7: what comes at the same time, what cannot be read, what is of somebody else. Nothing is half done.

use std::{fmt::Write as _, sync::Barrier, thread};

use serde_json::{Value, json};
use smi::{domain::reflash::SmiUpdate, rules::reflash::ReflashSettings, store::Kind};

use super::{
    harness::{A, ASKED, DEVICE_COLUMNS, World, chf, device_rows, labels, request_file},
    site::{self, UNLOADED, counts, delivery, done, event, received},
};
use crate::support::managed::Answer;

/// HUBS.md 7, RF/p: "two operators authorise the last place at once: one 200, one 422".
#[test]
fn of_two_that_authorise_the_last_place_at_once_one_is_refused() {
    let world = World::new(40);
    let south = (0..40).filter(|number| number % 3 != 0 && number % 4 != 3).collect::<Vec<u32>>();
    let mut orders = south.iter().map(|number| world.ordered(&[*number]));
    for day in ["2022-01-20", "2022-01-21", "2022-01-24"] {
        let slot = json!({ "deliver_on": day, "window": "09:00-12:00" });
        let first = orders.next().unwrap();
        done(&event(&world, &first, "Authorise", slot.clone()), "Authorised");
        let (pair, both) = ([orders.next().unwrap(), orders.next().unwrap()], Barrier::new(2));
        let mut answers = thread::scope(|scope| {
            let asking = pair.each_ref().map(|order| {
                let (world, both, slot) = (&world, &both, slot.clone());
                scope.spawn(move || {
                    both.wait();
                    event(world, order, "Authorise", slot)
                })
            });
            asking.map(|asking| asking.join().unwrap())
        });
        answers.sort_by_key(|answer| answer.status);
        let [given, refused] = answers;
        done(&given, "Authorised");
        assert_eq!(refused.status, 422, "{refused:?}");
        let failing = refused.body["checks"].as_array().unwrap().iter();
        let failing = failing.filter(|check| check["holds"] == false).map(|check| check["rule"].clone());
        assert_eq!(failing.collect::<Vec<_>>(), ["RF/p"]);
        let states = pair.each_ref().map(|order| {
            let shown = world.get(&format!("/manage/reflash/orders/{order}"));
            (shown["state"].as_str().unwrap().to_owned(), shown["acts"].as_array().unwrap().len())
        });
        let mut states = states;
        states.sort();
        assert_eq!(states, [("Authorised".to_owned(), 2), ("Submitted".to_owned(), 1)]);
    }
}

/// Of two requests for a hub at once one is Submitted, the other rejected (RF/n): no hub is on two open orders.
#[test]
fn of_two_requests_for_a_hub_at_once_one_is_rejected() {
    let world = World::new(20);
    for number in [1, 2, 4, 5] {
        let both = Barrier::new(2);
        let mut answers = thread::scope(|scope| {
            let asking = [(), ()].map(|()| {
                scope.spawn(|| {
                    both.wait();
                    world.request(&[number], ASKED)
                })
            });
            asking.map(|asking| asking.join().unwrap())
        });
        answers.sort_by_key(|answer| answer.body["state"].as_str().map(str::to_owned));
        let [rejected, submitted] = answers;
        assert_eq!(labels(&rejected), ["IN_ANOTHER_ORDER 2"]);
        assert_eq!(submitted.body["state"], "Submitted");
    }
}

/// HUBS.md 7: not UTF-8, with its line and the place in it; an empty mandatory value, with its line and column.
#[test]
fn a_line_that_is_not_utf_8_and_an_empty_value_are_told_with_their_place() {
    let world = World::new(6);
    let path = format!("/manage/reflash/requests?user={A}&hubs=2&{ASKED}");
    let mut file = request_file(&[1, 2]).into_bytes();
    let place = file.windows(4).rposition(|bytes| bytes == b"SH-C").unwrap();
    file[place] = 0xFF;
    let (status, _, text) = world.send("POST", &path, file);
    let body: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(status, 422);
    insta::assert_snapshot!(body["error"].as_str().unwrap(), @"nothing taken; line 3: value 4 of the line is not UTF-8");
    assert_eq!(world.get("/manage/reflash/orders")["orders"], json!([]), "no order, and no number used");

    let empty = world.call("POST", &path, &request_file(&[1, 2]).replacen("01000000", "", 1));
    assert_eq!((empty.status, &empty.body["order"]), (200, &"RF-000001".into()));
    let reason = &empty.body["reasons"][0];
    assert_eq!(labels(&empty), ["MISSING_DATA 2"]);
    insta::assert_snapshot!(reason.to_string(), @r#"{"chf_device_id":"00-DB-55-00-00-00-00-02","code":"E100","column":"firmware_version","label":"MISSING_DATA","line":2,"reason":"required: every mandatory field is there: hubs, location, date and window of the request, ID, firmware, manufacturer and model of a line; found: `firmware_version` is empty","rule":"RF/a"}"#);
}

/// HUBS.md 7: "received file for another order's hubs only: Refused, every hub missing, every line unlisted"; the other order stands.
#[test]
fn a_delivery_of_another_orders_hubs_is_refused_and_leaves_that_order() {
    let world = site::world(20, SmiUpdate::N3);
    let slot = json!({ "deliver_on": "2022-01-25", "window": "09:00-12:00" });
    let [order, other] = [[1, 2], [4, 5]].map(|numbers| {
        let order = world.ordered(&numbers);
        done(&event(&world, &order, "Authorise", slot.clone()), "Authorised");
        order
    });
    world.smi.move_to("2022-01-25T11:00:00Z");
    let stands = || {
        let hubs = world.get(&format!("/manage/reflash/orders/{other}/hubs"));
        (world.get(&format!("/manage/reflash/orders/{other}")), hubs)
    };
    let (before, devices) = (stands(), world.smi.exported(Kind::Devices));
    let refused = received(&world, &order, &delivery(&[4, 5]), UNLOADED);
    done(&refused, "Refused");
    assert_eq!(counts(&refused.body), [0, 0, 0, 2, 0, 0]);
    let findings = refused.body["findings"].as_array().unwrap().iter();
    let unlisted = findings.filter(|finding| finding["finding"] == "unlisted hub");
    let unlisted = unlisted.map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(unlisted.len(), 2, "{refused:?}");
    assert!([4, 5].iter().all(|number| unlisted.iter().any(|text| text.contains(&chf(*number)))));
    assert_eq!((stands(), world.smi.exported(Kind::Devices)), (before, devices));
    done(&received(&world, &other, &delivery(&[4, 5]), UNLOADED), "Received");
}

/// RF/t: the same outcomes again change nothing, and leave no act.
#[test]
fn outcomes_that_were_told_before_change_nothing() {
    let world = site::world(10, SmiUpdate::N3);
    let order = site::in_work(&world, &[1, 2]);
    let file = format!("{},reflashed,03000100,,\n{},failed,,manual,FR-17\n", chf(1), chf(2));
    let first = site::outcomes(&world, &order, &file);
    done(&first, "InWork");
    let again = site::outcomes(&world, &order, &file);
    assert_eq!((again.status, &again.body), (200, &first.body));
    let one = site::outcomes(&world, &order, &format!("{},reflashed,03000100,,\n", chf(1)));
    assert_eq!((one.status, &one.body), (200, &first.body), "nor does a part of them");
}

/// HUBS.md 7: "SSMI: one hub Commissioned among 100: 99 updated, 1 refused SSMI/e; that hub, byte for byte" (MP155-R29).
#[test]
fn one_commissioned_hub_among_a_hundred_of_a_file_is_refused_alone() {
    let settings =
        ReflashSettings { enabled: true, smi_update: SmiUpdate::Ssmi, ..ReflashSettings::default() };
    let world = World::choosing(100, settings);
    world.smi.import(Kind::Devices, &(DEVICE_COLUMNS.to_owned() + &device_rows(46, "Commissioned")));
    let file = (0..100).fold("chf_device_id,firmware_version\n".to_owned(), |mut csv, number| {
        writeln!(csv, "{},03000100", chf(number)).unwrap();
        csv
    });
    let ids = [chf(46), site::gpf(46)];
    let shown = || {
        let devices = world.smi.exported(Kind::Devices);
        let rows = devices.lines().filter(|line| ids.iter().any(|id| line.starts_with(id.as_str())));
        let rows = rows.map(str::to_owned).collect::<Vec<_>>();
        let histories = ids.each_ref().map(|id| world.get(&format!("/manage/devices/{id}/history")));
        (rows, histories)
    };
    let before = shown();
    let answer = world.call("PUT", "/manage/ssmi/firmware?upload_id=1", &file);
    assert_eq!((answer.status, &answer.body["refused"]), (200, &1.into()), "{answer:?}");
    let hubs = answer.body["hubs"].as_array().unwrap();
    assert_eq!(hubs.iter().filter(|hub| hub["outcome"] == "updated").count(), 99);
    let refused = hubs.iter().find(|hub| hub["outcome"] == "refused").unwrap();
    assert_eq!((&refused["chf_device_id"], &refused["rule"]), (&chf(46).into(), &"SSMI/e".into()));
    assert_eq!(shown(), before);
    let updated = world.smi.exported(Kind::Devices);
    assert_eq!(
        updated.lines().filter(|line| line.contains(",03000100,")).count(),
        198,
        "CHF and GPF of each"
    );
}

/// HUBS.md 7: "a unit without a site, a location with both Party and regions, two charges for one year and band": 422, and what was
/// loaded stays.
#[test]
fn lists_that_contradict_themselves_are_refused_and_what_was_loaded_stays() {
    let world = site::world(4, SmiUpdate::N3);
    let header = |kind: Kind| world.smi.exported(kind).lines().next().unwrap().to_owned();
    let listed = world
        .smi
        .exported(Kind::Locations)
        .lines()
        .skip(1)
        .fold(String::new(), |rows, row| rows + row + "\n");
    let both = "BOTH-1,SUPA,North,Alder store,1 Store Road,ZZ1 1CC,stock@alder.example,,,\n";
    let bad = [
        (Kind::Units, "U1,NOWHERE,8,2022-06-30\n".to_owned()),
        (Kind::Locations, listed + both),
        (Kind::Charges, "2022,REFLASH,,12.00\n2022,REFLASH,,12.50\n".to_owned()),
    ];
    let told = bad.map(|(kind, lines)| {
        let before = world.smi.exported(kind);
        let answer =
            world.call("PUT", &format!("/manage/import/{kind}"), &format!("{}\n{lines}", header(kind)));
        assert_eq!(world.smi.exported(kind), before, "{kind}");
        format!("{kind}: {} {}", answer.status, answer.body["error"].as_str().unwrap())
    });
    insta::assert_snapshot!(told.join("\n"), @r"
    units: 422 units: nothing imported; line 2, column `location_id`: `NOWHERE` is no site that is loaded
    locations: 422 locations: nothing imported; line 6, column `csp_regions`: party_signifier is `SUPA`, too: a location is a Party's, or a site
    charges: 422 charges: nothing imported; line 3, column `charge`: `2022, REFLASH, every band` is on line 2 too
    ");
}

/// HUBS.md 7, the first row: a version of the tables with faults, over HTTP; no more than a hundred of them are told.
#[test]
fn a_tsat_file_with_more_than_a_hundred_faults_is_refused_with_the_first_hundred() {
    let world = World::new(2);
    let before = world.smi.exported(Kind::Tsat);
    let header = before.lines().next().unwrap();
    let lines =
        "A,2023-01-01,CHTS,1.0,1.1,2016-09-30,31/01/22,n/a,2016-09-30,ND,2017-11-06,ND,,\n".repeat(150);
    let answer = world.call("PUT", "/manage/import/tsat", &format!("{header}\n{lines}"));
    let Answer { status, body } = &answer;
    assert_eq!(*status, 422, "{answer:?}");
    let faults = body["faults"].as_array().unwrap_or_else(|| panic!("{answer:?}"));
    assert_eq!(faults.len(), 100);
    insta::assert_snapshot!(faults[0].to_string(), @r#"{"column":"install_to","line":2,"reason":"`31/01/22` is not a date like `2026-01-31`, or `ND` for an open end","value":"31/01/22"}"#);
    assert_eq!(world.smi.exported(Kind::Tsat), before);
}
