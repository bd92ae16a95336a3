//! What was gained and is not commissioned (FACTS.md U1, MP281).

use smi::{domain::InventoryReport, store::Kind};

use super::{HEADER, asked, esme, id, rows};
use crate::support::{OTHER_SUPPLIER, SUPPLIER, Smi};

const REGISTRATIONS: &str = "mpxn,role,user_id,effective_from,effective_to\n";

/// U1, MP281: meters that another Supplier pre-notified, and that are not commissioned.
#[test]
fn u1_what_was_gained_and_is_not_commissioned_is_listed() {
    let smi = Smi::new();
    let devices = [(1, "InstalledNotCommissioned"), (2, "Commissioned"), (3, "Whitelisted"), (4, "Pending")];
    let devices = devices.map(|(last, status)| esme(last, status, "A")).concat();
    smi.import(Kind::Devices, &(HEADER.to_owned() + &devices));
    let line = |last: u8, user| format!("10000000000{last:02},IS,{user},2026-05-0{last},\n");
    let registrations =
        [line(1, OTHER_SUPPLIER), line(2, OTHER_SUPPLIER), line(3, SUPPLIER), line(4, OTHER_SUPPLIER)];
    smi.import(Kind::Registrations, &format!("{REGISTRATIONS}{}", registrations.concat()));
    let question = asked(InventoryReport::GainedNotCommissioned, None, None);
    let found = rows(&smi, &question, &["device_id", "status", "gained_by", "gained_on"]);
    assert_eq!(
        found,
        [
            format!("{} InstalledNotCommissioned {OTHER_SUPPLIER} 2026-05-01", id(1)),
            format!("{} Pending {OTHER_SUPPLIER} 2026-05-04", id(4)),
        ]
    );
    let other = asked(InventoryReport::GainedNotCommissioned, None, Some("INST"));
    assert!(rows(&smi, &other, &["device_id"]).is_empty());
}

/// Without a pre-notifier only what was registered since the meter joined was gained.
#[test]
fn u1_without_a_pre_notifier_it_must_have_been_registered_since_it_joined() {
    let smi = Smi::new();
    let of_nobody = |last| esme(last, "Pending", "A").replace(&SUPPLIER.to_string(), "");
    smi.import(Kind::Devices, &(HEADER.to_owned() + &of_nobody(1) + &of_nobody(2)));
    smi.move_to("2026-06-03T00:00:00Z");
    let line = |last: u8, from: &str| format!("10000000000{last:02},IS,{OTHER_SUPPLIER},{from},\n");
    let registrations = line(1, "2026-05-01") + &line(2, "2026-06-02");
    smi.import(Kind::Registrations, &format!("{REGISTRATIONS}{registrations}"));
    let question = asked(InventoryReport::GainedNotCommissioned, None, None);
    let columns = ["device_id", "pre_notified_by", "gained_by", "gained_on"];
    assert_eq!(rows(&smi, &question, &columns), [format!("{}  {OTHER_SUPPLIER} 2026-06-02", id(2))]);
}

/// A line a supply point, each with who gained it; of a Party what it gained itself.
#[test]
fn u1_each_supply_point_has_who_gained_it() {
    let smi = Smi::new();
    let third = "00-DB-12-34-56-78-00-09";
    smi.import(Kind::Users, &format!("user_id,party_signifier,roles,status\n{third},THIRD,IS,Active\n"));
    let header = HEADER.replace("import_mpxn", "import_mpxn,secondary_import_mpan");
    let meter = |last, secondary: &str| format!("{},{secondary}\n", esme(last, "Pending", "A").trim_end());
    let devices = meter(1, "1000000000051") + &meter(2, "1000000000052");
    smi.import(Kind::Devices, &(header + &devices));
    let line = |mpxn: &str, user: &str, from: &str| format!("{mpxn},IS,{user},{from},\n");
    let other = OTHER_SUPPLIER.to_string();
    let registrations = line("1000000000001", &other, "2026-05-01")
        + &line("1000000000051", third, "2026-05-02")
        + &line("1000000000002", &SUPPLIER.to_string(), "2026-05-03")
        + &line("1000000000052", third, "2026-05-04");
    smi.import(Kind::Registrations, &format!("{REGISTRATIONS}{registrations}"));
    let of = |party| {
        let question = asked(InventoryReport::GainedNotCommissioned, None, party);
        rows(&smi, &question, &["mpxn", "gained_by", "gained_on"])
    };
    let lines = [
        format!("1000000000001 {other} 2026-05-01"),
        format!("1000000000051 {third} 2026-05-02"),
        format!("1000000000052 {third} 2026-05-04"),
    ];
    assert_eq!(of(None), lines);
    assert_eq!(of(Some("GAIN")), lines[..1]);
    assert_eq!(of(Some("THIRD")), lines[1..]);
    assert!(of(Some("INST")).is_empty(), "it supplies one, and pre-notified it");
}
