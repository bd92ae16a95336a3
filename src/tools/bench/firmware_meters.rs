//! The SMETS1 meters of `smi bench firmware`: their inventory, the image that they activate, and the requests about them.

use std::ops::Range;

use super::{
    messages::MessageFault,
    population::{CPL, SUPPLIER},
};
use crate::{
    db::Store,
    domain::{
        ActivateFirmware, Body, CommandVariant, Eui64, FirmwareHash, FirmwareImage, Now, Request, RequestId,
        SchemaVersion, UpdateFirmware,
    },
    duis::{
        signature::{self, Signer, pki},
        xml,
    },
    store::{self, ImportFault, Kind},
};

/// The EUI-64 of the first meter.
const FIRST: u64 = 0x0043_5E00_0000_0000;
/// Its import MPxN.
const FIRST_MPXN: u64 = 3_000_000_000_000;
/// Meters in one import, so that memory does not grow with their number.
const BATCH: u64 = 100_000;
/// The version that the image brings.
const VERSION: &str = "0B000001";
/// The image's hash, and its size: a large one.
const HASH: FirmwareHash = FirmwareHash::from_octets([0xBE; 32]);
const BYTES: u32 = 900_000;

/// Puts the image on the register, its Device Model beside those of the Central Products List, and that many meters into the store.
pub(super) fn fill(store: &Store, meters: u64, now: Now) -> Result<(), ImportFault> {
    // A file replaces the list, so that of the homes stands in it too.
    let cpl = format!("{CPL}BENCH,B-S1,ESME,01020304,,,Active\nBENCH,B-S1,ESME,{VERSION},,,Active\n");
    import(store, Kind::Cpl, &cpl, now)?;
    let image = format!(
        "firmware_hash,size_bytes,firmware_version,device_manufacturer,device_model,device_type\n\
        {HASH},{BYTES},{VERSION},BENCH,B-S1,ESME\n"
    );
    import(store, Kind::Firmware, &image, now)?;
    let mut first = 0;
    while first < meters {
        let batch = first..meters.min(first + BATCH);
        import(store, Kind::Devices, &devices(batch.clone()), now)?;
        import(store, Kind::Registrations, &registrations(batch.clone()), now)?;
        first = batch.end;
    }
    Ok(())
}

fn import(store: &Store, kind: Kind, csv: &str, now: Now) -> Result<(), ImportFault> {
    store::import(store, kind, csv.as_bytes(), now, &mut |_| ()).map(|_| ())
}

fn devices(meters: Range<u64>) -> String {
    let header = "device_id,device_type,status,device_manufacturer,device_model,firmware_version,s1sp,import_mpxn,pre_notified_by\n";
    meters.fold(header.to_owned(), |csv, number| {
        let (meter, mpxn) = (meter(number), FIRST_MPXN + number);
        csv + &format!("{meter},ESME,Commissioned,BENCH,B-S1,01020304,Bench S1SP,{mpxn},{SUPPLIER}\n")
    })
}

fn registrations(meters: Range<u64>) -> String {
    let header = "mpxn,role,user_id,effective_from\n".to_owned();
    meters.fold(header, |csv, number| csv + &format!("{},IS,{SUPPLIER},2020-01-01\n", FIRST_MPXN + number))
}

/// A meter's ID.
fn meter(number: u64) -> Eui64 {
    Eui64::from_octets((FIRST + number).to_be_bytes())
}

/// Signed SR 11.3 for these meters, one each.
pub(super) fn activations(signer: &Signer, meters: Range<u64>) -> Result<Vec<Vec<u8>>, MessageFault> {
    let activation = |number: u64| {
        let body = Body::ActivateFirmware(ActivateFirmware { execution: None, hash: HASH });
        let request = request(body, meter(number), (CommandVariant::TRANSFORM, number))?;
        Ok(signature::sign(xml::compose(&request).as_bytes(), signer)?)
    };
    meters.map(activation).collect()
}

/// A signed SR 11.1 that names these meters, with an image of its own under that number.
pub(super) fn update(signer: &Signer, meters: Range<u64>, number: u64) -> Result<Vec<u8>, MessageFault> {
    let bytes = number.to_be_bytes();
    // The hash and size of what a message brings are computed from its bytes by whoever reads it.
    let image = FirmwareImage { hash: HASH, bytes: BYTES };
    let body = UpdateFirmware { image, version: VERSION.parse()?, devices: meters.map(meter).collect() };
    let request = request(Body::UpdateFirmware(body), pki::DCC, (CommandVariant::NON_DEVICE, number))?;
    Ok(signature::sign(xml::compose_with_image(&request, &bytes).as_bytes(), signer)?)
}

fn request(
    body: Body,
    target: Eui64,
    (command_variant, counter): (CommandVariant, u64),
) -> Result<Request, MessageFault> {
    Ok(Request {
        schema_version: SchemaVersion::newest(),
        id: RequestId { originator: SUPPLIER, target, counter },
        command_variant,
        variant: body.service().as_str().parse()?,
        body,
    })
}
