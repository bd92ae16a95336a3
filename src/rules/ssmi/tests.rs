use jiff::civil::date;

use super::*;
use crate::domain::{
    CplFacts, CplStatus, CspRegion, DeviceDetails, Eui64, HubFirmware, HubModel, OrderOutcome,
};

const CHF: Eui64 = Eui64::from_octets([1; 8]);
const GPF: Eui64 = Eui64::from_octets([2; 8]);
const HOLDER: Eui64 = Eui64::from_octets([3; 8]);
const NEW: &str = "03000100";
const TODAY: Date = date(2022, 1, 1);

fn line() -> SsmiLine {
    SsmiLine { line: 2, chf: CHF, firmware_version: NEW.parse().unwrap() }
}

/// A hub of S(N) in stock, told the newest firmware of its model.
fn facts() -> SsmiFacts {
    let details = DeviceDetails {
        manufacturer: "Sample Hubs".parse().unwrap(),
        model: "SH-C1".parse().unwrap(),
        smets_chts_version: Some("CHTS V1.0".parse().unwrap()),
        firmware_version: Some("01000000".parse().unwrap()),
        esme_variant: None,
    };
    let listed = HubFirmware {
        model: HubModel { manufacturer: details.manufacturer.clone(), model: details.model.clone() },
        firmware: NEW.parse().unwrap(),
        chts: "CHTS V1.3".parse().unwrap(),
        gbcs: "3.2".parse().unwrap(),
        production_from: date(2021, 12, 1),
        production_to: None,
    };
    let device = |id, device_type| Device {
        gbcs_version: Some("1.1".parse().unwrap()),
        csp_region: Some(CspRegion::Central),
        ..Device::pre_notified(id, device_type, details.clone(), HOLDER)
    };
    SsmiFacts {
        is_duplicated: false,
        chf: Some(Device { associated_gpf: Some(GPF), ..device(CHF, DeviceType::Chf) }),
        gpf: Some(Device { chf: Some(CHF), ..device(GPF, DeviceType::Gpf) }),
        listed: Some(listed),
        model: CplFacts::NotLoaded,
        order: None,
    }
}

fn on_chf(change: impl FnOnce(&mut Device)) -> SsmiFacts {
    let mut facts = facts();
    change(facts.chf.as_mut().unwrap());
    facts
}

fn order(reflashed: Option<&str>) -> Option<OrderOutcome> {
    let reflashed = reflashed.map(|version| version.parse().unwrap());
    Some(OrderOutcome { order: "RF-000001".parse().unwrap(), reflashed })
}

fn decided(facts: &SsmiFacts) -> HubDecision {
    decide(&line(), facts, TODAY, &CodeOverrides::default())
}

/// The outcome and the code, and what a refusal saw.
fn told(facts: &SsmiFacts) -> String {
    let decision = decided(facts);
    let step = decision.steps.last().unwrap();
    let (outcome, code) = (decision.outcome, decision.code);
    if step.holds {
        format!("{outcome} {code}")
    } else {
        format!("{outcome} {code} {}: {}", step.rule.id, step.saw)
    }
}

