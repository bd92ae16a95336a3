//! Reports of hubs: what the acceptance table does not say.

use jiff::civil::date;

use super::*;
use crate::domain::{
    Band, Calendar, Charge, ChargeKind, Charges, Date, Eui64, FirmwareList, HubFirmware, HubModel,
    HubVersion, InstalledGroup, Parties, Pence, StockGroup,
    tsat::{Tables, ValidityTest},
};

const USER: Eui64 = Eui64::from_octets([1; 8]);

fn model(name: &str) -> HubModel {
    HubModel { manufacturer: "Sample Hubs".parse().unwrap(), model: name.parse().unwrap() }
}

fn version(chts: &str, gbcs: &str) -> HubVersion {
    HubVersion { chts: chts.parse().ok(), gbcs: gbcs.parse().ok() }
}

fn group(model_name: &str, (chts, gbcs): (&str, &str), hubs: u64) -> StockGroup {
    StockGroup {
        pre_notified_by: Some(USER),
        model: model(model_name),
        firmware: "01".parse().ok(),
        version: version(chts, gbcs),
        region: None,
        han_variant: "Dual Band".parse().ok(),
        location: None,
        hubs,
        away: 0,
        oldest_delivered_on: None,
    }
}

fn firmware(model_name: &str, name: &str, (chts, gbcs): (&str, &str), from: Date) -> HubFirmware {
    HubFirmware {
        model: model(model_name),
        firmware: name.parse().unwrap(),
        chts: chts.parse().unwrap(),
        gbcs: gbcs.parse().unwrap(),
        production_from: from,
        production_to: None,
    }
}

/// What there is to judge by.
struct World {
    firmware: FirmwareList,
    charges: Charges,
    parties: Parties,
    calendar: Calendar,
}

impl World {
    fn of(firmware: Vec<HubFirmware>) -> Self {
        Self {
            firmware: firmware.into_iter().collect(),
            charges: Charges::default(),
            parties: Parties::from_iter([(USER, "SUPA".parse().unwrap())]),
            calendar: Calendar::default(),
        }
    }

    fn on(&self, on: Date) -> StockFacts<'_> {
        StockFacts {
            on,
            tables: Tables::shipped(),
            firmware: &self.firmware,
            charges: &self.charges,
            parties: &self.parties,
            calendar: &self.calendar,
            unit_cost: Pence::new(4_000),
            lead_working_days: 20,
        }
    }
}

/// HUBS.md 3, plan: firmware for the models concerned; ours: for all of them.
#[test]
fn a_plan_is_late_where_one_of_the_models_has_no_firmware_in_time() {
    let (old, target) = (("CHTS V1.0", "1.1"), ("CHTS V1.1", "2.1"));
    let stock = [group("A", old, 10), group("B", old, 1)];
    let planned = |firmware: Vec<HubFirmware>| {
        let world = World::of(firmware);
        let rows = plan(&world.on(date(2022, 1, 1)), &stock, &[]);
        let [row] = rows.as_slice() else { panic!("{rows:?}") };
        (row.available_from, row.late)
    };
    let first = firmware("A", "02", target, date(2020, 11, 1));
    assert_eq!(planned(vec![first.clone()]), (None, true));
    let second = |from| firmware("B", "02", target, from);
    let in_time = date(2022, 2, 28);
    assert_eq!(planned(vec![first.clone(), second(in_time)]), (Some(in_time), false));
    let late = date(2022, 3, 1);
    assert_eq!(planned(vec![first, second(late)]), (Some(late), true));
}

#[test]
fn a_plan_shows_what_is_installed_and_what_has_no_row() {
    let world = World::of(Vec::new());
    let installed = InstalledGroup {
        version: version("v1.0", "1.1"),
        model: model("A"),
        region: None,
        pre_notified_by: None,
        hubs: 7,
    };
    let stock = [group("A", ("CHTS V1.0", "1.1"), 3), group("A", ("1.x", "1.1"), 2)];
    let rows = plan(&world.on(date(2022, 3, 1)), &stock, &[installed]);
    let shown = rows.iter().map(|row| {
        let ways = row.ways.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
        format!("{} {} {} {} {ways}", row.version.chts, row.has_row, row.installed, row.in_stock)
    });
    assert_eq!(shown.collect::<Vec<_>>(), ["1.0 true 7 3 over the air; re-flash", "1.x false 0 2 "]);
}

