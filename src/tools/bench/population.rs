//! The generated inventory: homes of four Devices, their registrations, Device Models and coverage, as CSV.

use std::io::{self, Write};

use crate::{
    db::Store,
    domain::{Eui64, Mpxn, Now},
    duis::signature::pki,
    store::{self, ImportFault, Kind},
};

/// The Supplier of every home.
pub(super) const SUPPLIER: Eui64 = pki::USERS[0].1;

/// Devices of a home: a CHF, its GPF, an ESME, a GSME.
const HOME: u64 = 4;
/// Homes in one import, so that memory does not grow with their number.
const BATCH: u64 = 25_000;
/// Homes that share a postcode.
const STREET: u64 = 20;
/// The EUI-64 of the first Device.
const FIRST: u64 = 0x0042_5E00_0000_0000;

const USERS: &str = "user_id,roles,status\n90-B3-D5-1F-30-01-00-00,IS;GS,Active\n";

/// The Device Models of the homes.
pub(super) const CPL: &str = "\
device_manufacturer,device_model,device_type,firmware_version,smets_chts_version,gbcs_version,status
BENCH,B-CH,CHF,02000000,CHTS V1.4,4.1,Active
BENCH,B-CH,GPF,02000000,CHTS V1.4,4.1,Active
BENCH,B-E1,ESME,01020304,SMETS2 V5.1,4.1,Active
BENCH,B-G1,GSME,01000001,SMETS2 V5.1,4.1,Active
";

/// Fills a store with that many Devices, rounded down to whole homes.
pub(super) fn fill(store: &Store, devices: u64, now: Now) -> Result<(), ImportFault> {
    import(store, Kind::Users, USERS, now)?;
    import(store, Kind::Cpl, CPL, now)?;
    let homes = homes(devices);
    let mut first = 0;
    while first < homes {
        let batch = first..homes.min(first + BATCH);
        import(store, Kind::Devices, &devices_of(batch.clone()), now)?;
        import(store, Kind::Registrations, &registrations_of(batch.clone()), now)?;
        first = batch.end;
    }
    import(store, Kind::Coverage, &coverage_of(homes), now)
}

/// Writes a file of that many Devices, rounded down to whole homes. Returns the number of its lines, the header not counted.
pub(super) fn write_devices(to: &mut dyn Write, devices: u64) -> io::Result<u64> {
    to.write_all(DEVICES_HEADER.as_bytes())?;
    let homes = homes(devices);
    for home in 0..homes {
        to.write_all(home_of_devices(home).as_bytes())?;
    }
    Ok(homes * HOME)
}

/// The number of homes of that many Devices.
pub(super) fn homes(devices: u64) -> u64 {
    (devices / HOME).max(1)
}

/// The ESME of a home.
pub(super) fn meter(home: u64) -> Eui64 {
    device(home, 2)
}

/// A Device that is not in the inventory.
pub(super) fn stranger(number: u64) -> Eui64 {
    Eui64::from_octets((0x0099_5E00_0000_0000 + number).to_be_bytes())
}

/// The postcode of a home.
pub(super) fn post_code(home: u64) -> String {
    let street = home / STREET;
    let letter = |at: u64| char::from(b'A' + u8::try_from(at % 26).unwrap_or_default());
    let (district, sector, unit) = (street / 6_760 % 100, street / 676 % 10, street % 676);
    format!("ZZ{district} {sector}{}{}", letter(unit / 26), letter(unit))
}

/// The UPRN of a home.
pub(super) const fn uprn(home: u64) -> u64 {
    300_000_000_000 + home
}

fn device(home: u64, which: u64) -> Eui64 {
    Eui64::from_octets((FIRST + home * HOME + which).to_be_bytes())
}

/// An MPAN with its check digit: an import would warn of each without.
fn mpan(home: u64) -> u64 {
    let first = (200_000_000_000 + home) * 10;
    let is_right =
        |mpan: &u64| mpan.to_string().parse().is_ok_and(|mpan: Mpxn| !mpan.has_wrong_check_digit());
    (first..first + 10).find(is_right).unwrap_or(first)
}

fn mprn(home: u64) -> u64 {
    9_000_000_000 + home
}

const DEVICES_HEADER: &str = "device_id,device_type,status,device_manufacturer,device_model,smets_chts_version,firmware_version,\
    esme_variant,pre_notified_by,chf_device_id,associated_gpf_device_id,import_mpxn,uprn,postcode,\
    address_identifier,csp_region,gbcs_version,connectivity\n";

fn devices_of(homes: std::ops::Range<u64>) -> String {
    homes.map(home_of_devices).fold(DEVICES_HEADER.to_owned(), |csv, home| csv + &home)
}

/// The lines of a home's Devices.
fn home_of_devices(home: u64) -> String {
    let (hub, gpf, electric, gas) = (device(home, 0), device(home, 1), device(home, 2), device(home, 3));
    let (mpan, mprn) = (mpan(home), mprn(home));
    let place = format!("{},{},{} Bench Street", uprn(home), post_code(home), home % STREET);
    format!(
        "{hub},CHF,Commissioned,BENCH,B-CH,CHTS V1.4,02000000,,{SUPPLIER},,{gpf},,{place},South,4.1,Cellular\n\
        {gpf},GPF,Commissioned,BENCH,B-CH,CHTS V1.4,02000000,,{SUPPLIER},{hub},,{mprn},{place},South,4.1,\n\
        {electric},ESME,Commissioned,BENCH,B-E1,SMETS2 V5.1,01020304,A,{SUPPLIER},{hub},,{mpan},{place},South,4.1,\n\
        {gas},GSME,Commissioned,BENCH,B-G1,SMETS2 V5.1,01000001,,{SUPPLIER},{hub},,{mprn},{place},South,4.1,\n"
    )
}

fn registrations_of(homes: std::ops::Range<u64>) -> String {
    let mut csv = "mpxn,role,user_id,effective_from\n".to_owned();
    for home in homes {
        let (mpan, mprn) = (mpan(home), mprn(home));
        csv += &format!("{mpan},IS,{SUPPLIER},2020-01-01\n{mprn},GS,{SUPPLIER},2020-01-01\n");
    }
    csv
}

/// Coverage of at most a thousand postcodes: large coverage has a benchmark of its own.
fn coverage_of(homes: u64) -> String {
    let mut csv =
        "csp_region,postcode,coverage_availability,wan_technology,connectivity_likelihood\n".to_owned();
    for street in 0..homes.div_ceil(STREET).min(1_000) {
        let post_code = post_code(street * STREET);
        csv += &format!("South,{post_code},true,Cellular,High\nNorth,{post_code},true,420,Medium\n");
    }
    csv
}

fn import(store: &Store, kind: Kind, csv: &str, now: Now) -> Result<(), ImportFault> {
    store::import(store, kind, csv.as_bytes(), now, &mut |_| ()).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn homes_are_whole_and_apart() {
        assert_eq!([0, 3, 4, 7, 8].map(homes), [1, 1, 1, 1, 2]);
        assert_ne!(meter(0), meter(1));
        assert_eq!(post_code(0), "ZZ0 0AA");
        assert_eq!(post_code(19), post_code(0));
        assert_eq!(post_code(20), "ZZ0 0AB");
        assert_eq!(post_code(20 * 676), "ZZ0 1AA");
        assert_eq!(post_code(20 * 6_760), "ZZ1 0AA");
    }
}
