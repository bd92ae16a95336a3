//! Whatever happens to an order, its hubs add up (HUBS.md 4).

use proptest::prelude::*;

use super::*;
use crate::domain::reflash::{
    Condition, DeliveredHub, FaultReport, HubInWork, OrderHubState, OutcomeKind, OutcomeLine, Package,
    ReceivedLine,
};

const TARGET: &str = "03000100";

/// A line of a delivery: which hub, in which condition.
fn delivered() -> impl Strategy<Value = Vec<(u32, Condition)>> {
    let line = (0..30_u32, prop::sample::select(Condition::ALL));
    prop::collection::vec(line, 0..40).prop_map(|lines| {
        let mut seen = std::collections::BTreeSet::new();
        lines.into_iter().filter(|(number, _)| seen.insert(*number)).collect()
    })
}

/// What a file of outcomes says of a hub: which one, whether it was re-flashed, and whether the line is whole.
fn told() -> impl Strategy<Value = Vec<(u32, bool, bool)>> {
    prop::collection::vec((0..30_u32, any::<bool>(), prop::bool::weighted(0.9)), 0..20)
}

fn order(hubs: u32) -> Vec<DeliveredHub> {
    let hub = |number| DeliveredHub {
        chf: chf(number),
        package: Package::default(),
        hub: Ok(HeldHub { holder: Some(party("SUPA")), ..hub(number).hub.unwrap() }),
        other_order: None,
    };
    (0..hubs).map(hub).collect()
}

proptest! {
    /// Every hub of the order is in one state, and what came beside them is unlisted.
    #[test]
    fn a_delivery_leaves_no_hub_out(hubs in 1..20_u32, lines in delivered()) {
        let (world, party) = (World::new(), party("SUPA"));
        let received = (2..).zip(&lines).map(|(line, (number, condition))| ReceivedLine {
            line,
            chf: chf(*number),
            package: Package::default(),
            condition: *condition,
        });
        let received = received.collect::<Vec<_>>();
        let order = order(hubs);
        let facts = DeliveryFacts { party: &party, was_despatched: true, hubs: &order };
        let receipt = receive(&received, facts, world.at()).unwrap();
        let count = |state| receipt.count(state);
        let (accepted, not_accepted) = (count(OrderHubState::Accepted), count(OrderHubState::NotAccepted));
        prop_assert_eq!(accepted + not_accepted + count(OrderHubState::Missing), order.len());
        prop_assert_eq!(accepted + not_accepted + receipt.unlisted.len(), received.len());
        prop_assert_eq!(receipt.extent == Extent::Nothing, accepted == 0);
        prop_assert_eq!(receipt.extent == Extent::Whole, accepted == order.len());
        for hub in &receipt.hubs {
            prop_assert_eq!(hub.reasons.is_empty(), hub.state != OrderHubState::NotAccepted);
        }
    }

    /// Files of outcomes in any order: a file is taken whole or not at all, an outcome that is there stays, and those who were re-flashed,
    /// those who failed and those who wait are the accepted hubs (MP155-R20).
    #[test]
    fn outcomes_add_up_to_the_accepted_hubs(hubs in 1..30_u32, files in prop::collection::vec(told(), 0..8)) {
        let mut work = (0..hubs).map(|number| HubInWork {
            chf: chf(number),
            state: OrderHubState::Accepted,
            target: Some(parsed(TARGET)),
            outcome: None,
        }).collect::<Vec<_>>();
        for file in files {
            let line = |(line, (number, is_reflashed, is_whole)): (u32, &(u32, bool, bool))| OutcomeLine {
                line,
                chf: chf(*number),
                outcome: if *is_reflashed { OutcomeKind::Reflashed } else { OutcomeKind::Failed },
                firmware_version: (*is_reflashed && *is_whole).then(|| parsed(TARGET)),
                fault_report: (!*is_reflashed).then_some(FaultReport::Analysis),
                fault_reference: (!*is_reflashed && *is_whole).then(|| "FR-1".to_owned()),
            };
            let lines = (2..).zip(&file).map(line).collect::<Vec<_>>();
            let before = work.clone();
            let verdict = outcomes(&lines, &work, OutcomeChange::First);
            prop_assert_eq!(verdict.effect.is_some(), verdict.refused_by().next().is_none());
            for (chf, outcome) in verdict.effect.into_iter().flatten() {
                let hub = work.iter_mut().find(|hub| hub.chf == chf).unwrap();
                prop_assert_eq!(hub.state, OrderHubState::Accepted);
                (hub.state, hub.outcome) = (outcome.state(), Some(outcome));
            }
            for (was, is) in before.iter().zip(&work) {
                prop_assert!(was.outcome.is_none() || was.outcome == is.outcome);
            }
            let counts = HubCounts::of(work.iter().map(|hub| hub.state));
            prop_assert_eq!(counts.accepted + counts.reflashed + counts.failed, hubs);
        }
    }
}
