//! The check of a delivery: DV/a to h, and a file that corrects another one.

use std::collections::BTreeSet;

use super::*;
use crate::domain::reflash::{
    Condition, DeliveredHub, NoHub, OrderHubState, OrderState, Package, ReceivedLine,
};

fn package(pallet: &str) -> Package {
    Package { pallet: (!pallet.is_empty()).then(|| parsed(pallet)), carton: None }
}

/// An order of SUPA for these hubs on one pallet.
fn order(numbers: impl IntoIterator<Item = u32>) -> Vec<DeliveredHub> {
    let hub = |number| {
        let held = HeldHub { holder: Some(party("SUPA")), ..hub(number).hub.unwrap() };
        DeliveredHub { chf: chf(number), package: package("P00000"), hub: Ok(held), other_order: None }
    };
    numbers.into_iter().map(hub).collect()
}

fn lines(numbers: impl IntoIterator<Item = u32>) -> Vec<ReceivedLine> {
    let line = |(line, number)| ReceivedLine {
        line,
        chf: chf(number),
        package: package("P00000"),
        condition: Condition::Ok,
    };
    (2..).zip(numbers).map(line).collect()
}

fn received(lines: &[ReceivedLine], order: &[DeliveredHub], world: &World) -> Receipt {
    let party = party("SUPA");
    let facts = DeliveryFacts { party: &party, was_despatched: true, hubs: order };
    receive(lines, facts, world.at()).unwrap()
}

/// What a delivery came to: its state, hubs by state, the findings.
fn summary(receipt: &Receipt) -> String {
    use std::fmt::Write as _;
    let count = |state| receipt.count(state);
    let mut text = format!(
        "{} {:?}: {} accepted, {} not accepted, {} missing, {} unlisted",
        receipt.state(),
        receipt.extent,
        count(OrderHubState::Accepted),
        count(OrderHubState::NotAccepted),
        count(OrderHubState::Missing),
        receipt.unlisted.len()
    );
    for finding in &receipt.findings {
        write!(text, "\n{}: {}", finding.kind, finding.saw).unwrap();
    }
    let broken = receipt.checks.iter().filter(|step| !step.holds).map(|step| step.rule.id);
    write!(text, "\nnot held: {}", broken.collect::<Vec<_>>().join(", ")).unwrap();
    text
}

