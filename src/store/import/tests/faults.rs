//! Files that are refused, with every fault by its place.

use super::*;

fn refusal(kind: Kind, csv: &str) -> String {
    let temp = TempStore::new();
    let fault = temp.load(kind, csv).unwrap_err().to_string();
    assert_eq!(temp.dump(kind).lines().count(), 1, "nothing may be imported");
    fault
}

#[test]
fn headers_that_are_not_ours_are_refused() {
    let refusals = ["", "mpxn,role,who,role\n", "mpxn;role;user_id;effective_from\n"]
        .map(|header| refusal(Kind::Registrations, header));
    insta::assert_snapshot!(refusals.join("\n---\n"), @"
    line 1: the header line is missing
    ---
    line 1, column `who`: unknown column; known are mpxn, role, user_id, effective_from, effective_to
    line 1, column `role`: the column is there twice
    line 1, column `user_id`: the column is missing
    line 1, column `effective_from`: the column is missing
    ---
    line 1, column `mpxn;role;user_id;effective_from`: unknown column; known are mpxn, role, user_id, effective_from, effective_to
    line 1, column `mpxn`: the column is missing
    line 1, column `role`: the column is missing
    line 1, column `user_id`: the column is missing
    line 1, column `effective_from`: the column is missing
    ");
}

#[test]
fn faults_of_users_are_named() {
    insta::assert_snapshot!(refusal(Kind::Users, concat!(
        "user_id,party_name,roles,status,receive_response_url\n",
        "90-B3-D5-1F-30-01-00-00,A,IS;GS,Active,\n",
        "90-b3-d5-1f-30-01-00-00,B,IS,Active,\n",
        "90-B3-D5-1F-30-02-00,C,IS;XX;,active,ftp://example\n",
        ",D,IS;IS,,http://\n",
    )), @"
    line 3, column `user_id`: `90-B3-D5-1F-30-01-00-00` is on line 2 too
    line 4, column `user_id`: `90-B3-D5-1F-30-02-00` is not an EUI-64: 16 hex digits in pairs joined by `-`
    line 4, column `roles`: `XX` is not a User Role: one of IS, ES, GS, RSA, ED, GT, OU
    line 4, column `roles`: empty, but must be a User Role: one of IS, ES, GS, RSA, ED, GT, OU
    line 4, column `status`: `active` is not a User's status: one of Active, Suspended
    line 4, column `receive_response_url`: `ftp://example` is not an http or https URL
    line 5, column `user_id`: empty, but must be an EUI-64: 16 hex digits in pairs joined by `-`
    line 5, column `roles`: `IS;IS` names something twice
    line 5, column `status`: empty, but must be a User's status: one of Active, Suspended
    line 5, column `receive_response_url`: `http://` is not an http or https URL
    ");
}

#[test]
fn faults_of_registrations_are_named() {
    insta::assert_snapshot!(refusal(Kind::Registrations, concat!(
        "mpxn,role,user_id,effective_from,effective_to\n",
        "2000000000015,IS,90-B3-D5-1F-30-01-00-00,2026-01-01,2026-03-01\n",
        "2000000000015,IS,90-B3-D5-1F-30-03-00-00,2026-02-01,2026-02-02\n",
        "2000000000015,IS,90-B3-D5-1F-30-03-00-00,2026-02-20,\n",
        "2000000000015,ES,90-B3-D5-1F-30-03-00-00,2026-01-01,\n",
        "20000000000156,IS,,01/02/2026,\n",
        "9100000001,GS,90-B3-D5-1F-30-01-00-00,2026-01-01,2026-01-01\n",
    )), @"
        line 3, column `effective_from`: role IS of MPxN `2000000000015` overlaps line 2
        line 4, column `effective_from`: role IS of MPxN `2000000000015` overlaps line 2
        line 6, column `mpxn`: `20000000000156` is not an MPAN: 13 digits, for role IS
        line 6, column `user_id`: empty, but must be an EUI-64: 16 hex digits in pairs joined by `-`
        line 6, column `effective_from`: `01/02/2026` is not a date like `2026-01-31` or a UTC time like `2026-01-31T09:30:00Z`
        line 7, column `effective_to`: `2026-01-01` is not after effective_from `2026-01-01`
        ");
}

#[test]
fn faults_of_devices_are_named() {
    insta::assert_snapshot!(refusal(Kind::Devices, concat!(
        "device_id,device_type,status,esme_variant,associated_gpf_device_id,import_mpxn,secondary_import_mpan,",
        "address_identifier,postcode,chf_device_id,date_commissioned,uprn\n",
        "00-DB-12-34-56-78-90-01,ESME,,E,,9100000001,,,,,,\n",
        "00-DB-12-34-56-78-90-02,IHD,Pending,,,,,,,,,\n",
        "00-DB-12-34-56-78-90-03,GSME,Pending,A,00-DB-12-34-56-78-90-04,2000000000015,12,1,,,,\n",
        "00-DB-12-34-56-78-90-01,CHF,pending,,,,,,,00-DB-12-34-56-78-90-05,2026-13-01,0\n",
        "00-DB-12-34-56-78-90-06,METER,Pending,,,,,1,ZZ1,,,\n",
        "00-DB-12-34-56-78-90-07,PPMID\n",
    )), @"
    line 2, column `status`: empty, but must be an SMI Status: one of Pending, Whitelisted, InstalledNotCommissioned, Commissioned, Decommissioned, Withdrawn, Suspended, Recovery, Recovered
    line 2, column `esme_variant`: `E` is not an ESMEVariant: one of A, B, C, AD, BD, CD, ADE, BDE, CDE, ADF, BDF, CDF, ADEF, BDEF, CDEF, ADG, ADEG, AF, BF, CF, AEF, BEF, CEF, AG, AEG
    line 2, column `import_mpxn`: `9100000001` is not an MPAN: 13 digits
    line 3, column `status`: `Pending` cannot be: Device Type IHD has no SMI Status
    line 4, column `address_identifier`: `1` stands without a postcode
    line 4, column `esme_variant`: `A` cannot be: Device Type GSME has none
    line 4, column `associated_gpf_device_id`: `00-DB-12-34-56-78-90-04` cannot be: Device Type GSME has none
    line 4, column `import_mpxn`: `2000000000015` is not an MPRN: 1 to 10 digits
    line 4, column `secondary_import_mpan`: `12` is not an MPAN: 13 digits
    line 5, column `uprn`: `0` is not a UPRN: 1 to 999999999999
    line 5, column `date_commissioned`: `2026-13-01` is not a date like `2026-01-31`
    line 5, column `status`: `pending` is not an SMI Status: one of Pending, Whitelisted, InstalledNotCommissioned, Commissioned, Decommissioned, Withdrawn, Suspended, Recovery, Recovered
    line 5, column `chf_device_id`: `00-DB-12-34-56-78-90-05` cannot be: Device Type CHF has none
    line 6, column `postcode`: `ZZ1` is not a PostCode: 6 to 8 characters that XML can carry
    line 6, column `device_type`: `METER` is not a DeviceType: one of ESME, GSME, GPF, CHF, HCALCS, PPMID, IHD, CAD
    line 7: 2 values, but 12 columns
    ");
}

#[test]
fn doubled_devices_are_named_with_both_lines() {
    insta::assert_snapshot!(refusal(Kind::Devices, concat!(
        "device_id,device_type,status\n",
        "00-DB-12-34-56-78-90-01,ESME,Pending\n",
        "00-DB-12-34-56-78-90-02,ESME,Pending\n",
        "00-db-12-34-56-78-90-01,GSME,Pending\n",
    )), @"line 4, column `device_id`: `00-DB-12-34-56-78-90-01` is on line 2 too");
}

#[test]
fn faults_of_coverage_are_named() {
    insta::assert_snapshot!(refusal(Kind::Coverage, concat!(
        "csp_region,postcode,address_identifier,uprn,coverage_availability,wan_technology,connectivity_likelihood\n",
        "North,ZZ1 1AA,,,true, ,High\n",
        "South,ZZ1 1AA,,,true,,High\n",
        "South,ZZ1 1AA,,,true,  ,High\n",
        "South,ZZ1 1AA,,,yes,450,high\n",
        "SMETS1,ZZ1 1AA,,,true,Cellular,High\n",
        "South,ZZ1 1AB,1,7,true,Cellular,High\n",
        "South,ZZ1 1AB,2,7,true,Cellular,High\n",
        "Central,ZZ1 1AB,1,,true,Cellular,High\n",
        "Central,zz11ab,1,,true, ,High\n",
        "Central,ZZ1,1,,true, ,High\n",
    )), @r#"
    line 2, column `wan_technology`: ` ` is not a WAN technology that CSP Region North reports (MP106-R5, R6)
    line 3, column `wan_technology`: empty, but must be a WAN technology: one of Standard 420, Variant 450, 420, 450, Cellular, Cellular+Mesh, Special Installation Mesh, one space (Unknown), No Coverage Intended
    line 4, column `wan_technology`: `  ` is not a WAN technology: one of Standard 420, Variant 450, 420, 450, Cellular, Cellular+Mesh, Special Installation Mesh, one space (Unknown), No Coverage Intended
    line 5, column `coverage_availability`: `yes` is not `true` or `false`
    line 5, column `connectivity_likelihood`: `high` is not a ConnectivityLikelihood: one of High, Medium, Low
    line 6, column `csp_region`: `SMETS1` is not a CSP Region with coverage: North, Central, South or their 4G
    line 8, column `uprn`: `7` is on line 7 too
    line 10, column `postcode`: `zz11ab, 1` is on line 9 too
    line 11, column `address_identifier`: `1` cannot be: postcode district ZZ1 has none
    "#);
}

#[test]
fn faults_of_the_products_list_are_named() {
    insta::assert_snapshot!(refusal(Kind::Cpl, concat!(
        "device_manufacturer,device_model,device_type,firmware_version,status\n",
        "M,X,ESME,1,Active\n",
        "M,X,ESME,1,Withdrawn\n",
        "M,X,IHD,,Active\n",
        "M,X,IHD,123456789,active\n",
    )), @"
    line 3, column `device_model`: `M, X, ESME, 1` is on line 2 too
    line 5, column `firmware_version`: `123456789` is not a FirmwareVersion: 1 to 8 characters that XML can carry
    line 5, column `status`: `active` is not a CPL status: one of Active, Cancelled, Expired, Withdrawn
    ");
}

#[test]
fn only_the_first_hundred_faults_are_reported() {
    let mut csv = "device_id,device_type\n".to_owned();
    (0..150).for_each(|_| csv.push_str("x,IHD\n"));
    let ImportFault::Rows { faults, total } = TempStore::new().load(Kind::Devices, &csv).unwrap_err() else {
        panic!("the file is refused");
    };
    assert_eq!((faults.len(), total), (100, 150));
    assert_eq!(faults.last().map(|fault| fault.line), Some(101));
    assert_eq!(faults[0].value.as_deref(), Some("x"));
    assert!(ImportFault::Rows { faults, total }.to_string().ends_with("and 50 more faults"));
}

#[test]
fn lines_are_counted_as_an_editor_does() {
    let lines = [
        "\u{feff}user_id,party_name,status\r\n",
        "\r\n",
        "90-B3-D5-1F-30-01-00-00,\"two\r\nlines\",Active\r\n",
        "x,,Active\r\n",
        "\r\n",
        "\r\n",
        "y,,Active",
    ];
    let ImportFault::Rows { faults, .. } = TempStore::new().load(Kind::Users, &lines.concat()).unwrap_err()
    else {
        panic!("the file is refused");
    };
    assert_eq!(faults.iter().map(|fault| fault.line).collect::<Vec<_>>(), [5, 8]);
    let unix = lines.concat().replace('\r', "");
    let unix = refusal(Kind::Users, &unix);
    assert!(unix.contains("line 5, ") && unix.contains("line 8, "), "{unix}");
}

#[test]
fn bytes_that_are_no_text_are_refused() {
    let temp = TempStore::new();
    let csv = b"user_id,status\n90-B3-D5-1F-30-01-00-00,Acti\xffve\n";
    let fault = import(&temp.store, Kind::Users, csv, now("2026-01-01"), &mut |_| {}).unwrap_err();
    assert_eq!(fault.to_string(), "line 2: value 2 of the line is not UTF-8");
}

#[test]
fn a_character_that_postgresql_cannot_keep_is_refused_everywhere() {
    let csv = "user_id,party_name,status\n90-B3-D5-1F-30-01-00-00,a\0b,Active\n";
    insta::assert_snapshot!(refusal(Kind::Users, csv), @"line 2: a value holds the character U+0000, which not every database can keep");
}

#[test]
fn a_quotation_mark_within_a_value_is_refused_and_blank_rows_at_the_end_are_not() {
    let user = "90-B3-D5-1F-30-01-00-00";
    let csv = format!(
        "user_id,party_name,status\n{user},\"A\"B,Active\n,,\nx,A\"B,Active\n,,\n{user},\"A,Active\n"
    );
    insta::assert_snapshot!(refusal(Kind::Users, &csv), @"
    line 2: a quotation mark stands within a value: a value is quoted as a whole, and a mark within it is written twice
    line 3: the row is blank
    line 4: a quotation mark stands within a value: a value is quoted as a whole, and a mark within it is written twice
    line 4, column `user_id`: `x` is not an EUI-64: 16 hex digits in pairs joined by `-`
    line 5: the row is blank
    line 6: 2 values, but 3 columns
    line 6: the file ends within this line: it was cut off
    ");
    let rows =
        TempStore::new().load(Kind::Users, &format!("user_id,party_name,status\n{user},A,Active\n,,\n,,\n"));
    assert_eq!(rows.unwrap(), 1);
}
