//! The rules of re-flash orders and of SSMI, run over made-up facts until each held and was broken.
#![expect(clippy::indexing_slicing, reason = "a helper of a test fails the test")]

use std::collections::BTreeSet;

use jiff::civil::{Date, date};
use smi::{
    domain::{
        Calendar, CodeOverrides, CplFacts, CspRegion, Device, DeviceDetails, DeviceType, Eui64, FirmwareList,
        HubFirmware, HubModel, LocationUse, Packaging, PartySignifier, ReflashSite, ReflashUnit,
        RequestIdUse, SmiStatus, SsmiFacts, SsmiLine, StockLocation, StockRow,
        reflash::{
            Condition, DeliveredHub, HeldHub, HubInWork, NoHub, OrderHubState, OutcomeKind, OutcomeLine,
            Package, ReceivedLine, ReflashRequest, RequestFacts, RequestLine, RequestedHub, Slot, SmiUpdate,
            UnitInUse, WaitingHub,
        },
    },
    rules::{reflash as orders_rules, ssmi as ssmi_rules},
};

use super::proven::Seen;
use crate::support::SUPPLIER;

const TODAY: Date = date(2022, 1, 4);
const CHF: Eui64 = Eui64::from_octets([1; 8]);
const GPF: Eui64 = Eui64::from_octets([2; 8]);
const OTHER: Eui64 = Eui64::from_octets([3; 8]);

fn model() -> HubModel {
    HubModel { manufacturer: "AB01".parse().unwrap(), model: "MODEL".parse().unwrap() }
}

fn party() -> PartySignifier {
    "SUPA".parse().unwrap()
}

fn location(id: &str, used_as: LocationUse) -> StockLocation {
    StockLocation {
        id: id.parse().unwrap(),
        used_as,
        name: "A store".parse().unwrap(),
        address: "1 Store Road".parse().unwrap(),
        postcode: "ZZ1 1CC".parse().unwrap(),
        contact_email: "stock@party.example".parse().unwrap(),
    }
}

fn own() -> StockLocation {
    location("SUPA-1", LocationUse::OfParty(party()))
}

fn site() -> ReflashSite {
    ReflashSite {
        regions: vec![CspRegion::North],
        max_hubs: Some("2".parse().unwrap()),
        hubs_per_month: Some("2".parse().unwrap()),
        deliveries_per_window: Some("1".parse().unwrap()),
    }
}

fn listed() -> HubFirmware {
    HubFirmware {
        model: model(),
        firmware: "2".parse().unwrap(),
        chts: "1.3".parse().unwrap(),
        gbcs: "3.2".parse().unwrap(),
        production_from: date(2021, 1, 1),
        production_to: None,
    }
}

fn held() -> HeldHub {
    HeldHub {
        gpf: GPF,
        chf_status: SmiStatus::Pending,
        gpf_status: SmiStatus::Pending,
        was_installed: None,
        holder: Some(party()),
        region: Some(CspRegion::North),
        firmware_version: Some("1".parse().unwrap()),
        model: model(),
    }
}

fn slot(on: Date) -> Slot {
    Slot { on, window: "09:00-12:00".parse().unwrap() }
}

fn request() -> (ReflashRequest, RequestFacts) {
    let line = RequestLine {
        line: 2,
        chf: Some(CHF),
        firmware_version: Some("1".parse().unwrap()),
        manufacturer: Some(model().manufacturer),
        model: Some(model().model),
        package: None,
    };
    let row = StockRow {
        chf: CHF,
        location: "SUPA-1".parse().unwrap(),
        delivered_on: Some(date(2021, 3, 1)),
        asn: None,
        pallet: None,
        carton: None,
        packaging: Packaging::Sealed,
    };
    let request = ReflashRequest {
        party: party(),
        hubs: Some(1),
        location: Some("SUPA-1".parse().unwrap()),
        redeliver_on: Some(date(2022, 2, 1)),
        window: Some("09:00-12:00".parse().unwrap()),
        site: None,
        lines: vec![line],
    };
    let facts = RequestFacts {
        location: Some(own()),
        sites: vec![location("FLASH", LocationUse::Site(site()))],
        firmware: FirmwareList::from_iter([listed()]),
        hubs: vec![Some(RequestedHub { hub: Ok(held()), stock: Some(row), open_order: None })],
    };
    (request, facts)
}

