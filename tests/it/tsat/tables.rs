//! What the tables answer: the acceptance of HUBS.md 8, and every answer against a second reading of the printed annex.

use std::{collections::BTreeMap, fmt::Write as _, process::Command};

use smi::domain::{
    Date, TsatVersion, parse_date,
    tsat::{
        Baseline, Column, Judgement, Review, RowKey, Specification, Table, TableOrigin, Tables, ValidityTest,
        Way, difference,
    },
};

use crate::support::{package, skip::skip};

fn date(text: &str) -> Date {
    parse_date(text).unwrap()
}

fn version(text: &str) -> TsatVersion {
    text.parse().unwrap()
}

fn named(text: &str) -> &'static Table {
    Tables::shipped().named(&version(text)).unwrap()
}

/// What is asked: `CHTS 1.0 / 1.1`.
fn baseline(text: &str) -> Baseline {
    let (of, gbcs) = text.split_once(" / ").unwrap();
    let (specification, number) = of.rsplit_once(' ').unwrap();
    Baseline::read(Some(specification.parse().unwrap()), Some(number), Some(gbcs))
}

fn judge(text: &str, on: &str, as_at: &str) -> Judgement<'static> {
    Tables::shipped().judge(&baseline(text), date(on), date(as_at), false)
}

/// `install maintain operate`.
fn may(judgement: &Judgement<'_>) -> String {
    let answers = ValidityTest::ALL.iter().map(|test| judgement.verdict.answer(*test).may.as_str());
    answers.collect::<Vec<_>>().join(" ")
}

#[test]
fn every_line_of_the_shipped_file_is_read_and_written_as_it_is() {
    let file = std::fs::read_to_string(package().join("src/domain/tsat/shipped.csv")).unwrap();
    let (header, lines) = file.split_once('\n').unwrap();
    let columns = ["version", "effective_from"].into_iter().chain(Column::ALL.iter().map(|c| c.as_str()));
    assert_eq!(header, columns.collect::<Vec<_>>().join(","));
    let mut written = String::new();
    for table in Tables::shipped().all() {
        assert_eq!((table.rows().len(), table.origin()), (27, TableOrigin::Shipped), "{}", table.version());
        for row in table.rows() {
            let key = row.key();
            let found = table.find(&Baseline {
                specification: Some(key.specification),
                version: Some(key.version.clone()),
                gbcs: key.gbcs.clone(),
            });
            assert_eq!(found, Some(row));
            writeln!(written, "{}", table.cells(row).collect::<Vec<_>>().join(",")).unwrap();
        }
    }
    assert_eq!(written, lines);
    let rows = |of: &[Specification]| {
        named("MP139").rows().iter().filter(|row| of.contains(&row.key().specification)).count()
    };
    assert_eq!([rows(&[Specification::Chts]), rows(&Specification::ALL[..3])], [4, 3]);
}

/// HUBS.md 8, row 1; MP139-R2, R7; TSAT/e to g.
#[test]
fn row_1_a_hub_of_chts_1_0_may_be_installed_then_maintained_then_operated_alone() {
    let days = ["2022-01-31", "2022-02-01", "2022-02-28", "2022-03-01"];
    let answers = days.map(|on| may(&judge("CHTS 1.0 / 1.1", on, "2022-01-01")));
    assert_eq!(answers, ["yes yes yes", "no yes yes", "no yes yes", "no no yes"]);
}

