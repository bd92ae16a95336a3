//! The rules of events, each both ways: RF/p to RF/w.

use super::*;
use crate::domain::{
    Step,
    reflash::{
        FaultReport, HubInWork, HubOutcomeReport, NoHub, OrderHubState, OrderState, OutcomeKind, OutcomeLine,
    },
};

/// What refused, or `taken`.
fn told<T>(verdict: &Verdict<T>) -> String {
    let text = |step: &Step| format!("{}: {}", step.rule.id, step.saw);
    let refused = verdict.refused_by().map(text).collect::<Vec<_>>();
    assert_eq!(verdict.effect.is_some(), refused.is_empty());
    if refused.is_empty() { "taken".to_owned() } else { refused.join("; ") }
}

/// MP155-T3; RF/p is bound by Working Days, windows and places, and not by how far ahead slots are listed.
#[test]
fn rf_p_a_delivery_needs_an_open_slot() {
    let world = World::new();
    let assessment = TestRequest::hubs(&[1]).assess(&world);
    let authorised = |on: Date, window: &str, taken: u32| {
        let slot = slot(on, window);
        let site = ReflashSite { max_hubs: None, hubs_per_month: None, ..north() };
        let (taken, load) = (TakenSlots::from([(slot, taken)]), SiteLoad::default());
        let facts = AuthoriseFacts {
            slot,
            hubs: 1,
            site: &site,
            taken: &taken,
            load: &load,
            assessment: &assessment,
        };
        told(&authorise(facts, world.at()))
    };
    assert_eq!(authorised(date(2022, 2, 1), "09:00-12:00", 1), "taken");
    assert_eq!(authorised(date(2023, 2, 1), "13:00-17:00", 0), "taken");
    for (on, window, taken, saw) in [
        (date(2022, 2, 1), "09:00-12:00", 2, "2 deliveries of at most 2 in 2022-02-01 09:00-12:00"),
        (date(2022, 2, 1), "09:00-11:00", 0, "09:00-11:00 is not one of 09:00-12:00, 13:00-17:00"),
        (date(2021, 12, 31), "09:00-12:00", 0, "2021-12-31 is before today, 2022-01-01"),
        (date(2022, 1, 3), "09:00-12:00", 0, "2022-01-03 is no Working Day: New Year's Day"),
        (date(2022, 1, 8), "09:00-12:00", 0, "2022-01-08 is no Working Day: Saturday"),
    ] {
        assert_eq!(authorised(on, window, taken), format!("RF/p: {saw}"));
    }
}

/// RF/r: what changed since the request came.
#[test]
fn rf_r_every_ground_is_looked_at_anew() {
    let world = World::new();
    let authorised = |asked: &TestRequest| {
        let assessment = asked.assess(&world);
        let (slot, site) = (slot(date(2022, 2, 1), "09:00-12:00"), north());
        let (taken, load) = (TakenSlots::new(), SiteLoad::default());
        let facts = AuthoriseFacts {
            slot,
            hubs: 2,
            site: &site,
            taken: &taken,
            load: &load,
            assessment: &assessment,
        };
        told(&authorise(facts, world.at()))
    };
    assert_eq!(authorised(&TestRequest::hubs(&[1, 2])), "taken");
    let changed = TestRequest::hubs(&[1, 2]).with(|asked| asked.held(1).chf_status = SmiStatus::Commissioned);
    assert_eq!(authorised(&changed), "RF/r: line 3: CHF Commissioned, GPF Pending");
    let stated = TestRequest::hubs(&[1, 2]).with(|asked| asked.request.hubs = Some(3));
    assert_eq!(authorised(&stated), "taken", "RF/b was asked when it came");
}

/// MP155-R9, with the setting's regions.
#[test]
fn mp155_r9_work_needs_a_purchase_order_where_the_region_does() {
    let mut world = World::new();
    let start = |world: &World, order: Option<&str>, regions: &[CspRegion]| {
        told(&start(order, regions.iter().copied(), world.at()))
    };
    let both = [CspRegion::North, CspRegion::South];
    assert_eq!(start(&world, Some("PO-1"), &both), "taken");
    assert_eq!(start(&world, None, &both), "RF/s: no purchase order; there are hubs of South");
    assert_eq!(start(&world, Some(""), &both), "RF/s: no purchase order; there are hubs of South");
    assert_eq!(start(&world, None, &[CspRegion::North, CspRegion::North4G]), "taken");
    world.settings.purchase_order_regions = vec![CspRegion::North];
    assert_eq!(start(&world, None, &both), "RF/s: no purchase order; there are hubs of North");
}

