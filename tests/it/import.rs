//! Devices by the ten thousand: all of a file or nothing of it, whoever looks meanwhile.

use std::{
    fmt::Write as _,
    process::{Command, Output},
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use diesel::{QueryableByName, RunQueryDsl as _, sql_query, sql_types::BigInt};
use smi::{
    db::StoreFault,
    store::{self, Kind},
};

use crate::support::{METER, Smi};

const LINES: usize = 50_000;

/// One ESME, one GSME and so on, none of which the fixtures have; the last line ends with this MPxN.
fn devices(last_mpxn: &str) -> String {
    let mut csv = "device_id,device_type,status,import_mpxn\n".to_owned();
    for number in 1..=LINES {
        let [high, low] = u16::try_from(number).unwrap().to_be_bytes();
        let (device_type, mpxn) =
            if number % 2 == 1 { ("ESME", 2_000_000_000_000 + number) } else { ("GSME", number) };
        let mpxn = if number == LINES { last_mpxn.to_owned() } else { mpxn.to_string() };
        writeln!(csv, "00-42-5E-00-00-00-{high:02X}-{low:02X},{device_type},Commissioned,{mpxn}").unwrap();
    }
    csv
}

fn import(smi: &Smi, csv: &str) -> Output {
    let file = smi.folder().join("devices.csv");
    std::fs::write(&file, csv).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_smi"));
    command.args(["import", "devices", "devices.csv"]).env("SMI_STORE_URL", smi.url());
    command.current_dir(smi.folder()).output().unwrap()
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

/// How many Devices, and how many changes of their statuses, in one state of the database.
fn counted(smi: &Smi) -> (i64, i64) {
    smi.read(|connection| {
        let mut count = |table: &str| {
            let query = format!("SELECT COUNT(*) AS number FROM {table}");
            sql_query(query).get_result::<Number>(connection).map(|count| count.number)
        };
        Ok::<_, StoreFault>((count("devices")?, count("status_history")?))
    })
}

#[test]
fn a_fault_in_the_last_of_50_000_lines_leaves_everything_as_it_was() {
    let smi = Smi::new();
    let before = (smi.exported(Kind::Devices), counted(&smi));
    let refused = import(&smi, &devices("x"));
    assert_eq!(refused.status.code(), Some(1));
    insta::assert_snapshot!(String::from_utf8(refused.stderr).unwrap(), @"
    devices.csv: nothing imported
    line 50001, column `import_mpxn`: `x` is not an MPRN: 1 to 10 digits
    ");
    assert_eq!((smi.exported(Kind::Devices), counted(&smi)), before);
}

#[test]
fn whoever_looks_during_an_import_sees_all_of_it_or_nothing() {
    let smi = Smi::new();
    smi.import(Kind::Devices, &format!("device_id,device_type,status\n{METER},ESME,Pending\n"));
    let (devices_before, changes_before) = counted(&smi);
    let done = AtomicBool::new(false);
    let seen = thread::scope(|scope| {
        let looks = scope.spawn(|| {
            let mut seen = vec![counted(&smi)];
            while !done.load(Ordering::Relaxed) {
                seen.push(counted(&smi));
                thread::sleep(std::time::Duration::from_millis(5));
            }
            seen
        });
        let imported = import(&smi, &(devices("9") + &format!("{METER},ESME,Commissioned,\n")));
        done.store(true, Ordering::Relaxed);
        assert!(imported.status.success(), "{}", String::from_utf8_lossy(&imported.stderr));
        looks.join().unwrap()
    });
    let lines = i64::try_from(LINES).unwrap();
    let after = (devices_before + lines, changes_before + lines + 1);
    assert_eq!(counted(&smi), after);
    assert!(seen.iter().all(|seen| [(devices_before, changes_before), after].contains(seen)), "{seen:?}");
    let history = smi
        .read(|connection| store::history_of_device(connection, METER, store::PageRequest::first(1_000)))
        .rows;
    assert_eq!(history.len(), 2);
}
