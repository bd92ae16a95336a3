//! The reports of maintenance windows (PM10) and of changes, at the command line and over HTTP (SERVICE.md 5.5).

use std::{fmt::Write as _, process::Command};

use smi::{
    db::{Connection, StoreFault},
    domain::{
        YesNo,
        maintenance::{MaintenanceWindow, WindowCategory, WindowEnding, WindowState},
        parse_instant,
    },
    rules::RuleSettings,
    service::{MonthlyReport, ReportBasis, make_report},
    store::{self, Kind},
};

use crate::{
    feed::{planned, tell},
    support::Smi,
};

fn report(smi: &Smi, arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_smi"));
    command.arg("report").args(arguments).current_dir(smi.folder());
    command.env("SMI_STORE_URL", smi.url()).env("SMI_TEST_CLOCK", "2026-04-02T09:00:00Z");
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// MP092-R27, R31: each window has its category, and a Low one that disrupted end-to-end communications is seen.
#[test]
fn mp092_r27_the_report_of_windows_has_category_notice_overrun_and_what_was_disrupted() {
    let smi = planned();
    tell(&smi, "CHG-1001", 1, false, WindowCategory::High);
    tell(&smi, "CHG-1002", 1, false, WindowCategory::Low);
    smi.move_to("2026-03-26T10:00:00Z");
    let close = |connection: &mut Connection| {
        let open = store::find_window(connection, &"CHG-1002".parse().unwrap())?.unwrap();
        let ending = WindowEnding {
            started_at: parse_instant("2026-03-24T22:00:00Z").unwrap(),
            ended_at: parse_instant("2026-03-25T00:40:00Z").unwrap(),
            disrupted: YesNo::Yes,
        };
        store::save_window(
            connection,
            &MaintenanceWindow { state: WindowState::Closed, ending: Some(ending), ..open },
        )
    };
    smi.service.store().transact::<_, StoreFault, _>(close).unwrap();
    insta::assert_snapshot!(report(&smi, &["maintenance", "--month", "2026-03"]), @"
    reference,kind,category,providers,starts_at,ends_at,minutes,actual_minutes,overrun_minutes,published_at,working_days_notice,late,disrupted,low_disrupted_core,aware_to_notice_minutes,retrospective,derogation
    CHG-1001,planned,High,DSP,2026-03-18T20:00:00.000Z,2026-03-19T02:00:00.000Z,360,360,0,2026-02-02T23:59:59.999Z,32,no,,no,,no,
    CHG-1002,planned,Low,DCC,2026-03-24T22:00:00.000Z,2026-03-25T00:00:00.000Z,120,160,40,2026-02-02T23:59:59.999Z,36,no,yes,yes,,no,
    ");
    assert_eq!(report(&smi, &["maintenance", "--month", "2026-02"]).lines().count(), 1, "the header alone");
}

/// What the report of windows asks of the store does not grow with the windows.
#[test]
fn the_report_of_windows_asks_for_all_windows_at_once() {
    let smi = planned();
    let spent = |windows: usize| {
        let (calendar, now) = (smi.service.calendar(), smi.now());
        let make = move |connection: &mut Connection| {
            let rules = RuleSettings::default();
            let basis = ReportBasis { rules: &rules, calendar: &calendar, now };
            make_report(connection, MonthlyReport::Maintenance, "2026-03".parse().unwrap(), basis)
        };
        let before = smi.statements();
        let table = smi.service.store().transact::<_, StoreFault, _>(make).unwrap();
        assert_eq!(table.rows.len(), windows);
        smi.statements() - before
    };
    // The writer measures its WAL now and then, by a statement between two transactions.
    let least = |windows| spent(windows).min(spent(windows));
    tell(&smi, "CHG-1001", 1, false, WindowCategory::High);
    let one = least(1);
    tell(&smi, "CHG-1001", 2, false, WindowCategory::High);
    tell(&smi, "CHG-1002", 1, false, WindowCategory::Low);
    assert_eq!(least(2), one);
}

/// SERVICE.md 7/24, MP092-R32, PM/z: 100 changes, of which 97 succeeded.
#[test]
fn row_24_the_report_of_changes_has_figures_and_targets() {
    let smi = planned();
    let mut csv =
        "change_id,title,provider,outcome,implemented_on,reference,incident_category,effect,lesson\n"
            .to_owned();
    for number in 1..=97 {
        writeln!(csv, "S-{number},Release,DSP,success,2026-03-02,,,,").unwrap();
    }
    csv.push_str("F-1,Release,DSP,failed,2026-03-03,,,minimal,Test it first\n");
    csv.push_str("F-2,Release,DSP,failed,,CHG-1001,,minimal,Test it first\n");
    csv.push_str("F-3,Release,DCC,failed,2026-03-31,CHG-1001,2,significant,Two people look\n");
    csv.push_str("O-1,Release,DCC,failed,2026-04-01,CHG-1001,1,significant,Another month\n");
    csv.push_str("O-2,Release,DCC,,,CHG-1002,,,\n");
    smi.import(Kind::Changes, &csv);
    insta::assert_snapshot!(report(&smi, &["changes", "--month", "2026-03"]), @"
    metric,value,target,met,of
    success_rate,97.0%,over 95%,yes,100
    adverse_impact_rate,1.0%,under 3%,yes,100
    failed_with_little_effect,66.7%,over 80%,no,3
    ");
    insta::assert_snapshot!(report(&smi, &["changes", "--month", "2026-05"]), @"
    metric,value,target,met,of
    success_rate,,over 95%,,0
    adverse_impact_rate,,under 3%,,0
    failed_with_little_effect,,over 80%,,0
    ");
}
