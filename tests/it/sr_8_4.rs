//! The decision table of SR 8.4, walked exhaustively: every status, relation of the sender, class of Device and kind
//! of change, as signed messages in and signed answers out.

use std::fmt::Write as _;

use smi::{
    domain::{
        Body, ChangedDetails, DeviceType, EsmeVariant, Eui64, InventoryChange, MpxnKind, SmiStatus, StatusCh,
        StatusExceptCh, UpdateInventory,
    },
    store::Kind,
};

use crate::support::{OTHER_SUPPLIER, SUPPLIER, Smi};

/// A class of Devices that the rules tell apart.
#[derive(Clone, Copy, PartialEq)]
struct Class {
    name: &'static str,
    device_type: DeviceType,
    s1sp: &'static str,
}

const fn class(name: &'static str, device_type: DeviceType, s1sp: &'static str) -> Class {
    Class { name, device_type, s1sp }
}

const CLASSES: [Class; 9] = [
    class("ESME", DeviceType::Esme, ""),
    class("ESME (SMETS1)", DeviceType::Esme, "S1SP"),
    class("GSME", DeviceType::Gsme, ""),
    class("GPF", DeviceType::Gpf, ""),
    class("CHF", DeviceType::Chf, ""),
    class("HCALCS", DeviceType::Hcalcs, ""),
    class("PPMID", DeviceType::Ppmid, ""),
    class("IHD", DeviceType::Ihd, ""),
    class("CAD", DeviceType::Cad, ""),
];

/// Whether the sender pre-notified the Device, and whether it is its Responsible Supplier now.
const RELATIONS: [(&str, bool, bool); 4] = [
    ("neither", false, false),
    ("pre-notifier", true, false),
    ("responsible", false, true),
    ("both", true, true),
];

fn changes() -> Vec<(&'static str, InventoryChange)> {
    let details = |changed| InventoryChange::Details(changed);
    let variant = ChangedDetails { esme_variant: Some(EsmeVariant::Ade), ..ChangedDetails::default() };
    let model = ChangedDetails { model: Some("NEW".parse().unwrap()), ..ChangedDetails::default() };
    let both = ChangedDetails { model: model.model.clone(), ..variant.clone() };
    let mpan = || "1099999999999".parse().unwrap();
    vec![
        ("details: none", details(ChangedDetails::default())),
        ("details: variant", details(variant)),
        ("details: model", details(model)),
        ("details: model and variant", details(both)),
        ("status except CH: Pending", InventoryChange::StatusExceptCh(StatusExceptCh::Pending)),
        (
            "status except CH: InstalledNotCommissioned",
            InventoryChange::StatusExceptCh(StatusExceptCh::InstalledNotCommissioned),
        ),
        (
            "status CH: InstalledNotCommissioned",
            InventoryChange::StatusCh(StatusCh::InstalledNotCommissioned),
        ),
        ("status CH: Commissioned", InventoryChange::StatusCh(StatusCh::Commissioned)),
        ("status CH: Withdrawn", InventoryChange::StatusCh(StatusCh::Withdrawn)),
        ("delete", InventoryChange::Delete),
        ("MPxN: import MPAN", InventoryChange::Mpxn(MpxnKind::ImportMpxn, mpan())),
        ("MPxN: import MPRN", InventoryChange::Mpxn(MpxnKind::ImportMpxn, "9999999999".parse().unwrap())),
        ("MPxN: secondary MPAN", InventoryChange::Mpxn(MpxnKind::SecondaryImportMpan, mpan())),
        ("MPxN: export MPAN", InventoryChange::Mpxn(MpxnKind::ExportMpan, mpan())),
    ]
}

const REGISTRATIONS: &str = "\
mpxn,role,user_id,effective_from,effective_to
1000000000001,IS,90-B3-D5-1F-30-01-00-00,2020-01-01,
1000000000002,IS,90-B3-D5-1F-30-01-00-00,2020-01-01,2026-06-01T12:00:00Z
1000000000002,IS,90-B3-D5-1F-30-03-00-00,2026-06-01T12:00:00Z,
1000001,GS,90-B3-D5-1F-30-01-00-00,2020-01-01,
1000002,GS,90-B3-D5-1F-30-01-00-00,2020-01-01,2026-06-01T12:00:00Z
1000002,GS,90-B3-D5-1F-30-03-00-00,2026-06-01T12:00:00Z,
";

/// The statuses a class can have; Type 2 has none.
fn statuses(class: Class) -> Vec<Option<SmiStatus>> {
    if class.device_type.is_type_2() {
        vec![None]
    } else {
        SmiStatus::ALL.iter().copied().map(Some).collect()
    }
}

