//! MP139-D2: when firmware was available, by region and band, against the deadlines of MP139.

use smi::{
    domain::{CspRegion, HubReport},
    service::hubs::ReportQuestion,
    store::Kind,
};

use super::sample::{DEVICES, Rows, about, fixture, hub};
use crate::support::Smi;

/// A hub of GBCS 2.0 of each model; the numbers give region and Supplier: North and Central; SUPA, SUPC, SUPA.
const HUBS: [(u32, &str); 3] = [(6, "N-SBCH"), (3, "N-DBCH"), (1, "CS-DBCH")];

fn world() -> Smi {
    let smi = Smi::new();
    smi.move_to("2021-01-20T12:00:00Z");
    smi.import(Kind::Users, &fixture("inventory/users.csv"));
    smi.import(Kind::HubFirmware, &fixture("firmware/hub-firmware.csv"));
    let rows = HUBS.map(|(number, model)| {
        let of_2_0 = hub(number, "Pending", "").replace("CHTS V1.0,01000000", "CHTS V1.1,02000000");
        of_2_0.replace(",1.1,", ",2.0,").replace("SH-C1", model)
    });
    smi.import(Kind::Devices, &(DEVICES.to_owned() + &rows.concat()));
    smi
}

/// MP139-D2, MP139-R14: before MP139 the firmware of GBCS 2.1 for North's single band hubs came a day after the deadline; with its
/// year more, none is late.
#[test]
fn mp139_d2_the_month_of_firmware_is_compared_with_the_deadline() {
    let smi = world();
    let plan = |day: &str, party: &str, region| {
        let asked = ReportQuestion {
            party: Some(party.to_owned()),
            region: Some(region),
            ..about(HubReport::Plan, day)
        };
        let columns = ["gbcs_version", "in_stock", "target_gbcs", "deadline", "available_from", "late"];
        Rows::of(&smi, &asked).columns(&columns).join("; ")
    };
    let hubs = [("SUPA", CspRegion::North), ("SUPC", CspRegion::North), ("SUPA", CspRegion::Central)];
    assert_eq!(
        hubs.map(|(party, region)| plan("2021-01-20", party, region)),
        [
            "2.0 1 2.1 2021-02-28 2021-03-01 true",
            "2.0 1 2.1 2021-02-28 2021-02-01 false",
            "2.0 1 2.1 2021-02-28 2020-11-01 false",
        ]
    );
    assert_eq!(
        hubs.map(|(party, region)| plan("2021-01-21", party, region)),
        [
            "2.0 1 2.1 2022-02-28 2021-03-01 false",
            "2.0 1 2.1 2022-02-28 2021-02-01 false",
            "2.0 1 2.1 2022-02-28 2020-11-01 false",
        ]
    );
}
