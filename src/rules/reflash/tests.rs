//! The acceptance rows of HUBS.md 8 about orders, as far as they need no store; and each rule both ways.

mod conditions;
mod delivery;
mod events;
mod grounds;
mod life;
mod rows;
mod statement;

use jiff::civil::date;

use super::*;
use crate::domain::{
    Calendar, CodeOverrides, CspRegion, Date, Eui64, FirmwareList, HubFirmware, HubModel, LocationId,
    LocationUse, Packaging, PartySignifier, ReflashSite, SmiStatus, StockLocation, StockRow,
    reflash::{HeldHub, ReflashRequest, RequestFacts, RequestLine, RequestedHub, Slot},
};

fn parsed<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

fn slot(on: Date, window: &str) -> Slot {
    Slot { on, window: parsed(window) }
}

/// The world of HUBS.md 8, without a store: the hubs of S(N) by their numbers, two Parties, two sites.
struct World {
    settings: ReflashSettings,
    calendar: Calendar,
    codes: CodeOverrides,
    today: Date,
}

impl World {
    /// W, at noon of 1 January 2022.
    fn new() -> Self {
        Self::on(date(2022, 1, 1))
    }

    fn on(today: Date) -> Self {
        let settings = ReflashSettings { enabled: true, ..ReflashSettings::default() };
        Self { settings, calendar: Calendar::default(), codes: CodeOverrides::default(), today }
    }

    fn at(&self) -> Circumstances<'_> {
        let Self { settings, calendar, codes, today } = self;
        Circumstances { settings, calendar, today: *today, codes }
    }
}

fn chf(number: u32) -> Eui64 {
    id(2 * number)
}

/// `00-DB-55-00` and eight hex digits.
fn id(number: u32) -> Eui64 {
    let [a, b, c, d] = number.to_be_bytes();
    Eui64::from_octets([0x00, 0xDB, 0x55, 0x00, a, b, c, d])
}

fn model() -> HubModel {
    HubModel { manufacturer: parsed("Sample Hubs"), model: parsed("SH-C1") }
}

/// The firmware that hub n of S(N) has.
fn firmware_of(number: u32) -> &'static str {
    match number % 10 {
        0..=5 => "01000000",
        6 => "02000000",
        7 | 8 => "02010000",
        _ => "03000000",
    }
}

fn firmware_list() -> FirmwareList {
    let version = |(firmware, chts, gbcs, from): (&str, &str, &str, Date)| HubFirmware {
        model: model(),
        firmware: parsed(firmware),
        chts: parsed(chts),
        gbcs: parsed(gbcs),
        production_from: from,
        production_to: None,
    };
    let versions = [
        ("01000000", "CHTS V1.0", "1.1", date(2017, 11, 6)),
        ("02000000", "CHTS V1.1", "2.0", date(2020, 7, 1)),
        ("02010000", "CHTS V1.1", "2.1", date(2020, 11, 1)),
        ("03000000", "CHTS V1.3", "3.2", date(2021, 6, 1)),
        ("03000100", "CHTS V1.3", "3.2", date(2021, 12, 1)),
    ];
    versions.map(version).into_iter().collect()
}

fn location(id: &str, used_as: LocationUse) -> StockLocation {
    StockLocation {
        id: parsed(id),
        used_as,
        name: parsed(id),
        address: parsed("1 Store Road"),
        postcode: parsed("ZZ1 1CC"),
        contact_email: parsed("stock@party.example"),
    }
}

fn north() -> ReflashSite {
    ReflashSite {
        regions: vec![CspRegion::North, CspRegion::North4G],
        max_hubs: Some(parsed("4480")),
        hubs_per_month: Some(parsed("1792")),
        deliveries_per_window: Some(parsed("2")),
    }
}

fn sites() -> Vec<StockLocation> {
    let regions = vec![CspRegion::Central, CspRegion::South, CspRegion::Central4G, CspRegion::South4G];
    let central_south = ReflashSite { regions, max_hubs: None, hubs_per_month: None, ..north() };
    vec![
        location("FLASH-CS", LocationUse::Site(central_south)),
        location("FLASH-N", LocationUse::Site(north())),
    ]
}

fn party(name: &str) -> PartySignifier {
    parsed(name)
}

/// Hub n of S(N), in stock.
fn hub(number: u32) -> RequestedHub {
    let of_c = number % 4 == 3;
    let regions = [CspRegion::North, CspRegion::Central, CspRegion::South];
    let held = HeldHub {
        gpf: id(2 * number + 1),
        chf_status: SmiStatus::Pending,
        gpf_status: SmiStatus::Pending,
        was_installed: None,
        holder: Some(party(if of_c { "SUPC" } else { "SUPA" })),
        region: regions.into_iter().cycle().nth(usize::try_from(number % 3).unwrap()),
        firmware_version: Some(parsed(firmware_of(number))),
        model: model(),
    };
    let row = StockRow {
        chf: chf(number),
        location: parsed(if of_c { "SUPC-1" } else { "SUPA-1" }),
        delivered_on: Some(date(2021, 3, 1)),
        asn: None,
        pallet: Some(parsed(&format!("P{:05}", number / 896))),
        carton: None,
        packaging: Packaging::Sealed,
    };
    RequestedHub { hub: Ok(held), stock: Some(row), open_order: None }
}

/// A request and its facts, to be changed by a test.
struct TestRequest {
    request: ReflashRequest,
    facts: RequestFacts,
}

impl TestRequest {
    /// By SUPA for these hubs, to SUPA-1 on 2022-02-01, 09:00-12:00.
    fn hubs(numbers: &[u32]) -> Self {
        let line = |(line, number): (u32, &u32)| RequestLine {
            line,
            chf: Some(chf(*number)),
            firmware_version: Some(parsed(firmware_of(*number))),
            manufacturer: Some(model().manufacturer),
            model: Some(model().model),
            package: None,
        };
        let request = ReflashRequest {
            party: party("SUPA"),
            hubs: u32::try_from(numbers.len()).ok(),
            location: Some(parsed("SUPA-1")),
            redeliver_on: Some(date(2022, 2, 1)),
            window: Some(parsed("09:00-12:00")),
            site: None,
            lines: (2..).zip(numbers).map(line).collect(),
        };
        let facts = RequestFacts {
            location: Some(location("SUPA-1", LocationUse::OfParty(party("SUPA")))),
            sites: sites(),
            firmware: firmware_list(),
            hubs: numbers.iter().map(|number| Some(hub(*number))).collect(),
        };
        Self { request, facts }
    }

    fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    /// The hub of a line, counted from 0.
    fn held(&mut self, at: usize) -> &mut HeldHub {
        self.facts.hubs[at].as_mut().unwrap().hub.as_mut().unwrap()
    }

    fn row(&mut self, at: usize) -> &mut StockRow {
        self.facts.hubs[at].as_mut().unwrap().stock.as_mut().unwrap()
    }

    /// As a Party's other location.
    fn to(&mut self, id: &str, owner: &str) {
        self.request.location = Some(parsed::<LocationId>(id));
        self.facts.location = Some(location(id, LocationUse::OfParty(party(owner))));
    }

    fn assess(&self, world: &World) -> Assessment {
        assess(&self.request, &self.facts, world.at())
    }

    /// The labels of all reasons, each with its line where it has one.
    fn labels(&self, world: &World) -> Vec<String> {
        let label = |reason: &crate::domain::reflash::Reason| match reason.line {
            Some(line) => format!("{} {line}", reason.label),
            None => reason.label.to_string(),
        };
        self.assess(world).reasons.iter().map(label).collect()
    }
}