/// MP155-R16: each model has a newest version of its own, of the day on which the work begins.
#[test]
fn mp155_r16_the_target_is_the_newest_in_production_that_day() {
    let target = |day| target(&firmware_list(), &model(), day).map(|version| version.to_string());
    assert_eq!(target(date(2021, 11, 30)).as_deref(), Some("03000000"));
    assert_eq!(target(date(2022, 1, 25)).as_deref(), Some("03000100"));
    assert_eq!(target(date(2017, 1, 1)), None);
}

const TARGET: &str = "03000100";

fn in_work(number: u32, state: OrderHubState, outcome: Option<HubOutcomeReport>) -> HubInWork {
    HubInWork { chf: chf(number), state, target: Some(parsed(TARGET)), outcome }
}

fn reflashed(number: u32, version: Option<&str>) -> OutcomeLine {
    OutcomeLine {
        line: number + 1,
        chf: chf(number),
        outcome: OutcomeKind::Reflashed,
        firmware_version: version.map(parsed),
        fault_report: None,
        fault_reference: None,
    }
}

fn failed(number: u32, report: Option<FaultReport>, reference: Option<&str>) -> OutcomeLine {
    OutcomeLine {
        outcome: OutcomeKind::Failed,
        fault_report: report,
        fault_reference: reference.map(str::to_owned),
        ..reflashed(number, None)
    }
}

fn report(reference: &str) -> HubOutcomeReport {
    HubOutcomeReport::Failed { report: FaultReport::Manual, reference: reference.to_owned() }
}

fn order_in_work() -> Vec<HubInWork> {
    vec![
        in_work(1, OrderHubState::Accepted, None),
        in_work(2, OrderHubState::Accepted, None),
        in_work(3, OrderHubState::Missing, None),
        in_work(4, OrderHubState::Failed, Some(report("FR-4"))),
        in_work(5, OrderHubState::Reflashed, Some(HubOutcomeReport::Reflashed(parsed(TARGET)))),
        HubInWork { target: None, ..in_work(6, OrderHubState::Accepted, None) },
    ]
}

