//! The import of tables and of compatibility tests: what a file replaces, and what is refused with line, column, value and reason.

use smi::{
    db::StoreFault,
    domain::{
        Date, parse_date,
        tsat::{Baseline, Compatibility, May, Specification},
    },
    store::{self, ImportFault, Imported, Kind, Origin},
};

use crate::support::Smi;

const HEADER: &str = "version,effective_from,specification,spec_version,gbcs_version,install_from,install_to,ppm_install_to,\
    maintain_from,maintain_to,operate_from,operate_to,security,note\n";
const CHTS_1_0: &str = "CHTS,1.0,1.1,2016-09-30,2023-01-31,n/a,2016-09-30,2023-02-28,2017-11-06,ND,,\n";

fn date(text: &str) -> Date {
    parse_date(text).unwrap()
}

fn import(smi: &Smi, kind: Kind, csv: &str) -> Result<Imported, String> {
    let origin = Origin { may_be_empty: false, ..Origin::of_all_regions() };
    let imported =
        store::import_from(smi.service.store(), kind, &mut csv.as_bytes(), &origin, smi.now(), &mut |_| ());
    imported.map_err(|fault| match fault {
        ImportFault::Rows { faults, total } => {
            assert_eq!(faults.len(), total.min(100));
            let fault = faults.iter().map(|fault| {
                let value = fault.value.as_ref().map(|value| format!(" [{value}]")).unwrap_or_default();
                format!("{fault}{value}")
            });
            fault.collect::<Vec<_>>().join("\n")
        }
        fault @ (ImportFault::Store(_)
        | ImportFault::Read(_)
        | ImportFault::UnderWay
        | ImportFault::Overtaken) => panic!("{fault}"),
    })
}

/// The versions that hold, and whether CHTS 1.0 may be installed on a day by that in force then.
fn held(smi: &Smi, on: &str) -> (Vec<String>, May) {
    let tables = smi.service.tsat_tables().unwrap();
    let versions = tables.all().iter().map(|table| {
        format!("{} {} {} {}", table.version(), table.effective_from(), table.origin(), table.rows().len())
    });
    let of = Baseline::read(Some(Specification::Chts), Some("1.0"), Some("1.1"));
    let may = tables.judge(&of, date(on), date(on), false).verdict.install.may;
    (versions.collect(), may)
}

/// MP139-R8, HUBS.md 2: what is shipped is not inserted; an imported version of its name stands for it.
#[test]
fn an_import_replaces_the_versions_that_it_names_and_no_other() {
    let smi = Smi::new();
    let shipped = ["9.0 2012-12-18 shipped 27", "MP139 2021-01-21 shipped 27"];
    assert_eq!(held(&smi, "2022-02-01"), (shipped.map(str::to_owned).to_vec(), May::No));
    assert_eq!(smi.exported(Kind::Tsat), HEADER);
    let next = format!("{HEADER}NEXT,2022-02-01,{CHTS_1_0}");
    let imported = import(&smi, Kind::Tsat, &next).unwrap();
    assert_eq!(
        (imported.rows, imported.changes.added.first),
        (1, vec!["NEXT, CHTS 1.0 / GBCS 1.1".to_owned()])
    );
    assert_eq!(held(&smi, "2022-02-01").1, May::Yes);
    assert_eq!(held(&smi, "2022-01-31").1, May::Yes, "before its day nothing changes");
    assert_eq!(smi.exported(Kind::Tsat), next);
    // Another version beside it, and one of a shipped one's name.
    let more = format!("{HEADER}MP139,2021-02-01,{CHTS_1_0}LATER,2023-01-01,{CHTS_1_0}");
    import(&smi, Kind::Tsat, &more).unwrap();
    assert_eq!(
        held(&smi, "2021-01-31").0,
        [
            "9.0 2012-12-18 shipped 27",
            "MP139 2021-02-01 imported 1",
            "NEXT 2022-02-01 imported 1",
            "LATER 2023-01-01 imported 1",
        ]
    );
    // The row is no longer there: the version is replaced whole.
    let other = next.replace("CHTS,1.0,1.1,", "CHTS,1.2,3.0,");
    let Imported { changes, .. } = import(&smi, Kind::Tsat, &other).unwrap();
    assert_eq!((changes.added.total, changes.removed.total, changes.unchanged), (1, 1, 0));
    assert_eq!(held(&smi, "2022-02-01").1, May::NoRow);
    smi.service.store().transact::<_, StoreFault, _>(store::reset).unwrap();
    assert_eq!(held(&smi, "2022-02-01"), (shipped.map(str::to_owned).to_vec(), May::No));
}