/// HUBS.md 3, candidates: empty where a charge is not known.
#[test]
fn costs_are_known_only_where_that_of_every_band_is() {
    let mut world = World::of(vec![firmware("A", "02", ("CHTS V1.3", "3.2"), date(2021, 6, 1))]);
    let year = "2021".parse().unwrap();
    let charge = |kind, band: Option<&str>, cost| Charge {
        year,
        kind,
        band: band.map(Band::of_variant),
        cost: Pence::new(cost),
    };
    world.charges = Charges::from_iter([
        charge(ChargeKind::Reflash, None, 1_200),
        charge(ChargeKind::NotRedeployed, Some("Dual Band"), 1_000),
    ]);
    let dual = group("A", ("CHTS V1.0", "1.1"), 2);
    let single = StockGroup { han_variant: "Single Band".parse().ok(), ..dual.clone() };
    let judged = |groups: &[StockGroup], on| {
        let rows = candidates(&world.on(on), groups);
        let [row] = rows.as_slice() else { panic!("{rows:?}") };
        let pence = |amount: Option<Pence>| amount.map(Pence::get);
        (row.in_stock, pence(row.reflash), pence(row.scrap), pence(row.saving()))
    };
    let day = date(2022, 1, 1);
    assert_eq!(judged(std::slice::from_ref(&dual), day), (2, Some(2_400), Some(2_000), Some(-400)));
    assert_eq!(judged(&[dual.clone(), single], day), (4, Some(4_800), None, None));
    assert_eq!(judged(&[dual], date(2022, 4, 1)), (2, None, None, None));
}

/// MP139-R4: the period that ended first; HUBS.md TSAT/h: what has no row has no end.
#[test]
fn a_hub_is_outstanding_by_the_period_that_ended_first() {
    let world = World::of(Vec::new());
    let found = |chts: &str, gbcs: &str, on| {
        let found = outstanding(&world.on(on), &version(chts, gbcs));
        found.map(|Outstanding { ended, test }| (ended, test))
    };
    let end = date(2022, 2, 28);
    assert_eq!(found("1.0", "1.1", date(2022, 2, 28)), None);
    assert_eq!(found("1.0", "1.1", date(2022, 3, 1)), Some((end, ValidityTest::Maintain)));
    assert_eq!(found("1.1", "2.0", date(2022, 3, 1)), Some((end, ValidityTest::Operate)));
    assert_eq!(found("1.3", "3.2", date(2030, 1, 1)), None);
    assert_eq!(found("9.9", "3.2", date(2030, 1, 1)), None);
}

/// HUBS.md 2: all Users of one Party count as one holder.
#[test]
fn users_of_one_party_are_one_holder() {
    let other = Eui64::from_octets([2; 8]);
    let mut world = World::of(Vec::new());
    world.parties = Parties::from_iter([USER, other].map(|user| (user, "SUPA".parse().unwrap())));
    let first = group("A", ("CHTS V1.0", "1.1"), 2);
    let second = StockGroup { pre_notified_by: Some(other), ..group("B", ("v1.0", "1.1"), 3) };
    let report = at_risk(&world.on(date(2022, 1, 1)), &[first.clone(), second.clone()], 30, &[]);
    let [row] = report.rows.as_slice() else { panic!("{report:?}") };
    assert_eq!((row.counts.in_stock, row.counts.at_risk, row.days_left), (5, 5, Some(30)));
    let lines = stock_lines(&world.on(date(2022, 1, 1)), &[first, second]);
    assert_eq!(lines.iter().map(|line| line.in_stock).collect::<Vec<_>>(), [5]);
}

/// HUBS.md 3, at-risk, `in_reflash`: those in stock that are away, in their line and in the total, whatever else is said of them.
#[test]
fn what_is_away_to_be_reflashed_is_counted_with_its_line() {
    let world = World::of(Vec::new());
    let away = |away, group: StockGroup| StockGroup { away, ..group };
    let groups = [
        away(2, group("A", ("CHTS V1.0", "1.1"), 5)),
        away(1, group("B", ("v1.0", "1.1"), 1)),
        away(3, group("A", ("CHTS V1.3", "3.2"), 3)),
        group("A", ("1.x", "1.1"), 4),
    ];
    let report = at_risk(&world.on(date(2022, 2, 1)), &groups, 30, &[]);
    let shown = report.rows.iter().map(|row| {
        let AtRiskCounts { in_stock, expired, no_row, in_reflash, .. } = row.counts;
        format!(
            "{}: {in_stock} in stock, {expired} expired, {no_row} without a row, {in_reflash} away",
            row.version
        )
    });
    assert_eq!(
        shown.collect::<Vec<_>>(),
        [
            "CHTS 1.0 / GBCS 1.1: 6 in stock, 6 expired, 0 without a row, 3 away",
            "CHTS 1.3 / GBCS 3.2: 3 in stock, 0 expired, 0 without a row, 3 away",
            "CHTS 1.x / GBCS 1.1: 4 in stock, 0 expired, 4 without a row, 0 away",
        ]
    );
    assert_eq!((report.total.in_stock, report.total.in_reflash), (13, 6));
}
