//! SR 11.1 Update Firmware: what is accepted, who is on which list, and what it leaves alone.

use smi::{
    domain::ImageSource,
    rules::variants::VariantSettings,
    service::Reply,
    store::{Kind, firmware_images},
};

use super::*;

#[test]
fn mp230_r8_an_image_joins_the_register_and_no_device_changes() {
    let smi = smi(3);
    let before = smi.exported(Kind::Devices);
    let (request, told) = send(&smi, BYTES, VERSION, &[meter(0), meter(1), meter(2), meter(0)]);
    assert_eq!((told.code.as_str(), decided_by(&smi, &request).as_str()), ("I99", "SR11.1/d"));
    assert_eq!(
        saw(&smi, &request, "SR11.1/c"),
        "4 named: 3 accepted; 0 invalid, 0 not Commissioned, 0 not applicable"
    );
    let images = smi.read(firmware_images);
    let new = images.iter().find(|image| image.hash == image_of(BYTES).hash).unwrap();
    assert_eq!(
        (new.source, new.size.bytes(), new.version.as_str()),
        (ImageSource::UpdateFirmware, 26, VERSION)
    );
    assert_eq!(new.model.as_ref().unwrap().to_string(), "Sample Meters SM-E1 (ESME)");
    assert_eq!(new.registered_at, smi.now().0);
    // MP230-R8, R9: nothing is counted, awaited or changed.
    assert_eq!((smi.exported(Kind::Devices), awaited(&smi), outbox(&smi).len()), (before, 0, 0));
    // Again under another RequestID: the register has it.
    let (request, told) = send(&smi, BYTES, VERSION, &[meter(0)]);
    assert_eq!(told.code, "I99");
    assert!(saw(&smi, &request, "SR11.1/d").ends_with(": known"));
    assert_eq!(smi.read(firmware_images).len(), images.len());
}

#[test]
fn sr_11_1_c_each_device_is_on_the_first_list_that_fits_and_once() {
    let smi = smi(1);
    add(&smi, &line(1, "ESME", "Pending", ""), 1, SUPPLIER);
    add(&smi, &line(2, "GSME", "Commissioned", ""), 2, SUPPLIER);
    add(&smi, &line(3, "ESME", "Commissioned", ""), 3, OTHER_SUPPLIER);
    add(&smi, &line(4, "PPMID", "Commissioned", ""), 4, SUPPLIER);
    list(&smi, &[(VERSION, "Active"), ("01020304", "Active")]);
    let named = [4, 9, 0, 2, 1, 3, 9, 0, 1].map(meter);
    let (request, told) = send(&smi, BYTES, VERSION, &named);
    assert_eq!(told.code, "W110101");
    assert_eq!(
        saw(&smi, &request, "SR11.1/c"),
        "9 named: 1 accepted; 3 invalid, 1 not Commissioned, 1 not applicable"
    );
    insta::assert_snapshot!("answer_11_1_warning", told.masked());
}

#[test]
fn sr_11_1_a_to_c_what_cannot_be_sent_is_refused() {
    let smi = smi(1);
    let refused = |bytes: &[u8], version: &str, devices: &[Eui64]| {
        let (request, told) = send(&smi, bytes, version, devices);
        (told.code, decided_by(&smi, &request))
    };
    assert_eq!(refused(b"", VERSION, &[meter(0)]), by("E110101", "SR11.1/a"));
    assert_eq!(refused(BYTES, VERSION, &[meter(7), SUPPLIER]), by("E110103", "SR11.1/c"));
    assert_eq!(smi.read(firmware_images).len(), 4, "the register is as it was");
    send(&smi, BYTES, VERSION, &[meter(0)]);
    assert_eq!(refused(BYTES, "0A000009", &[meter(0)]), by("E110102", "SR11.1/b"));
    let register =
        format!("firmware_hash,size_bytes,firmware_version\n{},27,{VERSION}\n", image_of(BYTES).hash);
    smi.import(Kind::Firmware, &register);
    assert_eq!(refused(BYTES, VERSION, &[meter(0)]), by("E110102", "SR11.1/b"));
}

/// What the register does not say of an image, an SR 11.1 does not add: the operator's file counts.
#[test]
fn sr_11_1_d_an_image_of_the_register_stays_as_it_is() {
    let smi = smi(1);
    let hash = image_of(BYTES).hash;
    let register = format!("firmware_hash,size_bytes,firmware_version\n{hash},26,{VERSION}\n");
    smi.import(Kind::Firmware, &register);
    assert_eq!(send(&smi, BYTES, VERSION, &[meter(0)]).1.code, "I99");
    let images = smi.read(firmware_images);
    let image = images.iter().find(|image| image.hash == hash).unwrap();
    assert_eq!((image.source, image.model.is_none()), (ImageSource::File, true));
}

#[test]
fn the_same_message_again_gets_its_first_answer_and_another_is_refused() {
    let smi = smi(1);
    let (request, message) = update(&smi, BYTES, VERSION, &[meter(0), meter(5)]);
    let first = smi.post(&message).text;
    assert_eq!((smi.post(&message).text, smi.decisions(request.id).len()), (first, 1));
    let other = xml::compose_with_image(&request, b"another image");
    assert_eq!(smi.post(&smi.sign(&other, SUPPLIER)).code, "E100");
}

