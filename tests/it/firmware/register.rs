//! The register of images: its file, what is wrong with one, and how it is shown.

use smi::store::{ImportFault, import};

use super::*;
use crate::support::managed::Management;

fn imported(smi: &Smi, lines: &str) -> Result<usize, String> {
    let csv = format!(
        "firmware_hash,size_bytes,firmware_version,device_manufacturer,device_model,device_type,part_of,name\n{lines}"
    );
    match import(smi.service.store(), Kind::Firmware, csv.as_bytes(), smi.now(), &mut |_| ()) {
        Ok(imported) => Ok(imported.rows),
        Err(fault @ ImportFault::Rows { .. }) => Err(fault.to_string()),
        Err(fault) => panic!("{fault}"),
    }
}

/// SERVICE.md 6, the first row.
#[test]
fn a_register_with_faults_is_refused_whole_and_each_is_named() {
    let smi = smi(0);
    let before = smi.exported(Kind::Firmware);
    let hash = |digit: &str| digit.repeat(64);
    let (c, d, e, f) = (hash("C"), hash("D"), hash("E"), hash("F"));
    let mut faults = String::new();
    for (says, lines) in [
        ("a hash of 63 digits", format!("{},1,1,,,,,\n", &c[1..])),
        ("no size, a long version", format!("{c},0,123456789,,,,,\n")),
        ("a Device Model in part", format!("{c},1,1,Sample Meters,,ESME,,\n")),
        ("an image twice", format!("{c},1,1,,,,,\n{},1,1,,,,,\n", c.to_lowercase())),
        ("a part of itself", format!("{c},1,1,,,,{c},\n")),
        ("a part of an image known nowhere", format!("{c},1,1,,,,{d},\n")),
        ("a part of a part in the file", format!("{c},1,1,,,,{d},\n{d},1,1,,,,{e},\n{e},1,1,,,,,\n")),
        ("a part of a part on the register", format!("{c},1,1,,,,{SECOND_PART},\n")),
        ("a whole becomes a part", format!("{WHOLE},1500000,0A000002,,,,{CAP_CHANGE},\n")),
        ("the sum of a whole in the file", format!("{c},9,1,,,,,\n{d},5,1,,,,{c},\n{e},5,1,,,,{c},\n")),
        ("the sum of a whole on the register", format!("{SECOND_PART},749999,0A000002,,,,{WHOLE},\n")),
        ("a part leaves its whole", format!("{SECOND_PART},750000,0A000002,,,,,\n")),
        ("a further part", format!("{f},1,0A000002,,,,{WHOLE},\n")),
    ] {
        let fault = imported(&smi, &lines).unwrap_err();
        writeln!(faults, "{says}\n{fault}\n").unwrap();
    }
    assert_eq!(smi.exported(Kind::Firmware), before);
    insta::assert_snapshot!("faults_of_a_register", faults);
}

#[test]
fn an_import_replaces_the_images_that_it_names_and_an_export_is_imported_again() {
    let smi = smi(0);
    assert_eq!(smi.exported(Kind::Firmware), REGISTER);
    // Lower case is taken, and stored in upper case.
    let line = format!("{},800000,0A000003,,,,,\n", CAP_CHANGE.to_lowercase());
    assert_eq!(imported(&smi, &line), Ok(1));
    let exported = smi.exported(Kind::Firmware);
    assert!(exported.contains(&format!("\n{CAP_CHANGE},800000,0A000003,,,,,\n")), "{exported}");
    assert_eq!(exported.lines().count(), 5, "the others stay");
    // The whole and its parts, which the file has in any order.
    let mut lines = REGISTER.lines().skip(1).collect::<Vec<_>>();
    lines.reverse();
    assert_eq!(imported(&smi, &lines.iter().map(|line| format!("{line}\n")).collect::<String>()), Ok(4));
    assert_eq!(smi.exported(Kind::Firmware), REGISTER);
}

/// SERVICE.md 5.2.
#[test]
fn the_register_is_shown_with_the_sets_that_are_not_complete() {
    let smi = smi(1);
    let mut csv = "firmware_hash,size_bytes,firmware_version,part_of\n".to_owned();
    let other = b"another part";
    writeln!(csv, "{},{},{VERSION},", "C".repeat(64), BYTES.len() + other.len()).unwrap();
    for part in [BYTES, other] {
        writeln!(csv, "{},{},{VERSION},{}", image_of(part).hash, part.len(), "C".repeat(64)).unwrap();
    }
    smi.import(Kind::Firmware, &csv);
    assert_eq!(send(&smi, BYTES, VERSION, &[meter(0)]).1.code, "I99");
    let manage = Management::start(&smi);
    let shown = manage.get("/manage/firmware/images");
    insta::assert_snapshot!("register_shown", serde_json::to_string_pretty(&shown).unwrap());
    manage.stop();
}

/// FW/b: a part has the size of its whole. The list has pages.
#[test]
fn fw_b_a_part_is_as_large_as_its_whole_and_the_register_has_pages() {
    let smi = smi(1);
    let register = "firmware_hash,size_bytes,firmware_version,part_of\n";
    let part = |letter: &str, whole: &str| format!("{},750000,{VERSION},{whole}\n", letter.repeat(64));
    let whole = "E".repeat(64);
    let parts = [part("C", &whole), part("D", &whole), part("F", "")].concat();
    smi.import(Kind::Firmware, &format!("{register}{parts}{whole},1500000,{VERSION},\n"));
    let page = |after: Option<&str>| {
        let after = after.map(|letter| letter.repeat(64).parse().unwrap());
        let page = smi.service.image_register(after, 2).unwrap();
        let shown = page.images.iter().map(|(image, is_large)| (image.hash.to_string(), *is_large));
        let letters = shown.map(|(hash, is_large)| (hash.chars().next().unwrap(), is_large));
        (letters.collect::<Vec<_>>(), page.next.map(|next| next.to_string()))
    };
    assert_eq!(page(Some("B")), (vec![('C', true), ('D', true)], Some("D".repeat(64))));
    assert_eq!(page(Some("D")), (vec![('E', true), ('F', false)], None));
}
