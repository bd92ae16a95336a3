use super::*;
use crate::domain::{CplFacts, CspRegion, Eui64};

const CSP: Eui64 = Eui64::from_octets([9; 8]);

fn notified(firmware: &str) -> HubNotification {
    HubNotification {
        chf: Eui64::from_octets([1; 8]),
        gpf: Eui64::from_octets([2; 8]),
        manufacturer: "Sample Hubs".parse().unwrap(),
        model: "SH-C1".parse().unwrap(),
        firmware_version: firmware.parse().unwrap(),
        chts_version: "CHTS V1.3".parse().unwrap(),
        gbcs_version: "3.2".parse().unwrap(),
        han_variant: "Dual Band".parse().unwrap(),
        csp_region: CspRegion::North,
        receiving_user: Eui64::from_octets([3; 8]),
    }
}

/// The facts about that hub with its old firmware, on an order or none.
fn facts(order: OrderedHub) -> HubFacts {
    let old = HubNotification {
        chts_version: "CHTS V1.0".parse().unwrap(),
        gbcs_version: "1.1".parse().unwrap(),
        ..notified("01000000")
    };
    let Hub { chf, gpf } = old.devices();
    HubFacts {
        is_duplicated: false,
        receiver_known: true,
        model: CplFacts::NotLoaded,
        chf: Some(chf),
        gpf: Some(gpf),
        claimed_by: None,
        origin: Some(HubOrigin::Import),
        order,
    }
}

fn in_work() -> OrderedHub {
    OrderedHub::InWork { order: "RF-000001".parse().unwrap(), target: "03000100".parse().unwrap() }
}

fn by_ssmi() -> OrderedHub {
    OrderedHub::BySsmi { order: "RF-000001".parse().unwrap() }
}

fn decided(hub: &HubNotification, facts: &HubFacts, known: KnownHubs) -> HubDecision {
    let csp = Csp { id: CSP, regions: vec![CspRegion::North] };
    decide(hub, facts, &csp, known, &CodeOverrides::default())
}

/// What was decided, and on which order it is an outcome.
fn told(hub: &HubNotification, facts: &HubFacts, known: KnownHubs) -> String {
    let decision = decided(hub, facts, known);
    let outcome = reflashed_on(hub, facts, &decision).map_or("-".to_owned(), |order| order.to_string());
    let step = decision.steps.last().unwrap();
    format!("{} by {}, outcome on {outcome}: {}", decision.outcome, step.rule.id, step.saw)
}

/// HUBS.md 8 row 26; MP155-R25, R26: a hub in work is updated to its target, whatever `update_known_hubs` says.
#[test]
fn row_26_n3_h_the_target_of_a_hub_in_work_is_its_outcome() {
    let stay = KnownHubs::Stay;
    let target = notified("03000100");
    let other_variant = HubNotification { han_variant: "Single Band".parse().unwrap(), ..target.clone() };
    let asked = [
        told(&target, &facts(in_work()), stay),
        told(&target, &facts(OrderedHub::OnNone), stay),
        told(&notified("03000000"), &facts(in_work()), stay),
        told(&other_variant, &facts(in_work()), stay),
        told(&other_variant, &facts(in_work()), KnownHubs::AreUpdated),
        told(&notified("03000000"), &facts(in_work()), KnownHubs::AreUpdated),
    ];
    insta::assert_snapshot!(asked.join("\n"), @"
        updated by N3/h, outcome on RF-000001: different: chtsVersion, firmwareVersion, gbcsVersion; updates are off; in work on RF-000001, its target is 03000100
        refused by N3/h, outcome on -: different: chtsVersion, firmwareVersion, gbcsVersion; updates are off
        refused by N3/h, outcome on -: different: chtsVersion, firmwareVersion, gbcsVersion; updates are off; in work on RF-000001, its target is 03000100
        refused by N3/h, outcome on -: different: chtsVersion, firmwareVersion, gbcsVersion, hanVariant; updates are off; in work on RF-000001, its target is 03000100
        updated by N3/h, outcome on -: different: chtsVersion, firmwareVersion, gbcsVersion, hanVariant; updates are on; in work on RF-000001, its target is 03000100
        updated by N3/h, outcome on -: different: chtsVersion, firmwareVersion, gbcsVersion; updates are on; in work on RF-000001, its target is 03000100
        ");
    let decision = decided(&target, &facts(in_work()), stay);
    assert_eq!(decision.updates.len(), 6, "three values of CHF and GPF");
    // Told again as it stands now, it is the outcome still.
    let hub = decision.hub.unwrap();
    let again = HubFacts { chf: Some(hub.chf), gpf: Some(hub.gpf), ..facts(in_work()) };
    assert!(told(&target, &again, stay).starts_with("unchanged by N3/h, outcome on RF-000001"));
}

/// HUBS.md 8 row 27; MP155-R28: under option B no CSP updates a hub of an open order, whatever else it may update.
#[test]
fn row_27_n3_i_a_hub_that_ssmi_updates_is_told_as_it_stands_or_refused() {
    let (told_new, facts) = (notified("03000100"), facts(by_ssmi()));
    for known in [KnownHubs::Stay, KnownHubs::AreUpdated] {
        let decision = decided(&told_new, &facts, known);
        let step = decision.steps.last().unwrap();
        assert_eq!((decision.outcome, step.rule.id), (HubOutcome::Refused, "N3/i"));
        assert_eq!(
            step.saw,
            "different: chtsVersion, firmwareVersion, gbcsVersion; on RF-000001, which the DCC updates by SSMI"
        );
    }
    let Hub { chf, gpf } = told_new.devices();
    let as_left = HubFacts { chf: Some(chf), gpf: Some(gpf), ..facts };
    let decision = decided(&told_new, &as_left, KnownHubs::Stay);
    assert_eq!(decision.outcome, HubOutcome::Unchanged);
    assert_eq!(told_beside_ssmi(&as_left).map(|order| order.to_string()).as_deref(), Some("RF-000001"));
    assert_eq!(reflashed_on(&told_new, &as_left, &decision), None);
}
