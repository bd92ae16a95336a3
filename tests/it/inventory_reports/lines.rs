//! Which hub stands in a line of the estate.

use smi::{
    domain::{Eui64, InventoryReport},
    store::Kind,
};

use super::{asked, id, rows};
use crate::support::Smi;

const HEADER: &str = "device_id,device_type,status,device_manufacturer,device_model,firmware_version,chf_device_id,\
    associated_gpf_device_id,import_mpxn\n";

const MPRN: &str = "9100000001";

fn line(device: Eui64, of: &str, status: &str, rest: &str) -> String {
    format!("{device},{of},{status},AB01,M 1,01,{rest}\n")
}

/// Two hubs, each with its GPF; a GSME on the first one, and the GPF of the second one at the same supply point.
fn home(gsme: &str, gpf: &str) -> String {
    let hub = |last| line(id(last), "CHF", "Commissioned", &format!(",{},", id(last + 1)));
    let of_hub = |last: u8, status, mprn| line(id(last + 1), "GPF", status, &format!("{},,{mprn}", id(last)));
    [
        HEADER.to_owned(),
        hub(10),
        of_hub(10, "Commissioned", ""),
        hub(20),
        of_hub(20, gpf, MPRN),
        line(id(30), "GSME", gsme, &format!("{},,{MPRN}", id(10))),
    ]
    .concat()
}

/// U5: a hub whose meter is dead is not that of the supply point.
#[test]
fn u5_the_hub_of_a_line_is_that_of_the_device_in_use_and_of_gas_of_the_gpf() {
    for (gsme, gpf, hub) in [
        ("Decommissioned", "Commissioned", 20),
        ("Commissioned", "Commissioned", 20),
        ("Commissioned", "Decommissioned", 10),
    ] {
        let smi = Smi::new();
        smi.import(Kind::Devices, &home(gsme, gpf));
        let question = asked(InventoryReport::Estate, None, None);
        let found = rows(&smi, &question, &["mpxn", "gsme_status", "gpf_status", "chf_device_id"]);
        assert_eq!(found, [format!("{MPRN} {gsme} {gpf} {}", id(hub))]);
    }
}
