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

pub(super) const LOCATIONS: &str = "\
location_id,party_signifier,csp_regions,name,address,postcode,contact_email,max_hubs,hubs_per_month,deliveries_per_window
SUPA-1,SUPA,,Alder store,1 Store Road,ZZ1 1CC,stock@alder.example,,,
SUPC-1,SUPC,,Cedar store,2 Store Road,ZZ2 2CC,stock@cedar.example,,,
FLASH-CS,,Central;South,South site,2 Jig Road,ZZ4 4CC,south@site.example,,,
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

const fn region(number: u64) -> &'static str {
    match number % 3 {
        0 => "North",
        1 => "Central",
        _ => "South",
    }
}

const fn band(number: u64) -> &'static str {
    if number.is_multiple_of(2) { "Single Band" } else { "Dual Band" }
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
        let place = format!("{},{gbcs},{},{commissioned}", region(number), band(number));
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

/// The hubs, by their numbers, that their Supplier may have re-flashed at the site: of the oldest version, in the regions that it serves.
pub(super) fn asked(hubs: u64) -> impl Iterator<Item = u64> {
    (0..hubs).filter(|number| number % 4 != 3 && number % 3 != 0 && number % 10 < 6)
}

/// The file of a request for these hubs.
pub(super) fn request(numbers: &[u64]) -> String {
    let header = "chf_device_id,firmware_version,device_manufacturer,device_model\n".to_owned();
    let line = |number: &u64| format!("{},01000000,Sample Hubs,SH-C1\n", eui(2 * number));
    numbers.iter().map(line).fold(header, |file, line| file + &line)
}

/// The DCC's file that gives these hubs the newest firmware.
pub(super) fn ssmi(numbers: &[u64]) -> String {
    let line = |number: &u64| format!("{},03000100\n", eui(2 * number));
    numbers.iter().map(line).fold("chf_device_id,firmware_version\n".to_owned(), |file, line| file + &line)
}

/// What the CSP of Central and South tells of new hubs.
pub(super) fn n3(numbers: std::ops::Range<u64>) -> String {
    let hub = |number: u64| {
        let (chts, gbcs, firmware) = version(number);
        let region = if number.is_multiple_of(2) { "Central" } else { "South" };
        format!(
            "<Hub chfDeviceId=\"{}\" gpfDeviceId=\"{}\" manufacturer=\"Sample Hubs\" model=\"SH-C1\" firmwareVersion=\"{firmware}\" \
             chtsVersion=\"CHTS V{chts}\" gbcsVersion=\"{gbcs}\" hanVariant=\"{}\" cspRegion=\"{region}\" \
             receivingUser=\"90-B3-D5-1F-30-01-00-00\"/>",
            eui(2 * number),
            eui(2 * number + 1),
            band(number)
        )
    };
    let head = "<HubNotifications xmlns=\"urn:smi:cspm-n3:1\" batchId=\"1\">".to_owned();
    numbers.map(hub).fold(head, |message, hub| message + &hub) + "</HubNotifications>"
}
