//! Rows 23 to 25 and 29 of HUBS.md 8: slots, quotas, labels, units.

use std::collections::BTreeMap;

use super::*;
use crate::domain::{
    LondonMonth, ReflashUnit,
    reflash::{Package, UnitInUse, WaitingHub},
};

/// Row 23; MP155-R12: every open slot of the next 20 Working Days, tomorrow first.
#[test]
fn row_23_the_notice_of_a_refused_delay_lists_forty_open_slots() {
    let world = World::on(date(2021, 12, 23));
    let slots = open_slots(&north(), &TakenSlots::new(), world.at()).unwrap();
    let text = slots.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(text.len(), 40);
    assert_eq!(text[0], "2021-12-24 09:00-12:00");
    assert_eq!(text[39], "2022-01-25 13:00-17:00");
    for holiday in ["2021-12-27", "2021-12-28", "2022-01-03"] {
        assert!(!text.iter().any(|slot| slot.starts_with(holiday)), "{holiday}");
    }
}

#[test]
fn a_slot_with_all_its_places_taken_is_not_listed() {
    let world = World::on(date(2021, 12, 23));
    let first = slot(date(2021, 12, 24), "09:00-12:00");
    let listed = |taken: u32, site: &ReflashSite| {
        open_slots(site, &TakenSlots::from([(first, taken)]), world.at()).unwrap().contains(&first)
    };
    assert_eq!([1, 2, 3].map(|taken| listed(taken, &north())), [true, false, false]);
    assert!(listed(99, &ReflashSite { deliveries_per_window: None, ..north() }), "no limit");
}

/// Row 24; MP155-T6 A-003, A-009: the quota of a month, and the room of a site at once.
#[test]
fn row_24_the_third_order_of_a_month_is_refused_and_told_of_march() {
    let world = World::new();
    let asked = TestRequest::hubs(&[0]);
    let assessment = asked.assess(&world);
    let february = LondonMonth::of_day(date(2022, 2, 1));
    let mut load = SiteLoad::default();
    let mut authorise = |hubs: u64| {
        let slot = slot(date(2022, 2, 1), "09:00-12:00");
        let (site, taken) = (north(), TakenSlots::new());
        let facts =
            AuthoriseFacts { slot, hubs, site: &site, taken: &taken, load: &load, assessment: &assessment };
        let verdict = authorise(facts, world.at());
        if verdict.effect.is_some() {
            *load.by_month.entry(february).or_default() += hubs;
            load.at_once += hubs;
        }
        verdict
    };
    assert!(authorise(896).effect.is_some() && authorise(896).effect.is_some());
    let third = authorise(1);
    let refused =
        third.refused_by().map(|step| format!("{}: {}", step.rule.id, step.saw)).collect::<Vec<_>>();
    insta::assert_snapshot!(refused.join("\n"), @"RF/q: with these 1 the site has 1793 hubs in February 2022 of at most 1792, and 1793 at once of at most 4480; the next month with room is March 2022");
}

#[test]
fn rf_q_names_the_first_month_with_room_or_says_that_there_is_none() {
    let world = World::new();
    let assessment = TestRequest::hubs(&[0]).assess(&world);
    let month = |text: &str| LondonMonth::of_day(parsed::<Date>(&format!("{text}-01")));
    let by_month =
        BTreeMap::from([(month("2022-02"), 1_000), (month("2022-03"), 1_000), (month("2022-04"), 700)]);
    let refused = |hubs: u64, at_once: u64| {
        let load = SiteLoad { by_month: by_month.clone(), at_once };
        let (site, taken) = (north(), TakenSlots::new());
        let slot = slot(date(2022, 2, 1), "09:00-12:00");
        let facts =
            AuthoriseFacts { slot, hubs, site: &site, taken: &taken, load: &load, assessment: &assessment };
        let verdict = authorise(facts, world.at());
        verdict.refused_by().map(|step| step.saw.clone()).collect::<Vec<_>>().join("")
    };
    assert!(refused(1_000, 0).ends_with("; the next month with room is April 2022"), "{}", refused(1_000, 0));
    assert!(refused(1_200, 0).ends_with("; the next month with room is May 2022"));
    assert!(refused(1_793, 0).ends_with("; no month has room for so many"));
    assert!(refused(1, 4_480).ends_with("and 4481 at once of at most 4480"));
    assert_eq!(refused(1, 4_479), "");
}