/// HUBS.md 7, first row.
#[test]
fn a_bad_file_is_refused_whole_with_each_fault() {
    let smi = Smi::new();
    import(&smi, Kind::Tsat, &format!("{HEADER}NEXT,2022-02-01,{CHTS_1_0}")).unwrap();
    let before = held(&smi, "2022-02-01");
    let bad = format!(
        "{HEADER}\
        A,2023-01-01,CHTS,1.0,1.1,,31/01/22,n/a,2016-09-30,2022-02-29,2017-11-06,ND,,\n\
        A,2023-01-01,CHT,1.0,1.1,2016-09-30,ND,n/a,2016-09-30,ND,2017-11-06,ND,,\n\
        A,2023-01-01,CHTS,1.1,1.1,2016-09-30,2016-09-29,n/a,2016-09-30,ND,2017-11-06,ND,,\n\
        A,2023-01-01,CHTS,1.2,1.1,2016-09-30,ND,2019-03-15,2016-09-30,ND,2017-11-06,ND,,\n\
        A,2023-01-01,{CHTS_1_0}\
        A,2023-01-01,{CHTS_1_0}\
        A,2023-01-02,CHTS,1.3,1.1,2016-09-30,ND,n/a,2016-09-30,ND,2017-11-06,ND,,\n\
        B,2023-01-01,{CHTS_1_0}\
        C,2022-02-01,{CHTS_1_0}\
        D,2021-01-21,{CHTS_1_0}\
        E,soon,{CHTS_1_0}\
        ,2024-01-01,{CHTS_1_0}\
        F,2025-01-01,SMETS1 ESMSTS,1.2,1.1,2012-12-18,ND,n/a,2012-12-18,ND,n/a,2022-01-01,,\n"
    );
    insta::assert_snapshot!(import(&smi, Kind::Tsat, &bad).unwrap_err());
    assert_eq!(held(&smi, "2022-02-01"), before);
    insta::assert_snapshot!(import(&smi, Kind::Tsat, &HEADER.replace("gbcs_version", "gbcs")).unwrap_err(), @"
    line 1, column `gbcs`: unknown column; known are version, effective_from, specification, spec_version, gbcs_version, install_from, install_to, ppm_install_to, maintain_from, maintain_to, operate_from, operate_to, security, note
    line 1, column `gbcs_version`: the column is missing
    ");
    assert_eq!(import(&smi, Kind::Tsat, HEADER).unwrap().rows, 0, "it names no version");
    assert_eq!(held(&smi, "2022-02-01"), before);
}

/// MP139-R18.
#[test]
fn compatibility_is_replaced_whole_and_an_empty_file_must_be_meant() {
    let smi = Smi::new();
    let header = "smets_version,chts_version,device_type,result,devices_tested,tested_on,note\n";
    let answer = |smets: &str, chts: &str| {
        let records = smi.service.compatibility_records().unwrap();
        records.answer(&smets.parse().unwrap(), &chts.parse().unwrap())
    };
    assert_eq!(answer("4.2", "1.0"), Compatibility::TestedOk);
    let first = format!("{header}4.2,1.0,ESME,failed,1,2021-03-01,no answer\n5.1,1.4,,ok,12,,\n");
    import(&smi, Kind::Compatibility, &first).unwrap();
    assert_eq!(
        (answer("4.2", "1.0"), answer("5.1", "1.4")),
        (Compatibility::TestedFailed, Compatibility::TestedOk)
    );
    assert_eq!(smi.exported(Kind::Compatibility), first);
    import(&smi, Kind::Compatibility, &format!("{header}5.1,1.4,,failed,1,,\n")).unwrap();
    assert_eq!(
        (answer("4.2", "1.0"), answer("5.1", "1.4")),
        (Compatibility::TestedOk, Compatibility::TestedFailed)
    );
    let bad = format!(
        "{header}V4.2,,METER,good,0,2021-02-30,\n4.2,1.0,,ok,3,,\n4.2,1.0,,failed,03,,\n4.2,1.0,,failed,2,,\n"
    );
    insta::assert_snapshot!(import(&smi, Kind::Compatibility, &bad).unwrap_err());
    assert!(import(&smi, Kind::Compatibility, header).unwrap_err().contains("no lines follow the header"));
    assert_eq!(answer("5.1", "1.4"), Compatibility::TestedFailed);
    smi.import(Kind::Compatibility, header);
    assert_eq!(answer("5.1", "1.4"), Compatibility::NotTested);
}