/// Writes the row of one Device, and of the meter that makes its sender responsible where it has none of its own.
fn write_device(
    csv: &mut String,
    number: u64,
    class: Class,
    status: Option<SmiStatus>,
    relation: (bool, bool),
) -> Eui64 {
    let id = |kind: u64| Eui64::from_octets((kind << 32 | number).to_be_bytes());
    let (device, chf, meter) = (id(1), id(2), id(3));
    let (pre_notifies, responsible) = relation;
    let pre_notifier = if pre_notifies { SUPPLIER } else { OTHER_SUPPLIER };
    let suffix = if responsible { 1 } else { 2 };
    let status = status.map_or("", SmiStatus::as_str);
    let (own_mpxn, own_chf) = match class.device_type {
        DeviceType::Esme => (format!("100000000000{suffix}"), String::new()),
        DeviceType::Gsme | DeviceType::Gpf => (format!("100000{suffix}"), String::new()),
        DeviceType::Chf | DeviceType::Ihd | DeviceType::Cad => (String::new(), String::new()),
        DeviceType::Hcalcs | DeviceType::Ppmid => (String::new(), chf.to_string()),
    };
    let variant = if class.device_type == DeviceType::Esme { "A" } else { "" };
    let device_type = class.device_type;
    let s1sp = class.s1sp;
    writeln!(csv, "{device},{device_type},{status},AB01,MODEL,2.0,1,{variant},{pre_notifier},{own_chf},{own_mpxn},{s1sp}").unwrap();
    let hub = if device_type == DeviceType::Chf { device } else { chf };
    if matches!(device_type, DeviceType::Chf | DeviceType::Hcalcs | DeviceType::Ppmid) {
        writeln!(csv, "{meter},ESME,Commissioned,AB01,MODEL,2.0,1,A,{SUPPLIER},{hub},100000000000{suffix},")
            .unwrap();
    }
    device
}

const HEADER: &str = "device_id,device_type,status,device_manufacturer,device_model,smets_chts_version,\
    firmware_version,esme_variant,pre_notified_by,chf_device_id,import_mpxn,s1sp\n";

/// MP125-T2, with MP125-R2, R3, R5, R6, R7 and Q3; SMI.md 4.
#[test]
fn the_whole_decision_table() {
    let smi = Smi::new();
    smi.import(Kind::Registrations, REGISTRATIONS);
    let mut csv = HEADER.to_owned();
    let mut cells = Vec::new();
    for (change_name, change) in changes() {
        for class in CLASSES {
            for status in statuses(class) {
                for (_, pre_notifies, responsible) in RELATIONS {
                    let number = u64::try_from(cells.len()).unwrap();
                    let device = write_device(&mut csv, number, class, status, (pre_notifies, responsible));
                    cells.push((change_name, class, status, device, change.clone()));
                }
            }
        }
    }
    smi.import(Kind::Devices, &csv);
    let codes = ask_all(&smi, &cells.iter().map(|cell| (cell.3, cell.4.clone())).collect::<Vec<_>>());
    let mut rows: Vec<(&str, &str, String, &[String])> = Vec::new();
    for (cell, codes) in cells.chunks(RELATIONS.len()).zip(codes.chunks(RELATIONS.len())) {
        let (change, class, status, ..) = cell[0];
        let status = status.map_or("no status", SmiStatus::as_str);
        match rows.last_mut() {
            Some((last_change, last_class, statuses, last))
                if *last_change == change && *last_class == class.name && *last == codes =>
            {
                write!(statuses, ", {status}").unwrap();
            }
            _ => rows.push((change, class.name, status.to_owned(), codes)),
        }
    }
    let mut table = String::new();
    let relations = RELATIONS.map(|(name, ..)| format!("{name:12}")).join(" ");
    let mut last = ("", "");
    for (change, class, statuses, codes) in rows {
        if last.0 != change {
            writeln!(table, "\n## {change}\n{:14} {}  statuses", "", relations).unwrap();
        }
        let shown = if last == (change, class) { "" } else { class };
        let codes = codes.iter().map(|code| format!("{code:12}")).collect::<Vec<_>>().join(" ");
        let all = statuses.split(", ").count() == SmiStatus::ALL.len();
        let statuses = if all { "any status" } else { &statuses };
        writeln!(table, "{shown:14} {codes}  {statuses}").unwrap();
        last = (change, class);
    }
    insta::assert_snapshot!("sr_8_4_decision_table", table);
}

/// Asks each change as the Supplier, from several threads so that commits are shared.
fn ask_all(smi: &Smi, asked: &[(Eui64, InventoryChange)]) -> Vec<String> {
    let ask = |(device_id, change): &(Eui64, InventoryChange)| {
        let update = UpdateInventory { device_id: *device_id, change: change.clone() };
        smi.ask(SUPPLIER, Body::UpdateInventory(update)).code
    };
    let parts = asked.chunks(asked.len().div_ceil(16)).collect::<Vec<_>>();
    std::thread::scope(|scope| {
        let threads = parts.iter().map(|part| scope.spawn(|| part.iter().map(ask).collect::<Vec<_>>()));
        let threads = threads.collect::<Vec<_>>();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    })
}

/// MP125-R9: every version of DUIS decides alike.
#[test]
fn mp125_r9_every_version_decides_alike() {
    let smi = Smi::new();
    smi.import(Kind::Registrations, REGISTRATIONS);
    let esme = CLASSES[0];
    let mut csv = HEADER.to_owned();
    let commissioned = Some(SmiStatus::Commissioned);
    let ours = write_device(&mut csv, 1, esme, commissioned, (false, true));
    let others = write_device(&mut csv, 2, esme, commissioned, (true, false));
    smi.import(Kind::Devices, &csv);
    for version in ["4.9", "5.0", "5.1", "5.2", "5.3", "5.4", "6.0"] {
        let code = |device_id, (_, change): &(&str, InventoryChange)| {
            let update = UpdateInventory { device_id, change: change.clone() };
            let mut request = smi.request(SUPPLIER, Body::UpdateInventory(update));
            request.schema_version = version.parse().unwrap();
            smi.post(&smi.signed(&request)).code
        };
        let [_, variant, model, ..] = &changes()[..] else { panic!("the changes") };
        let codes = [code(ours, variant), code(others, variant), code(ours, model)];
        assert_eq!(codes, ["I99", "E080407", "E080406"], "{version}");
    }
}
