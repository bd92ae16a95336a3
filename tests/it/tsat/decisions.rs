//! `[rules] tsat`: what the tables do to requests by which a Device is installed (HUBS.md 5, TSAT/e).

use smi::{
    domain::{
        Body, CodeOverrides, Eui64, InventoryChange, ResponseCode, ServiceRequest, StatusCh, StatusExceptCh,
        UpdateInventory,
    },
    rules::{RuleSettings, TsatMode, explain::Explanation, rulebook::tsat::MAY_INSTALL},
    store::{self, Kind},
};

use crate::{
    life::{fault_return_of, install_of, install_without_sm_wan_of, pre_notification_of},
    support::{SUPPLIER, Smi},
};

/// CHTS 1.0 may not be installed any more, 1.3 may be, 1.4 has no row; the SMETS1 meter's ends have passed, too.
const DEVICES: &str = "\
device_id,device_type,status,smets_chts_version,gbcs_version,pre_notified_by,associated_gpf_device_id,chf_device_id,import_mpxn,s1sp
00-DB-55-00-00-00-00-10,CHF,Pending,CHTS V1.0,1.1,90-B3-D5-1F-30-01-00-00,00-DB-55-00-00-00-00-11,,,
00-DB-55-00-00-00-00-11,GPF,Pending,CHTS V1.0,1.1,90-B3-D5-1F-30-01-00-00,,00-DB-55-00-00-00-00-10,,
00-DB-55-00-00-00-00-20,CHF,Pending,CHTS V1.3,3.2,90-B3-D5-1F-30-01-00-00,,,,
00-DB-55-00-00-00-00-30,CHF,Pending,CHTS V1.4,4.1,90-B3-D5-1F-30-01-00-00,,,,
00-DB-55-00-00-00-00-40,CHF,InstalledNotCommissioned,CHTS V1.0,1.1,90-B3-D5-1F-30-01-00-00,,,,
00-DB-55-00-00-00-00-50,ESME,Whitelisted,1.2,,90-B3-D5-1F-30-01-00-00,,,1012345678901,Sample S1SP
";
const REGISTRATIONS: &str = "\
mpxn,role,user_id,effective_from,effective_to
1012345678901,IS,90-B3-D5-1F-30-01-00-00,2020-01-01,
";
const MPAN: &str = "1012345678901";

const OLD: Eui64 = hub(0x10);
const NEW: Eui64 = hub(0x20);
const UNKNOWN: Eui64 = hub(0x30);
const INSTALLED: Eui64 = hub(0x40);
const METER: Eui64 = hub(0x50);

const fn hub(last: u8) -> Eui64 {
    Eui64::from_octets([0x00, 0xDB, 0x55, 0, 0, 0, 0, last])
}

fn smi_with(tsat: TsatMode, codes: CodeOverrides) -> Smi {
    let smi = Smi::under(RuleSettings { tsat, ..RuleSettings::default() }, codes, Vec::new(), None);
    smi.import(Kind::Devices, DEVICES);
    smi.import(Kind::Registrations, REGISTRATIONS);
    smi
}

fn smi(tsat: TsatMode) -> Smi {
    smi_with(tsat, CodeOverrides::default())
}

fn move_hub(device_id: Eui64) -> Body {
    let change = InventoryChange::StatusCh(StatusCh::InstalledNotCommissioned);
    Body::UpdateInventory(UpdateInventory { device_id, change })
}

fn move_meter(device_id: Eui64) -> Body {
    let change = InventoryChange::StatusExceptCh(StatusExceptCh::InstalledNotCommissioned);
    Body::UpdateInventory(UpdateInventory { device_id, change })
}

/// The code, the rule that decided, and what TSAT/e saw, with whether it holds.
fn ask(smi: &Smi, body: Body) -> String {
    let request = smi.request(SUPPLIER, body);
    let code = smi.post(&smi.signed(&request)).code;
    let decision = smi.decisions(request.id).remove(0);
    let seen = decision.steps.iter().find(|step| step.rule == "TSAT/e");
    let seen = seen.map_or("not asked".to_owned(), |step| format!("{} {}", step.holds, step.saw));
    format!("{code} {}: {seen}", decision.rule.unwrap_or_default())
}