/// HUBS.md 7; MP155-R18, R-001.
#[test]
fn rf_t_an_outcome_fits_its_hub_or_nothing_of_the_file_is_taken() {
    let manual = Some(FaultReport::Manual);
    let judge = |lines: &[OutcomeLine]| outcomes(lines, &order_in_work(), OutcomeChange::First);
    let taken = judge(&[reflashed(1, Some(TARGET)), failed(2, manual, Some("FR-17"))]).effect.unwrap();
    assert_eq!(taken[&chf(1)], HubOutcomeReport::Reflashed(parsed(TARGET)));
    assert_eq!(taken[&chf(2)], report("FR-17"));
    let again = judge(&[reflashed(5, Some(TARGET)), failed(4, manual, Some("FR-4"))]);
    assert!(again.effect.unwrap().is_empty(), "told before, and changes nothing");
    let refused = [
        reflashed(1, Some("03000000")),
        reflashed(1, None),
        OutcomeLine { fault_report: manual, ..reflashed(1, Some(TARGET)) },
        failed(2, None, Some("FR-17")),
        failed(2, manual, None),
        failed(2, manual, Some("")),
        reflashed(3, Some(TARGET)),
        reflashed(4, Some(TARGET)),
        failed(5, manual, Some("FR-5")),
        reflashed(6, Some(TARGET)),
        reflashed(9, Some(TARGET)),
    ];
    let told = refused.map(|line| told(&judge(&[reflashed(1, Some(TARGET)), line])));
    insta::assert_snapshot!(told.join("\n"), @"
        RF/t: line 2: 00-DB-55-00-00-00-00-02: firmware_version 03000000, its target is 03000100
        RF/t: line 2: 00-DB-55-00-00-00-00-02: firmware_version is empty, its target is 03000100
        RF/t: line 2: 00-DB-55-00-00-00-00-02: a fault report is of a hub that failed
        RF/t: line 3: 00-DB-55-00-00-00-00-04: fault_report is empty: `analysis` or `manual`
        RF/t: line 3: 00-DB-55-00-00-00-00-04: fault_reference is empty
        RF/t: line 3: 00-DB-55-00-00-00-00-04: fault_reference is empty
        RF/t: line 4: 00-DB-55-00-00-00-00-06: it is missing
        RF/t: line 5: 00-DB-55-00-00-00-00-08: its outcome is failed already
        RF/t: line 6: 00-DB-55-00-00-00-00-0A: its outcome is reflashed already
        RF/t: line 7: 00-DB-55-00-00-00-00-0C: no firmware of its model is in production
        RF/t: line 10: 00-DB-55-00-00-00-00-12: it is not on the order
        ");
}

/// HUBS.md 4: "Failed is final, but for Correct".
#[test]
fn a_correction_replaces_outcomes_and_nothing_else_does() {
    let lines = [reflashed(4, Some(TARGET))];
    let corrected = outcomes(&lines, &order_in_work(), OutcomeChange::Correction).effect.unwrap();
    assert_eq!(corrected[&chf(4)].state(), OrderHubState::Reflashed);
    let missing = outcomes(&[reflashed(3, Some(TARGET))], &order_in_work(), OutcomeChange::Correction);
    assert_eq!(told(&missing), "RF/t: line 4: 00-DB-55-00-00-00-00-06: it is missing");
}

/// MP155-R17, R20.
#[test]
fn rf_u_the_work_ends_with_an_outcome_for_each_hub_and_its_guidance() {
    let world = World::on(date(2022, 2, 1));
    let counts = |accepted, reflashed, failed| HubCounts { accepted, reflashed, failed };
    let wanted = slot(date(2022, 2, 10), "09:00-12:00");
    let end = |hubs, guidance: &str, wanted| finish(hubs, guidance, wanted, world.at());
    let done = end(counts(0, 1, 1), "SSC 1.0", wanted);
    assert_eq!(done.effect, Some(Finished { state: OrderState::Done, redelivery: Some(wanted) }));
    let none = end(counts(0, 0, 2), "SSC 1.0", slot(date(2022, 1, 1), "09:00-12:00"));
    assert_eq!(
        none.effect,
        Some(Finished { state: OrderState::Closed, redelivery: None }),
        "nothing goes back"
    );
    let refused = [
        end(counts(1, 1, 0), "SSC 1.0", wanted),
        end(counts(0, 1, 0), "", wanted),
        end(counts(0, 1, 0), "SSC 1.0", slot(date(2022, 2, 1), "13:00-17:00")),
        end(counts(0, 1, 0), "SSC 1.0", slot(date(2022, 1, 31), "13:00-17:00")),
        end(counts(0, 1, 0), "SSC 1.0", slot(date(2022, 2, 5), "17:00-18:00")),
    ];
    insta::assert_snapshot!(refused.iter().map(told).collect::<Vec<_>>().join("\n"), @"
        RF/u: 1 re-flashed, 0 failed, 1 without outcome; guidance SSC 1.0
        RF/u: 1 re-flashed, 0 failed, 0 without outcome; no guidance is named
        RF/o: 2022-02-01 13:00-17:00; that is today: another day must be given
        RF/o: 2022-01-31 is before today, 2022-02-01
        RF/o: 2022-02-05 is no Working Day: Saturday; 17:00-18:00 is not in Working Hours, 09:00-17:00
        ");
}

fn amendment<'a>(
    stands: Date,
    on: Date,
    location: &'a LocationId,
    listed: Option<&'a StockLocation>,
    party: &'a PartySignifier,
) -> Amendment<'a> {
    let slot = |day| slot(day, "09:00-12:00");
    Amendment { stands: slot(stands), slot: slot(on), location, listed, party }
}