/// HUBS.md 8, rows 2 and 3; MP139-T10, T11, R2, R3, R8; TSAT/a.
#[test]
fn rows_2_and_3_the_version_in_force_as_at_the_day_answers() {
    let asked = |of, on, as_at| {
        let judgement = judge(of, on, as_at);
        let table = judgement.table.map_or("none", |table| table.version().as_str());
        let row = judgement.row.map(|row| (row.install().to().to_string(), row.maintain().to().to_string()));
        (may(&judgement), table, row.unwrap_or_default())
    };
    let ends = |install: &str, maintain: &str| (install.to_owned(), maintain.to_owned());
    let of = "CHTS 1.0 / 1.1";
    let (before, after) = (ends("2021-01-31", "2021-02-28"), ends("2022-01-31", "2022-02-28"));
    assert_eq!(asked(of, "2021-02-01", "2021-01-20"), ("no yes yes".to_owned(), "9.0", before));
    assert_eq!(asked(of, "2021-02-01", "2021-01-21"), ("yes yes yes".to_owned(), "MP139", after));
    let of = "CHTS 1.1 / 2.1";
    let (before, after) = (ends("2021-04-30", "2021-05-31"), ends("2022-04-30", "2022-05-31"));
    assert_eq!(asked(of, "2021-06-01", "2021-01-20"), ("no no yes".to_owned(), "9.0", before));
    assert_eq!(asked(of, "2021-06-01", "2021-01-21"), ("yes yes yes".to_owned(), "MP139", after));
    assert_eq!(asked(of, "2021-06-01", "2012-12-17").1, "none", "before the first version");
}

/// HUBS.md 8, row 4; MP139-T2 to T4, R5, R6; TSAT/e, h.
#[test]
fn row_4_smets1_has_an_end_for_prepayment_and_is_not_asked_about_operating() {
    let asked = |on, ppm| {
        let of = baseline("SMETS1 ESMSTS 1.2 / 1.1");
        may(&Tables::shipped().judge(&of, date(on), date("2022-01-01"), ppm))
    };
    let general = ["2012-12-17", "2018-12-05", "2018-12-06"].map(|on| asked(on, false));
    assert_eq!(general, ["no no not_asked", "yes yes not_asked", "no yes not_asked"]);
    let prepayment = ["2012-12-17", "2019-03-15", "2019-03-16"].map(|on| asked(on, true));
    assert_eq!(prepayment, ["no no not_asked", "yes yes not_asked", "no yes not_asked"]);
    // MP139-R6, and that other Devices have no such end.
    assert_eq!(
        [asked("2019-01-01", false), asked("2019-01-01", true)],
        ["no yes not_asked", "yes yes not_asked"]
    );
    let hub = baseline("CHTS 1.0 / 1.1");
    assert_eq!(
        may(&Tables::shipped().judge(&hub, date("2022-02-01"), date("2022-02-01"), true)),
        "no yes yes"
    );
}

/// HUBS.md 8, row 5; TSAT/b, c, i, j; O15.
#[test]
fn row_5_an_ap_that_ended_is_a_warning_and_no_row_is_told_apart_from_no() {
    let judged = judge("CHTS 1.1 / 2.0", "2022-03-01", "2022-03-01");
    let warnings = judged.verdict.warnings.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!((may(&judged).as_str(), warnings), ("yes yes no", vec!["AP ended 2022-02-28".to_owned()]));
    assert!(judge("CHTS 1.1 / 2.0", "2022-02-28", "2022-03-01").verdict.warnings.is_empty());
    assert!(judge("CHTS 1.1 / 2.0", "2018-10-27", "2022-03-01").verdict.warnings.is_empty());
    for none in ["CHTS 1.0 / 1.0", "CHTS V1.4 / 4.1", "CHTS 1.x / 1.1", "CHTS 1.10 / 2.0", "GSMETS 3.1 / 3.2"]
    {
        let judged = judge(none, "2022-01-01", "2022-01-01");
        assert_eq!(may(&judged), "no_row no_row no_row", "{none}");
        assert!(judged.row.is_none() && judged.table.is_some());
    }
    // What is not recorded finds no row, and is told as it was read.
    let read = |version, gbcs| Baseline::read(Some(Specification::Chts), version, gbcs);
    for (of, told) in [
        (read(Some("CHTS"), Some("1.1")), "CHTS not known / GBCS 1.1"),
        (read(None, Some("1.1")), "CHTS not known / GBCS 1.1"),
        (read(Some("CHTS V1.0"), None), "CHTS 1.0 / GBCS not known"),
        (Baseline::read(None, Some("1.0"), Some("1.1")), "no specification 1.0 / GBCS 1.1"),
    ] {
        assert_eq!((named("MP139").find(&of), of.to_string().as_str()), (None, told));
    }
}

