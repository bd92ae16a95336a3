//! A generated stock of hubs, as CSV: S(N) of HUBS.md 8, and the lists that judge it.

use std::io::{self, Write};

pub(super) const USERS: &str = "\
user_id,party_signifier,roles,status
90-B3-D5-1F-30-01-00-00,SUPA,IS;GS,Active
90-B3-D5-1F-30-03-00-00,SUPC,IS;GS,Active
";

pub(super) const FIRMWARE: &str = "\
device_manufacturer,device_model,firmware_version,chts_version,gbcs_version,production_from,production_to
Sample Hubs,SH-C1,01000000,CHTS V1.0,1.1,2017-11-06,
Sample Hubs,SH-C1,02000000,CHTS V1.1,2.0,2020-07-01,
Sample Hubs,SH-C1,02010000,CHTS V1.1,2.1,2020-11-01,
Sample Hubs,SH-C1,03000000,CHTS V1.3,3.2,2021-06-01,
Sample Hubs,SH-C1,03000100,CHTS V1.3,3.2,2021-12-01,
";

pub(super) const CHARGES: &str = "\
regulatory_year,charge,band,cost
2021,REFLASH,,12
2021,K7.5(p),Single Band,30.87
2021,K7.5(p),Dual Band,58.75
";

/// What the sample is judged on.
pub(super) const CLOCK: &str = "2022-01-01T12:00:00Z";

/// The versions of ten hubs in a row: CHTS, GBCS, firmware.
const fn version(number: u64) -> (&'static str, &'static str, &'static str) {
    match number % 10 {
        0..=5 => ("1.0", "1.1", "01000000"),
        6 => ("1.1", "2.0", "02000000"),
        7 | 8 => ("1.1", "2.1", "02010000"),
        _ => ("1.3", "3.2", "03000000"),
    }
}

fn eui(number: u64) -> String {
    let [_, _, _, _, a, b, c, d] = number.to_be_bytes();
    format!("00-DB-55-00-{a:02X}-{b:02X}-{c:02X}-{d:02X}")
}

/// Writes the Devices: a CHF and a GPF for each hub, with that status and date of commissioning.
pub(super) fn write_devices(
    to: &mut dyn Write,
    hubs: u64,
    (status, commissioned): (&str, &str),
) -> io::Result<()> {
    writeln!(
        to,
        "device_id,device_type,status,device_manufacturer,device_model,smets_chts_version,firmware_version,\
         pre_notified_by,chf_device_id,associated_gpf_device_id,csp_region,gbcs_version,han_variant,date_commissioned"
    )?;
    for number in 0..hubs {
        let (chts, gbcs, firmware) = version(number);
        let (chf, gpf) = (eui(2 * number), eui(2 * number + 1));
        let user = if number % 4 == 3 { "03" } else { "01" };
        let more = format!("{status},Sample Hubs,SH-C1,CHTS V{chts},{firmware},90-B3-D5-1F-30-{user}-00-00");
        let region = match number % 3 {
            0 => "North",
            1 => "Central",
            _ => "South",
        };
        let band = if number.is_multiple_of(2) { "Single Band" } else { "Dual Band" };
        let place = format!("{region},{gbcs},{band},{commissioned}");
        writeln!(to, "{chf},CHF,{more},,{gpf},{place}\n{gpf},GPF,{more},{chf},,{place}")?;
    }
    Ok(())
}

/// Writes where they lie.
pub(super) fn write_stock(to: &mut dyn Write, hubs: u64) -> io::Result<()> {
    writeln!(to, "chf_device_id,location_id,delivered_on,pallet,packaging")?;
    for number in 0..hubs {
        let place = if number % 4 == 3 { "SUPC-1" } else { "SUPA-1" };
        writeln!(to, "{},{place},2021-03-01,P{:05},sealed", eui(2 * number), number / 896)?;
    }
    Ok(())
}
