//! Imports of the kinds of hub stock: what they replace, and what they refuse.

use std::fmt::Write as _;

use crate::store::{
    Changes, ImportFault, Imported, Kind, Origin, import_from,
    testing::{TempStore, fixture, now},
};

/// The message of a file that is refused; nothing of it is there then.
fn refusal(temp: &TempStore, kind: Kind, csv: &str) -> String {
    let before = temp.dump(kind);
    let fault = temp.load(kind, csv).unwrap_err().to_string();
    assert_eq!(temp.dump(kind), before, "nothing may be imported");
    fault
}

fn load(temp: &TempStore, kind: Kind, csv: &str, dry_run: bool) -> Result<Imported, ImportFault> {
    let origin = Origin { dry_run, ..Origin::named("test") };
    import_from(&temp.store, kind, &mut csv.as_bytes(), &origin, now("2026-01-01"), &mut |_| ())
}

/// HUBS.md 2: no two of one model with the same production_from.
#[test]
fn faults_of_the_firmware_list_are_named() {
    insta::assert_snapshot!(refusal(&TempStore::new(), Kind::HubFirmware, concat!(
        "device_manufacturer,device_model,firmware_version,chts_version,gbcs_version,production_from,production_to\n",
        "M,X,01,CHTS V1.0,1.1,2020-01-01,\n",
        "M,X,01,CHTS V1.0,1.1,2020-02-01,\n",
        "M,X,02,CHTS V1.0,1.1,2020-01-01,\n",
        "M,Y,02,CHTS V1.0,1.1,2020-01-01,2019-12-31\n",
        "M,Y,123456789,,,2022-02-29,31/01/22\n",
        "M,Y,03,CHTS V1.0,1.1,2020-01-01,2020-01-01\n",
    )), @"
    line 3, column `firmware_version`: `M, X, 01` is on line 2 too
    line 4, column `production_from`: `M, X, 2020-01-01` is on line 2 too
    line 5, column `production_to`: `2019-12-31` is before production_from `2020-01-01`
    line 6, column `firmware_version`: `123456789` is not a FirmwareVersion: 1 to 8 characters that XML can carry
    line 6, column `chts_version`: empty, but must be a SMETSCHTSVersion: 1 to 20 characters that XML can carry
    line 6, column `gbcs_version`: empty, but must be a short text: 1 to 100 characters that XML can carry
    line 6, column `production_from`: `2022-02-29` is not a date like `2026-01-31`
    line 6, column `production_to`: `31/01/22` is not a date like `2026-01-31`
    ");
}

/// HUBS.md 2, 7: a Party's, or a site with regions; never both.
#[test]
fn faults_of_locations_are_named() {
    insta::assert_snapshot!(refusal(&TempStore::new(), Kind::Locations, concat!(
        "location_id,party_signifier,csp_regions,name,address,postcode,contact_email,max_hubs,hubs_per_month,deliveries_per_window\n",
        "A,SUPA,North,n,a,ZZ1 1AA,a@b.example,,,\n",
        "B,,,n,a,ZZ1 1AA,a@b.example,,,\n",
        "C,SUPA,,n,a,ZZ1 1AA,a@b.example,1,,2\n",
        "D,,North;Unknown,n,a,ZZ1 1AA,a@b.example,,,\n",
        "D,,North;North,n,a,ZZ1 1AA,a@b.example,0,-1,x\n",
        ",SUPA,,,,ZZ1,a,,,\n",
        "E,SUPA,,n,a,ZZ1 1AA,a@b.example,,,\n",
        "E,SUPC,,n,a,ZZ1 1AA,a@b.example,,,\n",
    )), @"
    line 2, column `csp_regions`: party_signifier is `SUPA`, too: a location is a Party's, or a site
    line 3, column `csp_regions`: empty, as party_signifier is: a location is a Party's, or a site with regions
    line 4, column `max_hubs`: `1`, but only a site with csp_regions has limits
    line 4, column `deliveries_per_window`: `2`, but only a site with csp_regions has limits
    line 5, column `csp_regions`: `Unknown` is no region that a site serves
    line 6, column `csp_regions`: `North;North` names something twice
    line 6, column `max_hubs`: `0` is not a limit: a whole number from 1 to 100000000
    line 6, column `hubs_per_month`: `-1` is not a limit: a whole number from 1 to 100000000
    line 6, column `deliveries_per_window`: `x` is not a limit: a whole number from 1 to 100000000
    line 7, column `location_id`: empty, but must be a location ID: 1 to 40 characters that XML can carry
    line 7, column `name`: empty, but must be a text: 1 to 250 characters that XML can carry
    line 7, column `address`: empty, but must be a text: 1 to 250 characters that XML can carry
    line 7, column `postcode`: `ZZ1` is not a PostCode: 6 to 8 characters that XML can carry
    line 7, column `contact_email`: `a` is not a mail address like `stock@supplier.example`
    line 9, column `location_id`: `E` is on line 8 too
    ");
}

/// HUBS.md 2, 7: a unit is that of a site, and stays so.
#[test]
fn a_unit_without_a_site_is_refused_however_it_comes_about() {
    let temp = TempStore::new();
    let units = "unit_id,location_id,places,check_due_on\nU1,FLASH-CS,8,2022-06-30\nU2,SUPA-1,8,2022-06-30\n";
    let none = refusal(&temp, Kind::Units, units);
    temp.load(Kind::Locations, &fixture(Kind::Locations)).unwrap();
    let of_a_party = refusal(&temp, Kind::Units, units);
    let other = refusal(
        &temp,
        Kind::Units,
        concat!(
            "unit_id,location_id,places,check_due_on\n",
            "U1,FLASH-CS,0,2022-06-30\n",
            "U1,FLASH-CS,65,30/06/2022\n",
            "U3,FLASH-CS,8,2022-06-30\n",
            "U3,FLASH-N,8,2022-06-30\n",
        ),
    );
    temp.load(Kind::Units, &fixture(Kind::Units)).unwrap();
    let without = fixture(Kind::Locations).replace("FLASH-CS", "FLASH-S");
    let left = refusal(&temp, Kind::Locations, &without);
    assert!(load(&temp, Kind::Locations, &without, true).is_err(), "a dry run says the same");
    insta::assert_snapshot!([none, of_a_party, other, left].join("\n---\n"), @"
    line 2, column `location_id`: `FLASH-CS` is no site that is loaded
    line 3, column `location_id`: `SUPA-1` is no site that is loaded
    ---
    line 3, column `location_id`: `SUPA-1` is no site that is loaded
    ---
    line 2, column `places`: `0` is not a number of places: a whole number from 1 to 64
    line 3, column `places`: `65` is not a number of places: a whole number from 1 to 64
    line 3, column `check_due_on`: `30/06/2022` is not a date like `2026-01-31`
    line 5, column `unit_id`: `U3` is on line 4 too
    ---
    line 1: the unit `U1` is at `FLASH-CS`, which is no site of this list
    line 1: the unit `U2` is at `FLASH-CS`, which is no site of this list
    line 1: the unit `U3` is at `FLASH-CS`, which is no site of this list
    ");
}

/// HUBS.md 2, 7: no two charges for one year and band; pounds, 0 to 10,000, at most two decimals.
#[test]
fn faults_of_charges_and_forecasts_are_named() {
    let temp = TempStore::new();
    let charges = refusal(
        &temp,
        Kind::Charges,
        concat!(
            "regulatory_year,charge,band,cost\n",
            "2022,REFLASH,,12.50\n",
            "2022,REFLASH,,13\n",
            "2022,K7.5(p),Dual Band,58.75\n",
            "2022,K7.5(p),DBCH,58.75\n",
            "2022/23,K7.5(q),,10000.01\n",
            "2022,K7.5(o),,8.275\n",
        ),
    );
    let forecasts = refusal(
        &temp,
        Kind::Forecasts,
        concat!(
            "party_signifier,location_id,period_from,hubs,given_on\n",
            "SUPA,FLASH-N,2022-01-01,5000,2021-12-01\n",
            "SUPA,FLASH-N,2022-01-01,6000,2021-12-02\n",
            ",,2022-13-01,-5,\n",
        ),
    );
    insta::assert_snapshot!([charges, forecasts].join("\n---\n"), @"
    line 3, column `charge`: `2022, REFLASH, every band` is on line 2 too
    line 5, column `charge`: `2022, K7.5(p), Dual Band` is on line 4 too
    line 6, column `regulatory_year`: `2022/23` is not a Regulatory Year, the four digits it begins in
    line 6, column `charge`: `K7.5(q)` is not a charge: one of REFLASH, K7.5(o), K7.5(p)
    line 6, column `cost`: `10000.01` is not pounds from 0 to 10000 with at most two decimals, like `30.87`
    line 7, column `cost`: `8.275` is not pounds from 0 to 10000 with at most two decimals, like `30.87`
    ---
    line 3, column `period_from`: `SUPA, FLASH-N, 2022-01-01` is on line 2 too
    line 4, column `party_signifier`: empty, but must be a party signifier: 1 to 100 characters that XML can carry
    line 4, column `location_id`: empty, but must be a location ID: 1 to 40 characters that XML can carry
    line 4, column `period_from`: `2022-13-01` is not a date like `2026-01-31`
    line 4, column `hubs`: `-5` is not a number of hubs: a whole number from 0 to 100000000
    line 4, column `given_on`: empty, but must be a date like `2026-01-31`
    ");
}

/// As of the Central Products List: a file without lines is refused, unless that is said to be meant.
#[test]
fn a_list_is_not_emptied_by_mistake() {
    for kind in [Kind::HubFirmware, Kind::Locations, Kind::Units, Kind::Charges, Kind::Forecasts] {
        let temp = TempStore::new();
        assert!(kind.is_replaced_whole());
        if kind == Kind::Units {
            temp.load(Kind::Locations, &fixture(Kind::Locations)).unwrap();
        }
        temp.load(kind, &fixture(kind)).unwrap();
        let header = fixture(kind).lines().next().unwrap().to_owned() + "\n";
        let ImportFault::Rows { faults, .. } = load(&temp, kind, &header, false).unwrap_err() else {
            panic!("{kind}: the file is refused");
        };
        assert!(faults[0].reason.starts_with("no lines follow the header"), "{kind}: {faults:?}");
        assert_eq!(temp.load(kind, &header).unwrap(), 0);
        assert_eq!(temp.dump(kind).lines().count(), 1, "{kind}");
    }
}

/// HUBS.md 2: stock replaces the hubs it names, and may be loaded before the Device.
#[test]
fn stock_replaces_the_hubs_it_names_in_several_batches() {
    let temp = TempStore::new();
    let rows = |numbers: std::ops::Range<u32>, packaging: &str| {
        let mut csv = "chf_device_id,location_id,delivered_on,asn,pallet,carton,packaging\n".to_owned();
        for number in numbers {
            let hub = format!("00-DB-55-00-00-00-{:02X}-{:02X}", number / 256, number % 256);
            writeln!(csv, "{hub},SUPA-1,2021-03-01,ASN-1,P1,,{packaging}").unwrap();
        }
        csv
    };
    let counted = |imported: &Imported| {
        let Changes { added, replaced, unchanged, removed, .. } = &imported.changes;
        (added.total, replaced.total, *unchanged, removed.total)
    };
    let first = rows(0..2_500, "sealed");
    assert_eq!(counted(&load(&temp, Kind::Stock, &first, true).unwrap()), (2_500, 0, 0, 0));
    assert_eq!(temp.dump(Kind::Stock).lines().count(), 1);
    assert_eq!(counted(&load(&temp, Kind::Stock, &first, false).unwrap()), (2_500, 0, 0, 0));
    assert_eq!(temp.dump(Kind::Stock), first);
    let second = rows(2_499..2_501, "opened");
    let foreseen = load(&temp, Kind::Stock, &second, true).unwrap();
    assert_eq!(counted(&foreseen), (1, 1, 0, 0));
    let changes = foreseen.changes.first.iter().map(|change| {
        let values = change.values.iter().map(|value| {
            let text = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
            format!("{}: {} to {}", value.column, text(&value.before), text(&value.after))
        });
        format!("{} {}: {}", change.kind, change.key, values.collect::<Vec<_>>().join(", "))
    });
    insta::assert_snapshot!(changes.collect::<Vec<_>>().join("\n"), @"
    changed 00-DB-55-00-00-00-09-C3: packaging: sealed to opened
    new 00-DB-55-00-00-00-09-C4: chf_device_id: - to 00-DB-55-00-00-00-09-C4, location_id: - to SUPA-1, delivered_on: - to 2021-03-01, asn: - to ASN-1, pallet: - to P1, packaging: - to opened
    ");
    assert_eq!(load(&temp, Kind::Stock, &second, false).unwrap(), foreseen);
    let dump = temp.dump(Kind::Stock);
    assert_eq!((dump.lines().count(), dump.matches("opened").count()), (2_502, 2));
    assert_eq!(counted(&load(&temp, Kind::Stock, &second, false).unwrap()), (0, 0, 2, 0));
}

#[test]
fn faults_of_stock_are_named_and_a_hub_on_two_lines_is_found_however_far_apart() {
    let temp = TempStore::new();
    let mut csv = fixture(Kind::Stock);
    for number in 0..2_000 {
        writeln!(csv, "00-DB-55-00-00-01-{:02X}-{:02X},SUPA-1,,,sealed", number / 256, number % 256).unwrap();
    }
    csv.push_str("00-DB-55-00-00-00-00-02,SUPA-1,2021-03-01,P00000,sealed\n");
    let doubled = refusal(&temp, Kind::Stock, &csv);
    csv.push_str("00-DB-55-00-00-00-00,,2022-02-29,P1,torn\n");
    insta::assert_snapshot!([doubled, refusal(&temp, Kind::Stock, &csv)].join("\n---\n"), @"
    line 2012, column `chf_device_id`: `00-DB-55-00-00-00-00-02` is on line 3 too
    ---
    line 2012, column `chf_device_id`: `00-DB-55-00-00-00-00-02` is on line 3 too
    line 2013, column `chf_device_id`: `00-DB-55-00-00-00-00` is not an EUI-64: 16 hex digits in pairs joined by `-`
    line 2013, column `location_id`: empty, but must be a location ID: 1 to 40 characters that XML can carry
    line 2013, column `delivered_on`: `2022-02-29` is not a date like `2026-01-31`
    line 2013, column `packaging`: `torn` is not a packaging: one of sealed, opened, damaged
    ");
}
