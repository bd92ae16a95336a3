//! What sites take: a month's room, and how long a volume takes (RF/q; MP155-C23).

use serde_json::{Value, json};
use smi::store::Kind;

use super::{commands::smi, harness::World};

const FORECASTS: &str = "party_signifier,location_id,period_from,hubs,given_on
SUPA,FLASH-N,2021-07-01,9000,2021-06-01
SUPA,FLASH-N,2022-01-01,5000,2021-12-01
SUPC,FLASH-N,2021-07-01,1200,2021-06-30
SUPC,FLASH-CS,2022-01-01,700,2021-12-10
";

/// The hubs of A in the North among S(10000), in their order.
fn north() -> Vec<u32> {
    (0..10_000).filter(|number| number % 3 == 0 && number % 4 != 3).collect()
}

/// HUBS.md 8 row 24; MP155-T6.
#[test]
fn row_24_a_month_has_room_for_two_pallets_and_a_volume_takes_its_months() {
    let world = World::new(10_000);
    world.smi.import(Kind::Forecasts, FORECASTS);
    let hubs = north();
    let mut batches = hubs.chunks(896);
    let orders = [(); 2].map(|()| world.ordered(batches.next().unwrap()));
    let one = world.ordered(&batches.next().unwrap()[..1]);
    let authorise = |order: &str, on: &str| {
        let event =
            json!({ "event": "Authorise", "by": "A. Clerk", "deliver_on": on, "window": "09:00-12:00" });
        world.event(order, &event)
    };
    for (order, on) in orders.iter().zip(["2022-02-01", "2022-02-28"]) {
        assert_eq!(authorise(order, on).body["state"], "Authorised", "{on}");
    }
    let refused = authorise(&one, "2022-02-14");
    assert_eq!(refused.status, 422);
    let failed =
        refused.body["checks"].as_array().unwrap().iter().filter(|check| check["holds"] == json!(false));
    let failed = failed.map(|check| (&check["rule"], check["saw"].as_str().unwrap())).collect::<Vec<_>>();
    let [(rule, saw)] = failed.as_slice() else { panic!("{failed:?}") };
    assert_eq!(*rule, "RF/q");
    insta::assert_snapshot!(saw, @"with these 1 the site has 1793 hubs in February 2022 of at most 1792, and 1793 at once of at most 4480; the next month with room is March 2022");
    assert_eq!(authorise(&one, "2022-03-01").body["state"], "Authorised", "March has room");
    let answer = world.get("/manage/reflash/capacity?site=FLASH-N&hubs=140000");
    let needs =
        ["hubs", "hubs_per_month", "months", "in_twelve_months", "shortfall"].map(|name| &answer[name]);
    assert_eq!(needs, [140_000, 1_792, 79, 21_504, 118_496].map(|number| json!(number)).each_ref());
}

/// HUBS.md 6: the default volume; no limit; whose forecast is old; what is not there.
#[test]
fn a_volume_is_by_default_what_is_forecast() {
    let world = World::new(1);
    world.smi.import(Kind::Forecasts, FORECASTS);
    let answer = world.get("/manage/reflash/capacity?site=FLASH-N");
    assert_eq!(
        answer,
        json!({
            "site": "FLASH-N", "hubs": 6_200, "hubs_per_month": 1_792, "months": 4, "in_twelve_months": 21_504, "shortfall": 0,
            "forecasts": [
                { "party_signifier": "SUPA", "period_from": "2022-01-01", "hubs": 5_000, "given_on": "2021-12-01", "is_due": false },
                { "party_signifier": "SUPC", "period_from": "2021-07-01", "hubs": 1_200, "given_on": "2021-06-30", "is_due": true },
            ],
        })
    );
    let unlimited = world.get("/manage/reflash/capacity?site=FLASH-CS&hubs=9");
    assert_eq!((&unlimited["hubs"], &unlimited["months"]), (&json!(9), &Value::Null));
    for (query, status) in [
        ("site=FLASH-X", 404),
        ("site=SUPA-1", 404),
        ("site=FLASH-N&hubs=-1", 400),
        ("site=FLASH-N&hubs=", 400),
        ("hubs=1", 400),
        ("site=FLASH-N&months=3", 400),
    ] {
        let answer = world.call("GET", &format!("/manage/reflash/capacity?{query}"), "");
        assert_eq!(answer.status, status, "{query}: {answer:?}");
    }
    let told = |arguments: &[&str]| {
        let (code, out, err) = smi(&world, &[&["reflash", "capacity", "--site"], arguments].concat());
        format!("{code:?}\n{out}{err}")
    };
    let told =
        [told(&["FLASH-N"]), told(&["FLASH-N", "--hubs", "140000"]), told(&["FLASH-CS"]), told(&["SUPA-1"])];
    insta::assert_snapshot!(told.join("\n"), @"
        Some(0)
        FLASH-N: 6200 hubs, 1792 a month: 4 months
        12 months have room for 21504; shortfall 0
        SUPA: forecast of 5000 hubs for six months from 2022-01-01, given on 2021-12-01
        SUPC: forecast of 1200 hubs for six months from 2021-07-01, given on 2021-06-30, more than 6 months ago: a new one is due

        Some(0)
        FLASH-N: 140000 hubs, 1792 a month: 79 months
        12 months have room for 21504; shortfall 118496
        SUPA: forecast of 5000 hubs for six months from 2022-01-01, given on 2021-12-01
        SUPC: forecast of 1200 hubs for six months from 2021-07-01, given on 2021-06-30, more than 6 months ago: a new one is due

        Some(0)
        FLASH-CS: 700 hubs; it takes any number a month
        SUPC: forecast of 700 hubs for six months from 2022-01-01, given on 2021-12-10

        Some(1)
        smi: there is no site SUPA-1
        ");
}
