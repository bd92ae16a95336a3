//! What a correction by SR 8.4 writes more, as its change is kept: no row and no page of its own.

use std::path::Path;

use smi::{
    db::Store,
    domain::{Body, ChangedDetails, EsmeVariant, Eui64, InventoryChange, UpdateInventory},
    store::Kind,
};

use crate::support::{SUPPLIER, Smi};

const METERS: u8 = 100;

const fn meter(number: u8) -> Eui64 {
    Eui64::from_octets([0, 0xDB, 0x12, 0x34, 0x56, 0x78, 0x90, number])
}

fn smi(folder: &Path) -> Smi {
    let url = format!("sqlite://{}", folder.join("smi.db").display());
    let smi = Smi::with_store(Store::open(&url).unwrap());
    let mut devices =
        "device_id,device_type,status,device_manufacturer,device_model,esme_variant,import_mpxn\n".to_owned();
    for number in 0..METERS {
        devices += &format!("{},ESME,Commissioned,AB01,M,A,1000000000001\n", meter(number));
    }
    smi.import(Kind::Devices, &devices);
    smi.import(
        Kind::Registrations,
        "mpxn,role,user_id,effective_from,effective_to\n1000000000001,IS,90-B3-D5-1F-30-01-00-00,2020-01-01,\n",
    );
    smi
}

/// The bytes of the write-ahead log, which a reader keeps from being used anew.
fn log_bytes(folder: &Path) -> u64 {
    std::fs::metadata(folder.join("smi.db-wal")).unwrap().len()
}

/// The bytes that corrections of every meter to that variant write.
fn written(smi: &Smi, folder: &Path, variant: EsmeVariant) -> u64 {
    let before = log_bytes(folder);
    for number in 0..METERS {
        let change = ChangedDetails { esme_variant: Some(variant), ..ChangedDetails::default() };
        let change = InventoryChange::Details(change);
        let body = Body::UpdateInventory(UpdateInventory { device_id: meter(number), change });
        assert_eq!(smi.ask(SUPPLIER, body).code, "I99");
    }
    log_bytes(folder) - before
}

/// Beside a correction to the variant that the meter has already: it writes all that it wrote before changes were kept.
#[test]
fn a_correction_that_is_kept_writes_at_most_3_percent_more() {
    let folder = tempfile::tempdir().unwrap();
    let smi = smi(folder.path());
    let (same, other) = smi.read(|connection| {
        // The snapshot begins with its first query.
        smi::store::find_device(connection, meter(0))?;
        // The log is used anew from its beginning, once: until it is longer than it was, its length says nothing.
        for _ in 0..3 {
            written(&smi, folder.path(), EsmeVariant::A);
        }
        let same = written(&smi, folder.path(), EsmeVariant::A);
        Ok((same, written(&smi, folder.path(), EsmeVariant::Ade)))
    });
    println!("log bytes of {METERS} corrections: {same} without a change, {other} with one");
    assert!(other * 100 <= same * 103, "{same} {other}");
    let rows = smi.read(|connection| {
        let pages = [0, 1].map(|number| {
            smi::store::history_of_device(connection, meter(number), smi::store::PageRequest::first(9))
        });
        let mut rows = 0;
        for page in pages {
            rows += page?.rows.len();
        }
        Ok(rows)
    });
    assert_eq!(rows, 2, "a correction is no row of the history");
    assert_eq!(smi.service.device_history(meter(0), None, 9).unwrap().unwrap().changes.len(), 2);
}