/// MP139-R1: one version has several rows; SMETS1 is found whatever GBCS version is recorded (TSAT/c).
#[test]
fn tsat_c_a_row_is_found_by_specification_version_and_gbcs_version() {
    let found = |text: &str| named("MP139").find(&baseline(text)).map(|row| row.key().to_string());
    assert_eq!(found("CHTS 1.1 / 2.0").as_deref(), Some("CHTS 1.1 / GBCS 2.0"));
    assert_eq!(found("CHTS V1.1 / GBCS v2.1").as_deref(), Some("CHTS 1.1 / GBCS 2.1"));
    for gbcs in ["n/a", "1.1", "9.9"] {
        let smets1 = found(&format!("SMETS1 IHDTS 1.2 / {gbcs}"));
        assert_eq!(smets1.as_deref(), Some("SMETS1 IHDTS 1.2 / GBCS n/a"));
    }
}

/// HUBS.md 8, row 7; MP139-T11, T12, R17; TSAT/n.
#[test]
fn row_7_five_cells_moved_by_a_year_and_three_rows_are_extended() {
    let found = difference(named("9.0"), named("MP139"));
    let cells = found.cells.iter().fold(String::new(), |mut text, cell| {
        writeln!(text, "{} {} {} to {}", cell.row, cell.column, cell.from, cell.to).unwrap();
        text
    });
    insta::assert_snapshot!(cells, @r"
    CHTS 1.0 / GBCS 1.1 install_to 2021-01-31 to 2022-01-31
    CHTS 1.0 / GBCS 1.1 maintain_to 2021-02-28 to 2022-02-28
    CHTS 1.1 / GBCS 2.0 operate_to 2021-02-28 to 2022-02-28
    CHTS 1.1 / GBCS 2.1 install_to 2021-04-30 to 2022-04-30
    CHTS 1.1 / GBCS 2.1 maintain_to 2021-05-31 to 2022-05-31
    ");
    let shown = |keys: &[RowKey]| keys.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    assert_eq!(shown(&found.extended), "CHTS 1.0 / GBCS 1.1, CHTS 1.1 / GBCS 2.0, CHTS 1.1 / GBCS 2.1");
    assert!(found.added.is_empty() && found.removed.is_empty());
    let (tables, table) = (Tables::shipped(), named("MP139"));
    for row in table.rows() {
        let extended = found.extended.contains(row.key());
        assert_eq!(tables.is_extended(table, row), extended);
        assert_eq!(row.security(), if extended { "assessment open" } else { "" });
        // MP139-T12: the date as it is printed, two digits of the year and one left over, is that of the proposal.
        let mut moved = found.cells.iter().filter(|cell| cell.row == *row.key());
        for printed in row.note().split_whitespace().skip(1) {
            let [day, month, rest] = printed.split('/').collect::<Vec<_>>()[..] else { panic!("{printed}") };
            let iso = format!("20{}-{month}-{day}", rest.strip_suffix(['1', '2']).unwrap());
            let cell = moved.next().unwrap();
            assert!(iso == cell.from || iso == cell.to, "{printed}: {cell:?}");
            assert!(
                cell.to.starts_with("2022-") && cell.to.ends_with(&format!("-{month}-{day}")),
                "{printed}"
            );
        }
        assert_eq!(moved.next(), None);
    }
    assert!(difference(named("MP139"), named("9.0")).extended.is_empty());
    assert!(named("9.0").rows().iter().all(|row| !tables.is_extended(named("9.0"), row)));
}

/// MP139-R10: a back-out is a version of its own with the old rows, and both stay (TSAT/m).
#[test]
fn mp139_r10_a_back_out_brings_the_old_rows_back_from_its_day_on() {
    let old = named("9.0");
    let rows = old.rows().to_vec();
    let back_out = Table::new(version("9.0 again"), date("2021-02-03"), TableOrigin::Imported, rows);
    let tables = Tables::over_shipped(vec![back_out]);
    let asked = |as_at| {
        let judged = tables.judge(&baseline("CHTS 1.0 / 1.1"), date("2021-02-03"), date(as_at), false);
        (judged.table.unwrap().version().as_str(), may(&judged), judged.extended)
    };
    assert_eq!(asked("2021-01-20"), ("9.0", "no yes yes".to_owned(), false));
    assert_eq!(asked("2021-02-02"), ("MP139", "yes yes yes".to_owned(), true));
    assert_eq!(asked("2021-02-03"), ("9.0 again", "no yes yes".to_owned(), false));
    assert_eq!(tables.all().len(), 3);
    let backed_out = difference(named("MP139"), tables.named(&version("9.0 again")).unwrap());
    assert_eq!((backed_out.cells.len(), backed_out.extended.len()), (5, 0));
}

/// An imported version stands for a shipped one of its name, and is in force before a shipped one of the same day.
#[test]
fn an_imported_version_stands_for_the_shipped_one_of_its_name() {
    let few = named("MP139").rows()[26..].to_vec();
    let imported = |name, from| Table::new(version(name), date(from), TableOrigin::Imported, few.clone());
    let tables = Tables::over_shipped(vec![imported("MP139", "2021-02-01"), imported("Again", "2012-12-18")]);
    let names = tables.all().iter().map(|table| format!("{} {}", table.version(), table.origin()));
    assert_eq!(names.collect::<Vec<_>>(), ["9.0 shipped", "Again imported", "MP139 imported"]);
    assert_eq!(tables.in_force(date("2021-01-31")).unwrap().version().as_str(), "Again");
    assert_eq!(tables.in_force(date("2021-02-01")).unwrap().rows().len(), 1);
}

/// HUBS.md 8, row 14; MP139-R16.
#[test]
fn mp139_r16_a_review_lists_the_rows_with_a_date_before_the_next_one() {
    let reviewed = |on, months| {
        let table = Tables::shipped().in_force(date(on)).unwrap();
        let review = Review::of(Some(table), date(on), months).unwrap();
        let rows = review.rows.iter().map(|reviewed| {
            let ends = reviewed.ends.iter().map(|(column, end)| format!("{column} {end}"));
            format!("{}: {}", reviewed.row.key(), ends.collect::<Vec<_>>().join(", "))
        });
        (review.next.to_string(), rows.collect::<Vec<_>>())
    };
    let (next, rows) = reviewed("2021-12-01", 3);
    assert_eq!(next, "2022-03-01");
    assert_eq!(
        rows,
        [
            "CHTS 1.0 / GBCS 1.1: install_to 2022-01-31, maintain_to 2022-02-28",
            "CHTS 1.1 / GBCS 2.0: operate_to 2022-02-28",
        ]
    );
    // The day of a review belongs to it, that of the next one does not; a month is clamped to its last day.
    assert_eq!(reviewed("2021-11-28", 3).1.len(), 1);
    assert_eq!(reviewed("2022-02-28", 1).1.len(), 2);
    assert_eq!(reviewed("2021-11-30", 3).0, "2022-02-28");
    assert_eq!(reviewed("2018-12-05", 1).1.len(), 3, "the three tables of SMETS1");
    assert!(Review::of(None, Date::MAX, 1).is_none());
    assert_eq!(Review::of(None, date("2021-12-01"), 1).unwrap().rows.len(), 0);
}

/// MP139-R12, R14; TSAT/o, p: and by when stock must be used.
#[test]
fn mp139_r12_r14_each_row_has_its_way_up_and_stock_cannot_go_it_over_the_air() {
    let told = |name: &str| {
        let table = named(name);
        let hubs = table.rows().iter().filter(|row| row.key().specification == Specification::Chts);
        hubs.fold(String::new(), |mut text, row| {
            let ways = |installed, day| {
                let ways = Way::of(row, installed, date(day));
                ways.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or ")
            };
            let way = table.way_up(row);
            let target = way.and_then(|way| way.target).map(|target| target.key().to_string());
            let deadline = way.map(|way| way.deadline.to_string());
            let use_by = row.use_by().map(|use_by| format!("{} {}", use_by.day, use_by.kind));
            let or_none = |text: Option<String>| text.unwrap_or_else(|| "none".to_owned());
            let (deadline, target, use_by) = (or_none(deadline), or_none(target), or_none(use_by));
            writeln!(text, "{}: {deadline} to {target}; use by {use_by}", row.key()).unwrap();
            writeln!(text, "  {}; {}", ways(true, "2022-02-28"), ways(false, "2022-02-28")).unwrap();
            text
        })
    };
    insta::assert_snapshot!(told("MP139"), @r"
    CHTS 1.0 / GBCS 1.1: 2022-02-28 to CHTS 1.1 / GBCS 2.1; use by 2022-01-31 IVP
      over the air; re-flash
    CHTS 1.1 / GBCS 2.0: 2022-02-28 to CHTS 1.1 / GBCS 2.1; use by 2022-02-28 AP
      over the air; install by 2022-02-28, then over the air or re-flash
    CHTS 1.1 / GBCS 2.1: 2022-05-31 to CHTS 1.3 / GBCS 3.2; use by 2022-04-30 IVP
      over the air; install by 2022-04-30, then over the air or re-flash
    CHTS 1.3 / GBCS 3.2: none to none; use by none
      over the air; install, then over the air or re-flash
    ");
}

/// MP139-T2 to T11: the annex as it is printed, typed again and read by a program of its own: all rows of both versions, each day on which any answer
/// changes with the day before and after it, with and without prepayment.
#[test]
fn every_answer_is_that_of_a_second_reading_of_the_annex() {
    let oracle = Command::new("python3").arg(package().join("tests/oracles/tsat.py")).output();
    let Some(oracle) = oracle.ok().filter(|oracle| oracle.status.success()) else {
        skip("python3");
        return;
    };
    let lines = String::from_utf8(oracle.stdout).unwrap();
    let mut counted = BTreeMap::<&str, usize>::new();
    for line in lines.lines() {
        let (kind, rest) = line.split_once(' ').unwrap();
        *counted.entry(kind).or_default() += 1;
        let ours = match (kind, &rest.split('|').collect::<Vec<_>>()[..]) {
            ("may", [version, specification, number, gbcs, on, ppm, ..]) => {
                let of = Baseline::read(Some(specification.parse().unwrap()), Some(number), Some(gbcs));
                let as_at = named(version).effective_from();
                let judged = Tables::shipped().judge(&of, date(on), as_at, *ppm == "True");
                let warnings = judged.verdict.warnings.iter().map(ToString::to_string).collect::<String>();
                let answers = may(&judged).replace(' ', "|");
                format!("{version}|{specification}|{number}|{gbcs}|{on}|{ppm}|{answers}|{warnings}")
            }
            ("way", [version, specification, number, gbcs, ..]) => {
                let table = named(version);
                let row = table.find(&baseline(&format!("{specification} {number} / {gbcs}"))).unwrap();
                let way = table.way_up(row);
                let target = way.and_then(|way| way.target).map(|target| {
                    [Column::SpecVersion, Column::GbcsVersion].map(|column| target.cell(column)).join(" ")
                });
                let deadline = way.map(|way| way.deadline.to_string()).unwrap_or_default();
                let target = target.unwrap_or_default();
                format!("{version}|{specification}|{number}|{gbcs}|{deadline}|{target}")
            }
            ("force", [on, _]) => {
                let table = Tables::shipped().in_force(date(on));
                format!("{on}|{}", table.map_or("", |table| table.version().as_str()))
            }
            (kind, _) => panic!("{kind}"),
        };
        assert_eq!(ours, rest, "{kind}");
    }
    assert_eq!((counted["may"], counted["way"], counted["force"]), (2 * 27 * 39 * 2, 2 * 27, 6));
}