fn package(pallet: Option<&str>, carton: Option<&str>) -> Package {
    Package { pallet: pallet.map(parsed), carton: carton.map(parsed) }
}

/// Row 25; MP155-R11.
#[test]
fn row_25_two_pallets_three_cartons_and_a_hub_have_six_labels() {
    let packages = [
        package(Some("P2"), Some("C9")),
        package(None, Some("C2")),
        package(Some("P1"), None),
        package(None, Some("C1")),
        package(None, None),
        package(Some("P2"), Some("C9")),
        package(None, Some("C3")),
        package(None, Some("C3")),
    ];
    let hubs = (1..).map(chf).zip(&packages);
    let labels = labels(hubs);
    let text = labels.iter().map(|label| format!("{}: {}", label.count(), label.on));
    insta::assert_snapshot!(text.collect::<Vec<_>>().join("\n"), @r"
    1 of 6: pallet P1, 1 hub
    2 of 6: pallet P2, 2 hubs
    3 of 6: carton C1, 1 hub
    4 of 6: carton C2, 1 hub
    5 of 6: carton C3, 2 hubs
    6 of 6: hub 00-DB-55-00-00-00-00-0A
    ");
}

fn unit(name: &str, check_due_on: Date, is_busy: bool) -> UnitInUse {
    let unit =
        ReflashUnit { id: parsed(name), location: parsed("FLASH-CS"), places: parsed("8"), check_due_on };
    UnitInUse { unit, is_busy }
}

fn units(busy: [bool; 3]) -> [UnitInUse; 3] {
    let [first, second, third] = busy;
    let (june, january) = (date(2022, 6, 30), date(2022, 1, 31));
    [unit("U1", june, first), unit("U2", june, second), unit("U3", january, third)]
}

fn waiting(numbers: std::ops::Range<u32>) -> Vec<WaitingHub> {
    numbers.map(|number| WaitingHub { chf: chf(number), model: model() }).collect()
}

/// Row 29; MP155-R34: at most 24 at once, and a check that was due blocks its unit.
#[test]
fn row_29_the_next_batch_fills_the_units_whose_check_is_not_overdue() {
    let batch = |today, busy, waiting: &[WaitingHub]| {
        let world = World::on(today);
        let verdict = next_batch(&units(busy), waiting, world.at());
        let text = |batch: &UnitBatch| format!("{} {}", batch.unit, batch.hubs.len());
        match &verdict.effect {
            Some(batches) => batches.iter().map(text).collect::<Vec<_>>().join(", "),
            None => verdict.refused_by().map(|step| format!("{}: {}", step.rule.id, step.saw)).collect(),
        }
    };
    let (january, february) = (date(2022, 1, 31), date(2022, 2, 1));
    assert_eq!(batch(january, [false; 3], &waiting(0..30)), "U1 8, U2 8, U3 8");
    assert_eq!(batch(february, [false; 3], &waiting(0..30)), "U1 8, U2 8");
    // All eight of U1 have outcomes, those of U2 have none.
    assert_eq!(batch(february, [false, true, false], &waiting(16..30)), "U1 8");
    assert_eq!(
        batch(february, [true, true, false], &waiting(24..30)),
        "RF/x: 3 units: 0 free, 2 busy, 1 with a check that was due; 6 hubs wait"
    );
    assert_eq!(batch(february, [false, true, false], &waiting(24..30)), "U1 6");
    assert!(batch(february, [false; 3], &[]).starts_with("RF/x"), "nothing waits");
}

/// MP155-R34: a batch is of one model.
#[test]
fn a_batch_takes_hubs_of_one_model() {
    let world = World::new();
    let other = HubModel { model: parsed("SH-C2"), ..model() };
    let hub = |(number, model): (u32, &HubModel)| WaitingHub { chf: chf(number), model: model.clone() };
    let waiting = [(1, &model()), (2, &other), (3, &model())].map(hub);
    let batches = next_batch(&units([false; 3]), &waiting, world.at()).effect.unwrap();
    assert_eq!(batches, [UnitBatch { unit: parsed("U1"), hubs: vec![chf(1), chf(3)] }]);
}