fn status(smi: &Smi, id: Eui64) -> String {
    let device = smi.read(|connection| store::find_device(connection, id));
    device.unwrap().status_text().to_owned()
}

/// HUBS.md 8, the last line; MP139-R13: without the setting a late install stays possible, and nothing is asked.
#[test]
fn off_decides_as_if_there_were_no_tables() {
    let smi = smi(TsatMode::Off);
    assert_eq!(ask(&smi, install_of(OLD, MPAN)), "I99 SR/15: not asked");
    assert_eq!(status(&smi, OLD), "InstalledNotCommissioned");
    assert_eq!(ask(&smi, move_meter(METER)), "I99 SR8.4/k: not asked");
    assert_eq!(ask(&smi, pre_notification_of(hub(0x60), hub(0x61))), "I99 SR12.2/e: not asked");
}

/// HUBS.md 5: the answer stands in the decision, and refuses nothing.
#[test]
fn note_adds_the_answer_to_each_decision_and_refuses_nothing() {
    let smi = smi(TsatMode::Note);
    let told = [
        ask(&smi, install_of(OLD, MPAN)),
        ask(&smi, install_without_sm_wan_of(NEW, MPAN)),
        ask(&smi, move_hub(UNKNOWN)),
        ask(&smi, move_meter(METER)),
        ask(&smi, pre_notification_of(hub(0x60), hub(0x61))),
        // What installs nothing is not asked about.
        ask(&smi, install_of(INSTALLED, MPAN)),
    ];
    insta::assert_snapshot!(told.join("\n"), @"
    I99 SR/15: false install no on 2026-06-01: CHTS 1.0 / GBCS 1.1, 2016-09-30 to 2022-01-31; version MP139 of the tables; noted, and refuses nothing
    I99 SR/15: true install yes on 2026-06-01: CHTS 1.3 / GBCS 3.2, 2019-11-29 to ND; version MP139 of the tables; noted, and refuses nothing
    I99 SR8.4/k: true install no_row on 2026-06-01: CHTS 1.4 / GBCS 4.1; version MP139 of the tables; noted, and refuses nothing
    I99 SR8.4/k: false install no on 2026-06-01: SMETS1 ESMSTS 1.2 / GBCS n/a, 2012-12-18 to 2018-12-05; version MP139 of the tables; noted, and refuses nothing
    I99 SR12.2/e: true install no_row on 2026-06-01: CHTS 5.1 / GBCS not known; version MP139 of the tables; noted, and refuses nothing
    I99 SR/15: not asked
    ");
    assert_eq!(status(&smi, OLD), "InstalledNotCommissioned");
}

/// HUBS.md 5 and 8, the last line; MP139-R2: E5, in SR 8.4 E080411; never where there is no row.
#[test]
fn refuse_refuses_what_may_not_be_installed_and_nothing_else() {
    let smi = smi(TsatMode::Refuse);
    let told = [
        ask(&smi, install_of(OLD, MPAN)),
        ask(&smi, install_without_sm_wan_of(OLD, MPAN)),
        ask(&smi, move_hub(OLD)),
        ask(&smi, move_meter(METER)),
        ask(&smi, install_of(UNKNOWN, MPAN)),
        ask(&smi, install_of(NEW, MPAN)),
        ask(&smi, install_of(INSTALLED, MPAN)),
        ask(&smi, pre_notification_of(hub(0x60), hub(0x61))),
    ];
    insta::assert_snapshot!(told.join("\n"), @"
    E5 TSAT/e: false install no on 2026-06-01: CHTS 1.0 / GBCS 1.1, 2016-09-30 to 2022-01-31; version MP139 of the tables
    E5 TSAT/e: false install no on 2026-06-01: CHTS 1.0 / GBCS 1.1, 2016-09-30 to 2022-01-31; version MP139 of the tables
    E080411 TSAT/e: false install no on 2026-06-01: CHTS 1.0 / GBCS 1.1, 2016-09-30 to 2022-01-31; version MP139 of the tables
    E080411 TSAT/e: false install no on 2026-06-01: SMETS1 ESMSTS 1.2 / GBCS n/a, 2012-12-18 to 2018-12-05; version MP139 of the tables
    I99 SR/15: true install no_row on 2026-06-01: CHTS 1.4 / GBCS 4.1; version MP139 of the tables
    I99 SR/15: true install yes on 2026-06-01: CHTS 1.3 / GBCS 3.2, 2019-11-29 to ND; version MP139 of the tables
    I99 SR/15: not asked
    I99 SR12.2/e: true install no_row on 2026-06-01: CHTS 5.1 / GBCS not known; version MP139 of the tables; noted, and refuses nothing
    ");
    assert_eq!([OLD, METER].map(|id| status(&smi, id)), ["Pending", "Whitelisted"]);
    assert_eq!(ask(&smi, fault_return_of(OLD)), "I99 SR/15: not asked", "it can go back");
}

/// An imported version answers at once, and its codes can be changed.
#[test]
fn the_version_in_force_decides_and_codes_toml_changes_the_code() {
    let smi = smi_with(TsatMode::Refuse, CodeOverrides::new([(MAY_INSTALL, ResponseCode::E4)]));
    assert!(ask(&smi, install_of(OLD, MPAN)).starts_with("E4 TSAT/e: false install no on 2026-06-01"));
    assert!(ask(&smi, move_hub(OLD)).starts_with("E4 TSAT/e: false"));
    let header = "version,effective_from,specification,spec_version,gbcs_version,install_from,install_to,ppm_install_to,\
        maintain_from,maintain_to,operate_from,operate_to\n";
    let row = "CHTS,1.0,1.1,2016-09-30,ND,n/a,2016-09-30,ND,2017-11-06,ND\n";
    smi.import(Kind::Tsat, &format!("{header}LATER,2026-06-02,{row}"));
    assert!(ask(&smi, install_of(OLD, MPAN)).starts_with("E4 TSAT/e: false"), "it is not in force yet");
    // In London it is the next day already.
    smi.move_to("2026-06-01T23:00:00Z");
    assert_eq!(
        ask(&smi, install_of(OLD, MPAN)),
        "I99 SR/15: true install yes on 2026-06-02: CHTS 1.0 / GBCS 1.1, 2016-09-30 to ND; version LATER of the tables"
    );
}

#[test]
fn an_explanation_shows_the_check_where_it_is_asked() {
    let explained = |tsat| {
        let smi = smi(tsat);
        let decision = smi.what_if(SUPPLIER, install_of(OLD, MPAN));
        let codes = CodeOverrides::default();
        Explanation { service: ServiceRequest::HubInstallSuccess, decision: &decision, codes: &codes }
            .to_string()
    };
    let refused = explained(TsatMode::Refuse);
    let check = refused.lines().skip_while(|line| !line.starts_with("TSAT/e")).collect::<Vec<_>>().join("\n");
    insta::assert_snapshot!(check, @"
    TSAT/e   FAILED    a Device that moves from Pending or Whitelisted to InstalledNotCommissioned or Commissioned may be installed on that day by the tables in force; asked where `rules.tsat` is `note` or `refuse`, and refused by `refuse` alone where the answer is `no`; SR 8.4 answers E080411, and SR 12.2 is only noted
                       saw: install no on 2026-06-01: CHTS 1.0 / GBCS 1.1, 2016-09-30 to 2022-01-31; version MP139 of the tables
                       who could: the operator, by an import of the tables whose period is longer, or by `rules.tsat`; for a hub of stock, by having it re-flashed to a version that may be installed
                       source: MP139-R2, MP139-R6; HUBS.md 5 (ours); answers E5 (ours)
    outcome: E5, decided by TSAT/e
    change: none
    ");
    assert!(!explained(TsatMode::Off).contains("TSAT/e"));
}