/// Changes of a good request, each of which breaks a ground or several.
fn breaks() -> Vec<fn(&mut ReflashRequest, &mut RequestFacts)> {
    fn held(facts: &mut RequestFacts) -> &mut HeldHub {
        facts.hubs[0].as_mut().unwrap().hub.as_mut().unwrap()
    }
    vec![
        |request, _| request.lines[0].model = None,
        |request, facts| {
            // Stated as one: RF/b; the same ID: RF/c.
            request.lines.push(RequestLine { line: 3, ..request.lines[0].clone() });
            facts.hubs.push(facts.hubs[0].clone());
        },
        |_, facts| facts.hubs[0].as_mut().unwrap().hub = Err(NoHub::NotAChf),
        |_, facts| held(facts).chf_status = SmiStatus::Commissioned,
        |_, facts| held(facts).was_installed = Some(SmiStatus::Commissioned),
        |_, facts| held(facts).holder = None,
        |_, facts| facts.hubs[0].as_mut().unwrap().stock = None,
        |_, facts| held(facts).region = None,
        |_, facts| facts.location = None,
        |_, facts| facts.hubs[0].as_mut().unwrap().stock.as_mut().unwrap().packaging = Packaging::Opened,
        |request, _| request.lines[0].firmware_version = Some("9".parse().unwrap()),
        |_, facts| facts.firmware = FirmwareList::default(),
        |_, facts| facts.hubs[0].as_mut().unwrap().open_order = Some("RF-000009".parse().unwrap()),
        |request, _| request.redeliver_on = Some(date(2022, 1, 3)),
    ]
}

pub(super) fn orders(seen: &mut Seen) {
    let settings = orders_rules::ReflashSettings { amend_working_days: Some(5), ..Default::default() };
    let (calendar, codes) = (Calendar::default(), CodeOverrides::default());
    let at =
        orders_rules::Circumstances { settings: &settings, calendar: &calendar, today: TODAY, codes: &codes };
    let (good, facts) = request();
    let assessment = orders_rules::assess(&good, &facts, at);
    seen.steps(&assessment.checks);
    let mut rejected = assessment.clone();
    for change in breaks() {
        let (mut request, mut facts) = request();
        change(&mut request, &mut facts);
        rejected = orders_rules::assess(&request, &facts, at);
        assert!(rejected.is_rejected());
        seen.steps(&rejected.checks);
    }
    authorisations(seen, at, &assessment, &rejected);
    deliveries(seen, at);
    work(seen, at);
}

fn authorisations(
    seen: &mut Seen,
    at: orders_rules::Circumstances<'_>,
    good: &orders_rules::Assessment,
    rejected: &orders_rules::Assessment,
) {
    let (site, load) = (site(), orders_rules::SiteLoad::default());
    let none = orders_rules::TakenSlots::new();
    let taken = orders_rules::TakenSlots::from([(slot(date(2022, 2, 1)), 1)]);
    for (hubs, taken, assessment) in [(1, &none, good), (3, &taken, rejected)] {
        let slot = slot(date(2022, 2, 1));
        let facts = orders_rules::AuthoriseFacts { slot, hubs, site: &site, taken, load: &load, assessment };
        seen.steps(&orders_rules::authorise(facts, at).checks);
    }
}

fn deliveries(seen: &mut Seen, at: orders_rules::Circumstances<'_>) {
    let pallet = |pallet: &str| Package { pallet: pallet.parse().ok(), carton: None };
    let line = |line, chf, condition| ReceivedLine { line, chf, package: pallet("P1"), condition };
    let hub = |hub| DeliveredHub { chf: CHF, package: pallet("P1"), hub, other_order: None };
    let few = orders_rules::ReflashSettings { max_hubs_per_pallet: 1, ..at.settings.clone() };
    let narrow = orders_rules::Circumstances { settings: &few, ..at };
    let party = party();
    let mut check = |lines: &[ReceivedLine], hub: DeliveredHub, at| {
        let hubs = [hub];
        let facts = orders_rules::DeliveryFacts { party: &party, was_despatched: true, hubs: &hubs };
        seen.steps(&orders_rules::receive(lines, facts, at).unwrap().checks);
    };
    check(&[line(2, CHF, Condition::Ok)], hub(Ok(held())), at);
    check(&[line(2, CHF, Condition::Damaged)], hub(Err(NoHub::NotInTheSmi)), at);
    check(&[line(2, CHF, Condition::Ok), line(3, OTHER, Condition::Ok)], hub(Ok(held())), narrow);
}