/// SR/1 to SR/11 come first, and nobody's Devices are looked at for a sender that may not send it.
#[test]
fn the_checks_of_every_service_request_come_first() {
    let smi = smi(1);
    let asked = |change: fn(Request) -> Request| {
        let request = change(update(&smi, b"", VERSION, &[meter(0)]).0);
        let message = smi.sign(&xml::compose_with_image(&request, b""), request.id.originator);
        (smi.post(&message).code, decided_by(&smi, &request))
    };
    let to_a_device = |request: Request| {
        let id = smi::domain::RequestId { target: meter(0), ..request.id };
        Request { id, ..request }
    };
    assert_eq!(asked(to_a_device), by("E100", "SR/5"));
    assert_eq!(
        asked(|request| Request { command_variant: CommandVariant::SEND, ..request }),
        by("E13", "SR/7")
    );
    let by_operator = |request: Request| {
        let id = smi::domain::RequestId { originator: crate::support::OPERATOR, ..request.id };
        Request { id, ..request }
    };
    assert_eq!(asked(by_operator), by("E2", "SR/11"));
}

/// Hostile input (SERVICE.md 6).
#[test]
fn a_message_that_breaks_the_schema_is_refused_by_sr_3() {
    let smi = smi(1);
    let (request, _) = update(&smi, BYTES, VERSION, &[meter(0)]);
    let text = xml::compose_with_image(&request, BYTES);
    for (valid, wrong) in [
        ("</sr:DeviceIDList>", ",</sr:DeviceIDList>"),
        ("<sr:FirmwareImage>", "<sr:FirmwareImage>*"),
        ("0A000001", "0A0000012"),
        ("<sr:FirmwareVersion>0A000001</sr:FirmwareVersion>", ""),
    ] {
        assert_ne!(text.replace(valid, wrong), text);
        assert_eq!(smi.post(&smi.sign(&text.replace(valid, wrong), SUPPLIER)).code, "E100", "{wrong}");
    }
    assert!(smi.decisions(request.id).is_empty());
    assert_eq!(smi.post(&smi.sign(&text, SUPPLIER)).code, "I99", "its RequestID is new");
}

/// The lists are made before the transaction: what a batch asks of the store does not grow with the Devices.
#[test]
fn the_devices_of_an_sr_11_1_are_not_looked_at_by_the_writer() {
    let smi = smi(1_100);
    let all = (0..1_100).map(meter).collect::<Vec<_>>();
    let spent = |bytes: &[u8], devices: &[Eui64]| {
        let (_, message) = update(&smi, bytes, VERSION, devices);
        let before = smi.statements();
        assert_eq!(smi.post(&message).code, "I99");
        smi.statements() - before
    };
    spent(b"first", &all);
    // Two loads of Devices and of their Suppliers instead of one.
    let (few, many) = (spent(b"few", &[meter(3)]), spent(b"many", &all));
    assert!(many - few <= 12.0, "{few} and {many} statements");
}

#[test]
fn a_request_is_explained_as_it_would_be_decided() {
    let smi = smi(1);
    let (_, message) = update(&smi, BYTES, VERSION, &[meter(0), meter(9)]);
    let how = smi::service::Explaining { asks_csps: false, takes_id_as_new: true };
    let explained = |message: &[u8]| smi.service.explain_message(message, how).unwrap().unwrap().decision;
    assert_eq!(explained(&message).code.as_str(), "W110101");
    let Reply::Answer(_) = smi.service.answer(&message, WebService::NonDevice).unwrap() else { panic!() };
    assert_eq!(explained(&message).code.as_str(), "W110101", "of a message that was sent, too");
}

/// MP125-R11: what is noted refuses nothing, and is noted where the operator asks for it.
#[test]
fn mp125_r11_sr_11_1_notes_the_devices_whose_variant_the_list_contradicts() {
    let variants = VariantSettings { warn_firmware: true, ..VariantSettings::default() };
    let warned = choosing(Choices { variants, ..Choices::of(DCC) }, 3);
    let silent = smi(3);
    for smi in [&warned, &silent] {
        let mut devices = "device_id,device_type,status,device_manufacturer,device_model,firmware_version,\
            esme_variant,import_mpxn\n"
            .to_owned();
        for (number, variant) in [(0, "A"), (1, "ADE")] {
            let (id, mpan) = (meter(number), mpan(number));
            writeln!(devices, "{id},ESME,Commissioned,Sample Meters,SM-E1,01020304,{variant},{mpan}")
                .unwrap();
        }
        smi.import(Kind::Devices, &devices);
        let header = "device_manufacturer,device_model,firmware_version,esme_variants,source";
        smi.import(Kind::ModelVariants, &format!("{header}\nSample Meters,SM-E1,,ADE,their letter\n"));
    }
    let (request, told) = send(&warned, BYTES, VERSION, &[meter(0), meter(1), meter(2)]);
    assert_eq!((told.code.as_str(), decided_by(&warned, &request).as_str()), ("I99", "SR11.1/d"));
    let expected = format!(
        "{}: contradicted, suggested ADE; EV/a: A; model-variants has ADE for `Sample Meters` `SM-E1` (their letter)",
        meter(0)
    );
    assert_eq!(saw(&warned, &request, "EV/a"), expected);
    let (request, told) = send(&silent, BYTES, VERSION, &[meter(0), meter(1)]);
    assert_eq!((told.code.as_str(), saw(&silent, &request, "EV/a").as_str()), ("I99", ""));
}
