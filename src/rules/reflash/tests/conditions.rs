//! What the grounds of a request depend on: limits, the supply chain, sites, the firmware list, the operator's codes.

use super::*;
use crate::{
    domain::{
        ResponseCode,
        reflash::{NoHub, Package, ReasonLabel},
    },
    rules::rulebook::reflash::GROUNDS,
};

/// MP155-R36, C25: neither RF/h nor, without a stock row, RF/k is asked where hubs of the supply chain may be listed.
#[test]
fn mp155_r36_the_supply_chain_is_switched_on_or_refused() {
    let mut world = World::new();
    let ahead = || TestRequest::hubs(&[1]).with(|asked| asked.row(0).delivered_on = Some(date(2022, 3, 1)));
    let without = || TestRequest::hubs(&[1]).with(|asked| asked.facts.hubs[0].as_mut().unwrap().stock = None);
    assert_eq!(ahead().labels(&world), ["NOT_DELIVERED 2"]);
    world.settings.supply_chain = true;
    for asked in [ahead(), without()] {
        let assessment = asked.assess(&world);
        assert!(!assessment.is_rejected());
        let step = assessment.checks.iter().find(|step| step.rule.id == "RF/h").unwrap();
        assert_eq!(step.saw, "not asked: `reflash.supply_chain` is on");
    }
    let opened = ahead().with(|asked| asked.row(0).packaging = Packaging::Opened);
    assert_eq!(opened.labels(&world), ["PACKAGING_OR_DAMAGE 2"]);
}

/// MP155-R10, R33: what is over a limit fails for every hub of it; size alone is no ground.
#[test]
fn mp155_r10_limits_are_by_pallet_and_carton() {
    let mut world = World::new();
    world.settings.max_hubs_per_pallet = 2;
    world.settings.max_hubs_per_carton = Some(1);
    // Line 5 lies alone by what its line says, whatever its stock row says.
    let asked = TestRequest::hubs(&[1, 2, 4, 5])
        .with(|asked| asked.request.lines[3].package = Some(Package::default()));
    let over = ["PACKAGING_OR_DAMAGE 2", "PACKAGING_OR_DAMAGE 3", "PACKAGING_OR_DAMAGE 4"];
    assert_eq!(asked.labels(&world), over);
    let saw = &asked.assess(&world).reasons[0].saw;
    assert_eq!(saw, "pallet P00000 holds 3 hubs of at most 2");
    let carton = |pallet: Option<&str>| Package { pallet: pallet.map(parsed), carton: Some(parsed("C1")) };
    let cartons = TestRequest::hubs(&[1, 2, 4]).with(|asked| {
        asked.request.lines[0].package = Some(carton(Some("P1")));
        asked.request.lines[1].package = Some(carton(Some("P2")));
        asked.request.lines[2].package = Some(carton(None));
    });
    assert_eq!(cartons.labels(&world), [""; 0], "cartons of one name on two pallets are two");
    let one = cartons.with(|asked| asked.request.lines[1].package = Some(carton(Some("P1"))));
    assert_eq!(one.labels(&world), ["PACKAGING_OR_DAMAGE 2", "PACKAGING_OR_DAMAGE 3"]);
    let alone =
        TestRequest::hubs(&[1]).with(|asked| asked.request.lines[0].package = Some(Package::default()));
    assert!(!alone.assess(&world).is_rejected());
}

/// RF/i: the first site by ID, by the first hub that is known.
#[test]
fn rf_i_a_site_that_is_not_named_is_found_by_the_first_hub() {
    let world = World::new();
    let mut asked = TestRequest::hubs(&[0, 1]);
    asked.facts.sites.reverse();
    let site = |asked: &TestRequest| asked.assess(&world).site.map(|site| site.to_string());
    assert_eq!(site(&asked).as_deref(), Some("FLASH-N"));
    asked.facts.hubs[0].as_mut().unwrap().hub = Err(NoHub::NotInTheSmi);
    assert_eq!(site(&asked).as_deref(), Some("FLASH-CS"));
    assert_eq!(asked.labels(&world), ["UNKNOWN_HUB 2"]);
    asked.facts.hubs[1].as_mut().unwrap().hub = Err(NoHub::NotInTheSmi);
    assert_eq!(
        (site(&asked), asked.labels(&world)),
        (None, vec!["UNKNOWN_HUB 2".into(), "UNKNOWN_HUB 3".into()])
    );
}

/// RF/m: by when versions came into production, not by their names; of an unlisted one nobody knows its age.
#[test]
fn rf_m_newer_is_what_came_into_production_later() {
    let world = World::new();
    let with_firmware = |own: &str| {
        TestRequest::hubs(&[1]).with(|asked| {
            asked.held(0).firmware_version = Some(parsed(own));
            asked.request.lines[0].firmware_version = Some(parsed(own));
        })
    };
    for (own, labels) in [("03000000", vec![]), ("03000100", vec!["ALREADY_LATEST 2"]), ("99999999", vec![])]
    {
        assert_eq!(with_firmware(own).labels(&world), labels, "{own}");
    }
    // On 30 November 2021 the newest was 03000000, so that a hub with the one after it has no newer one.
    let earlier = World::on(date(2021, 11, 30));
    assert_eq!(with_firmware("03000000").labels(&earlier), ["ALREADY_LATEST 2"]);
    assert_eq!(with_firmware("03000100").labels(&earlier), ["ALREADY_LATEST 2"]);
}

/// `codes.toml`: the code of a ground is that of the operator.
#[test]
fn the_code_of_a_ground_is_the_operators() {
    let mut world = World::new();
    world.codes = CodeOverrides::new([(rule_of(ReasonLabel::OtherUser), ResponseCode::E100)]);
    assert_eq!(TestRequest::hubs(&[3]).assess(&world).reasons[0].code, ResponseCode::E100);
}

#[test]
fn every_label_has_a_ground() {
    let rules = ReasonLabel::ALL.iter().map(|label| rule_of(*label));
    assert!(rules.clone().all(|rule| GROUNDS.contains(&rule)));
    for ground in GROUNDS {
        assert!(rules.clone().any(|rule| rule == ground), "{}", ground.id);
    }
}