fn work(seen: &mut Seen, at: orders_rules::Circumstances<'_>) {
    for purchase_order in [Some("PO-1"), None] {
        seen.steps(&orders_rules::start(purchase_order, [CspRegion::South], at).checks);
    }
    let hub = HubInWork {
        chf: CHF,
        state: OrderHubState::Accepted,
        target: Some("2".parse().unwrap()),
        outcome: None,
    };
    for chf in [CHF, OTHER] {
        let line = OutcomeLine {
            line: 2,
            chf,
            outcome: OutcomeKind::Reflashed,
            firmware_version: Some("2".parse().unwrap()),
            fault_report: None,
            fault_reference: None,
        };
        let first = orders_rules::OutcomeChange::First;
        seen.steps(&orders_rules::outcomes(&[line], std::slice::from_ref(&hub), first).checks);
    }
    for (state, guidance) in [(OrderHubState::Reflashed, "SSC 1.0"), (OrderHubState::Accepted, "")] {
        let counts = orders_rules::HubCounts::of([state]);
        seen.steps(&orders_rules::finish(counts, guidance, slot(date(2022, 2, 1)), at).checks);
    }
    let (own, party) = (own(), party());
    for stands in [slot(date(2022, 2, 1)), slot(date(2022, 1, 5))] {
        let slot = slot(date(2022, 2, 2));
        let amendment =
            orders_rules::Amendment { stands, slot, location: &own.id, listed: Some(&own), party: &party };
        seen.steps(&orders_rules::amend(amendment, at).unwrap().checks);
    }
    for target in ["1", "2"] {
        let hub = orders_rules::ReturningHub {
            chf: CHF,
            target: target.parse().unwrap(),
            hub: Ok(held()),
            gpf_firmware: Some("1".parse().unwrap()),
        };
        seen.steps(&orders_rules::release(&[hub], &own.id, Some(&own), &party).checks);
    }
    let unit = ReflashUnit {
        id: "U1".parse().unwrap(),
        location: "FLASH".parse().unwrap(),
        places: "8".parse().unwrap(),
        check_due_on: TODAY,
    };
    for is_busy in [false, true] {
        let unit = UnitInUse { unit: unit.clone(), is_busy };
        let waiting = WaitingHub { chf: CHF, model: model() };
        seen.steps(&orders_rules::next_batch(&[unit], &[waiting], at).checks);
    }
    // What corrects a delivery asks for the same rules.
    let lines: [ReceivedLine; 0] = [];
    let hubs = [DeliveredHub { chf: CHF, package: Package::default(), hub: Ok(held()), other_order: None }];
    let facts = orders_rules::DeliveryFacts { party: &party, was_despatched: true, hubs: &hubs };
    let worked = BTreeSet::from([CHF]);
    seen.steps(&orders_rules::correct_receipt(&lines, facts, &worked, at).unwrap().checks);
}

/// A hub as SSMI finds it, and changes each of which refuses it.
pub(super) fn ssmi(seen: &mut Seen) {
    for (update, used, lines) in [
        (SmiUpdate::Ssmi, RequestIdUse::New, 1),
        (SmiUpdate::N3, RequestIdUse::New, 1),
        (SmiUpdate::Ssmi, RequestIdUse::New, 0),
    ] {
        let (Ok(steps) | Err(steps)) = ssmi_rules::take(update, used, lines);
        seen.steps(&steps);
    }
    let details = DeviceDetails {
        manufacturer: model().manufacturer,
        model: model().model,
        smets_chts_version: Some("1.0".parse().unwrap()),
        firmware_version: Some("1".parse().unwrap()),
        esme_variant: None,
    };
    let device = |id, device_type| Device::pre_notified(id, device_type, details.clone(), SUPPLIER);
    let good = SsmiFacts {
        is_duplicated: false,
        chf: Some(Device { associated_gpf: Some(GPF), ..device(CHF, DeviceType::Chf) }),
        gpf: Some(Device { chf: Some(CHF), ..device(GPF, DeviceType::Gpf) }),
        listed: Some(listed()),
        model: CplFacts::NotLoaded,
        order: None,
    };
    let installed = Device { status: Some(SmiStatus::Commissioned), ..good.chf.clone().unwrap() };
    let on_order = smi::domain::OrderOutcome { order: "RF-000001".parse().unwrap(), reflashed: None };
    let line = SsmiLine { line: 2, chf: CHF, firmware_version: "2".parse().unwrap() };
    for facts in [
        good.clone(),
        SsmiFacts { is_duplicated: true, ..good.clone() },
        SsmiFacts { gpf: None, ..good.clone() },
        SsmiFacts { chf: Some(installed), ..good.clone() },
        SsmiFacts { listed: None, ..good.clone() },
        SsmiFacts { model: CplFacts::Absent, ..good.clone() },
        SsmiFacts { order: Some(on_order), ..good.clone() },
    ] {
        seen.steps(&ssmi_rules::decide(&line, &facts, TODAY, &CodeOverrides::default()).steps);
    }
}