/// HUBS.md 8 row 27; MP155-R28: exactly three values change, on CHF and GPF.
#[test]
fn row_27_firmware_and_versions_change_and_nothing_else() {
    let decision = decided(&facts());
    assert_eq!((decision.outcome, decision.code), (HubOutcome::Updated, ResponseCode::I99));
    let updates = decision.updates.iter().map(|update| {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        format!("{} {} {} to {}", update.device, update.parameter, text(&update.from), text(&update.to))
    });
    insta::assert_snapshot!(updates.collect::<Vec<_>>().join("\n"), @"
        01-01-01-01-01-01-01-01 firmwareVersion 01000000 to 03000100
        01-01-01-01-01-01-01-01 chtsVersion CHTS V1.0 to CHTS V1.3
        01-01-01-01-01-01-01-01 gbcsVersion 1.1 to 3.2
        02-02-02-02-02-02-02-02 firmwareVersion 01000000 to 03000100
        02-02-02-02-02-02-02-02 chtsVersion CHTS V1.0 to CHTS V1.3
        02-02-02-02-02-02-02-02 gbcsVersion 1.1 to 3.2
        ");
    let (before, hub) = (facts(), decision.hub.unwrap());
    for (before, after) in [(before.chf.unwrap(), hub.chf), (before.gpf.unwrap(), hub.gpf)] {
        let DeviceDetails { smets_chts_version, firmware_version, .. } = before.details.clone();
        let details = DeviceDetails { smets_chts_version, firmware_version, ..after.details.clone() };
        let reverted = Device { details, gbcs_version: before.gbcs_version.clone(), ..after };
        assert_eq!(reverted, before, "status, pre-notifier, region and all else stay");
    }
}

/// What the SMI shows already, whatever the spelling of its CHTS version.
#[test]
fn a_hub_that_is_told_as_it_stands_is_unchanged() {
    let hub = decided(&facts()).hub.unwrap();
    let mut again = SsmiFacts { chf: Some(hub.chf), gpf: Some(hub.gpf), ..facts() };
    assert_eq!(told(&again), "unchanged I99");
    again.chf.as_mut().unwrap().details.smets_chts_version = "V1.3".parse().ok();
    assert_eq!(told(&again), "unchanged I99");
}

/// HUBS.md 8 row 27, 7: each rule both ways; a refused hub is unchanged (MP155-R29).
#[test]
fn ssmi_c_to_h_each_refuses_its_hub_alone() {
    let refused = [
        SsmiFacts { is_duplicated: true, ..facts() },
        SsmiFacts { chf: None, gpf: None, ..facts() },
        SsmiFacts { gpf: None, ..facts() },
        on_chf(|chf| chf.device_type = DeviceType::Esme),
        on_chf(|chf| chf.csp_region = Some(CspRegion::Smets1)),
        on_chf(|chf| chf.associated_gpf = None),
        on_chf(|chf| chf.status = Some(SmiStatus::Commissioned)),
        SsmiFacts { listed: None, ..facts() },
        SsmiFacts {
            listed: facts().listed.map(|listed| HubFirmware { production_from: date(2022, 1, 2), ..listed }),
            ..facts()
        },
        SsmiFacts { model: CplFacts::Absent, ..facts() },
        SsmiFacts { order: order(None), ..facts() },
        SsmiFacts { order: order(Some("03000000")), ..facts() },
    ];
    insta::assert_snapshot!(refused.iter().map(told).collect::<Vec<_>>().join("\n"), @"
        refused E120201 SSMI/c: CHF 01-01-01-01-01-01-01-01 stands in several lines
        refused E19 SSMI/d: the ID is not in the SMI
        refused E19 SSMI/d: a CHF whose GPF is not in the SMI
        refused E19 SSMI/d: no CHF, but ESME
        refused E19 SSMI/d: a SMETS1 CHF
        refused E19 SSMI/d: a CHF with GPF 02-02-02-02-02-02-02-02
        refused E5 SSMI/e: CHF Commissioned, GPF Pending
        refused E120204 SSMI/f: 03000100 is not listed for its model
        refused E120204 SSMI/f: 03000100 is in production from 2022-01-02, today is 2022-01-01
        refused E120204 SSMI/g: the Device Model is not on the Central Products List
        refused E100 SSMI/h: on RF-000001, without the outcome `reflashed`
        refused E100 SSMI/h: on RF-000001, re-flashed to 03000000
        ");
    assert!(refused.iter().all(|facts| decided(facts).hub.is_none() && decided(facts).updates.is_empty()));
    for taken in [
        SsmiFacts { model: CplFacts::Listed(CplStatus::Active), ..facts() },
        SsmiFacts { order: order(Some(NEW)), ..facts() },
    ] {
        assert_eq!(told(&taken), "updated I99");
    }
}

/// A version that was taken out of production for a defect is what a hub may have all the same.
#[test]
fn ssmi_f_asks_for_the_first_day_in_production_alone() {
    let withdrawn =
        facts().listed.map(|listed| HubFirmware { production_to: Some(date(2021, 12, 2)), ..listed });
    assert_eq!(told(&SsmiFacts { listed: withdrawn, ..facts() }), "updated I99");
}

/// MP155-C21: option B alone, each upload_id once, 1 to 10,000 lines.
#[test]
fn ssmi_a_b_a_file_is_taken_under_option_b_with_a_new_number() {
    let told = |update, used, lines| {
        let last =
            |steps: Vec<Step>| steps.last().map(|step| format!("{}: {}", step.rule.id, step.saw)).unwrap();
        take(update, used, lines).map_or_else(last, |steps| format!("taken, {}", last(steps)))
    };
    let asked = [
        (SmiUpdate::Ssmi, RequestIdUse::New, 1),
        (SmiUpdate::Ssmi, RequestIdUse::New, 10_000),
        (SmiUpdate::N3, RequestIdUse::New, 1),
        (SmiUpdate::Ssmi, RequestIdUse::ByAnother, 1),
        (SmiUpdate::Ssmi, RequestIdUse::LongAgo, 1),
        (SmiUpdate::Ssmi, RequestIdUse::New, 0),
        (SmiUpdate::Ssmi, RequestIdUse::New, 10_001),
    ];
    let asked = asked.map(|(update, used, lines)| told(update, used, lines));
    insta::assert_snapshot!(asked.join("\n"), @"
        taken, SSMI/b: 1 lines
        taken, SSMI/b: 10000 lines
        SSMI/a: smi_update is n3, the upload_id is new
        SSMI/a: smi_update is ssmi, the upload_id is used before, by another message
        SSMI/a: smi_update is ssmi, the upload_id is used before; the first answer is no longer kept, so it cannot be given again
        SSMI/b: 0 lines
        SSMI/b: 10001 lines
        ");
}