/// HUBS.md 8 row 25; MP155-R14, R15.
#[test]
fn row_25_895_of_896_hubs_are_received_in_part() {
    let world = World::new();
    let order = order(0..896);
    let with_another = lines((0..895).chain([1_000]));
    insta::assert_snapshot!(summary(&received(&with_another, &order, &world)), @r"
    Received Part: 895 accepted, 0 not accepted, 1 missing, 1 unlisted
    unlisted hub: 00-DB-55-00-00-00-07-D0 goes back
    not held: DV/a, DV/b
    ");
    insta::assert_snapshot!(summary(&received(&lines(0..895), &order, &world)), @r"
    Received Part: 895 accepted, 0 not accepted, 1 missing, 0 unlisted
    count differs: 895 of 896
    not held: DV/b, DV/c
    ");
    insta::assert_snapshot!(summary(&received(&lines(0..896), &order, &world)), @r"
    Received Whole: 896 accepted, 0 not accepted, 0 missing, 0 unlisted
    not held:
    ");
}

/// HUBS.md 7: a file for another order's hubs only.
#[test]
fn dv_h_a_delivery_of_which_nothing_is_accepted_is_refused() {
    let world = World::new();
    insta::assert_snapshot!(summary(&received(&lines([7, 8]), &order([1, 2]), &world)), @r"
    Refused Nothing: 0 accepted, 0 not accepted, 2 missing, 2 unlisted
    unlisted hub: 00-DB-55-00-00-00-00-0E goes back
    unlisted hub: 00-DB-55-00-00-00-00-10 goes back
    not held: DV/a, DV/b, DV/h
    ");
}

/// MP155-R14: each difference of pallets is listed; a missing pallet is of its hubs, too.
#[test]
fn dv_d_pallets_that_differ_are_findings_and_no_refusal() {
    let world = World::new();
    let mut order = order([1, 2, 4, 5]);
    order[2].package = package("P2");
    order[3].package = package("P3");
    let mut lines = lines([1, 2, 4, 5]);
    lines[1].package = package("P9");
    lines[2].package = package("P2");
    lines[3].package = package("");
    insta::assert_snapshot!(summary(&received(&lines, &order, &world)), @r"
    Received Whole: 4 accepted, 0 not accepted, 0 missing, 0 unlisted
    pallet missing: P3
    pallet not listed: P9
    other pallet: 00-DB-55-00-00-00-00-04 came on pallet P9, the order has pallet P00000
    other pallet: 00-DB-55-00-00-00-00-0A came on no pallet, the order has pallet P3
    not held: DV/d
    ");
}

/// MP155-T4: a delivery without its document is reported, and not refused.
#[test]
fn mp155_t4_a_delivery_without_a_despatch_is_a_finding() {
    let (world, party) = (World::new(), party("SUPA"));
    let order = order([1]);
    let facts = DeliveryFacts { party: &party, was_despatched: false, hubs: &order };
    let receipt = receive(&lines([1]), facts, world.at()).unwrap();
    insta::assert_snapshot!(summary(&receipt), @r"
    Received Whole: 1 accepted, 0 not accepted, 0 missing, 0 unlisted
    no despatch note: the delivery came without a despatch by the Party
    not held:
    ");
}

/// DV/e to g: every reason of a hub that is not accepted.
#[test]
fn dv_e_f_g_a_hub_is_not_accepted_for_its_condition_its_package_or_its_record() {
    let mut world = World::new();
    world.settings.max_hubs_per_pallet = 5;
    let mut order = order([1, 2, 4, 5, 8, 10]);
    let held = |order: &mut Vec<DeliveredHub>, at: usize, change: fn(&mut HeldHub)| {
        change(order[at].hub.as_mut().unwrap());
    };
    held(&mut order, 2, |hub| hub.gpf_status = SmiStatus::Whitelisted);
    held(&mut order, 3, |hub| hub.holder = Some(party("SUPC")));
    order[4].hub = Err(NoHub::NotInTheSmi);
    let mut lines = lines([1, 2, 4, 5, 8, 10]);
    lines[0].condition = Condition::Opened;
    lines[1].condition = Condition::Damaged;
    lines[1].package = package("P00001");
    let reasons = |receipt: &Receipt| {
        let text = |hub: &ReceivedHub| {
            let reasons = hub
                .reasons
                .iter()
                .map(|reason| format!("{} {} ({})", reason.rule.id, reason.label, reason.saw));
            format!("{} {} {}", hub.chf, hub.state, reasons.collect::<Vec<_>>().join("; "))
                .trim_end()
                .to_owned()
        };
        receipt.hubs.iter().map(text).collect::<Vec<_>>().join("\n")
    };
    insta::assert_snapshot!(reasons(&received(&lines, &order, &world)), @"
        00-DB-55-00-00-00-00-02 not_accepted DV/e PACKAGING_OR_DAMAGE (it is opened)
        00-DB-55-00-00-00-00-04 not_accepted DV/e PACKAGING_OR_DAMAGE (it is damaged)
        00-DB-55-00-00-00-00-08 not_accepted DV/g NOT_PENDING (CHF Pending, GPF Whitelisted)
        00-DB-55-00-00-00-00-0A not_accepted DV/g OTHER_USER (its holder is SUPC, the Party is SUPA)
        00-DB-55-00-00-00-00-10 not_accepted DV/g UNKNOWN_HUB (it is not in the SMI)
        00-DB-55-00-00-00-00-14 accepted
        ");
    lines[1].package = package("P00000");
    let over = received(&lines, &order, &world);
    assert_eq!((over.extent, over.count(OrderHubState::NotAccepted)), (Extent::Nothing, 6));
    assert!(over.hubs.iter().all(|hub| hub.reasons.iter().any(|reason| reason.rule.id == "DV/f")));
}

#[test]
fn an_id_that_was_received_twice_is_named_with_its_lines() {
    let (world, party) = (World::new(), party("SUPA"));
    let order = order([1, 2]);
    let facts = DeliveryFacts { party: &party, was_despatched: true, hubs: &order };
    let fault = receive(&lines([1, 2, 1]), facts, world.at()).unwrap_err();
    assert_eq!(fault.to_string(), "line 4: 00-DB-55-00-00-00-00-02 stands in line 2 already");
}

/// HUBS.md 4, Correct: the order stays in its state.
#[test]
fn a_corrected_delivery_keeps_a_hub_and_every_outcome() {
    let (world, party) = (World::new(), party("SUPA"));
    let order = order([1, 2]);
    let facts = DeliveryFacts { party: &party, was_despatched: true, hubs: &order };
    let correct = |numbers: &[u32], with_outcome: &[u32]| {
        let worked = with_outcome.iter().map(|number| chf(*number)).collect::<BTreeSet<_>>();
        let verdict = correct_receipt(&lines(numbers.iter().copied()), facts, &worked, world.at()).unwrap();
        match &verdict.effect {
            Some(receipt) => receipt.state().to_string(),
            None => verdict.refused_by().map(|step| format!("{}: {}", step.rule.id, step.saw)).collect(),
        }
    };
    assert_eq!(correct(&[1], &[1]), OrderState::Received.as_str());
    assert_eq!(correct(&[1], &[]), OrderState::Received.as_str());
    assert_eq!(correct(&[1], &[2]), "RF/t: with an outcome and not accepted: 00-DB-55-00-00-00-00-04");
    assert_eq!(correct(&[7], &[]), "DV/h: 0 of 2 accepted");
}