/// MP155-R21, C24: no limit by default; RF/j and RF/o anew.
#[test]
fn rf_v_an_amendment_is_in_time_to_an_own_address_in_working_hours() {
    let mut world = World::on(date(2022, 2, 1));
    let (own, party) = (parsed::<LocationId>("SUPA-2"), party("SUPA"));
    let mine = location("SUPA-2", LocationUse::OfParty(party.clone()));
    let amended = |world: &World, stands, on, listed: Option<&StockLocation>| {
        told(&amend(amendment(stands, on, &own, listed, &party), world.at()).unwrap())
    };
    let (tomorrow, later) = (date(2022, 2, 2), date(2022, 2, 15));
    assert_eq!(amended(&world, tomorrow, later, Some(&mine)), "taken");
    world.settings.amend_working_days = Some(5);
    assert_eq!(amended(&world, date(2022, 2, 8), later, Some(&mine)), "taken");
    assert_eq!(
        amended(&world, date(2022, 2, 7), later, Some(&mine)),
        "RF/v: 5 Working Days from today are 2022-02-08, it stands for 2022-02-07"
    );
    assert_eq!(amended(&world, later, later, None), "RF/j: SUPA-2 is not listed");
    let other = location("SUPA-2", LocationUse::OfParty(super::party("SUPC")));
    assert_eq!(amended(&world, later, later, Some(&other)), "RF/j: SUPA-2 is a location of SUPC");
    assert_eq!(
        amended(&world, later, date(2022, 4, 15), Some(&mine)),
        "RF/o: 2022-04-15 is no Working Day: Good Friday"
    );
}

/// HUBS.md 8 row 26, the end of it: "Release is 422 RF/w, naming it"; MP155-R22, R24.
#[test]
fn rf_w_nothing_goes_back_before_the_smi_shows_it() {
    let (here, party) = (parsed::<LocationId>("SUPA-1"), party("SUPA"));
    let own = location("SUPA-1", LocationUse::OfParty(party.clone()));
    let returning = |number, chf_firmware: &str, gpf_firmware: &str| {
        let held = HeldHub { firmware_version: Some(parsed(chf_firmware)), ..hub(number).hub.unwrap() };
        ReturningHub {
            chf: chf(number),
            target: parsed(TARGET),
            hub: Ok(held),
            gpf_firmware: Some(parsed(gpf_firmware)),
        }
    };
    let released =
        |hubs: &[ReturningHub], listed: Option<&StockLocation>| release(hubs, &here, listed, &party);
    assert_eq!(told(&released(&[returning(1, TARGET, TARGET)], Some(&own))), "taken");
    let refused = [
        released(&[returning(1, "01000000", "01000000")], Some(&own)),
        released(&[returning(1, TARGET, "01000000"), returning(2, TARGET, TARGET)], Some(&own)),
        released(&[returning(1, TARGET, TARGET)], None),
    ];
    insta::assert_snapshot!(refused.iter().map(told).collect::<Vec<_>>().join("\n"), @"
        RF/w: SUPA-1 is a location of SUPA; 00-DB-55-00-00-00-00-02: CHF 01000000, GPF 01000000, its target is 03000100
        RF/w: SUPA-1 is a location of SUPA; 00-DB-55-00-00-00-00-02: CHF 03000100, GPF 01000000, its target is 03000100
        RF/w: SUPA-1 is not listed; 1 hubs are as the SMI shows them
        ");
    // One that was installed while it was away is noted, whatever it shows.
    let mut installed = returning(2, "01000000", "01000000");
    installed.hub.as_mut().unwrap().chf_status = SmiStatus::Commissioned;
    let gone = ReturningHub { hub: Err(NoHub::NotInTheSmi), ..returning(4, TARGET, TARGET) };
    let findings = released(&[installed, gone], Some(&own)).effect.unwrap();
    let findings = findings.iter().map(|finding| format!("{}: {}", finding.kind, finding.saw));
    insta::assert_snapshot!(findings.collect::<Vec<_>>().join("\n"), @"
        not Pending any more: 00-DB-55-00-00-00-00-04: CHF Commissioned, GPF Pending
        not Pending any more: 00-DB-55-00-00-00-00-08: it is not in the SMI
        ");
}
