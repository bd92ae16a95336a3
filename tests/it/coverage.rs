//! Coverage extracts: loaded beside what answers, and then in its place, all at once.

use std::{
    fs,
    io::Write as _,
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

use diesel::{QueryableByName, RunQueryDsl as _, sql_query, sql_types::BigInt};
use proptest::{
    prelude::*,
    test_runner::{TestCaseError, TestRunner},
};
use smi::{
    db::StoreFault,
    domain::{Body, PremisesKey, PropertyFilter, Uprn},
    duis::xml::{self, Document, Node},
    rules::WanUnknown,
    store::{self, ImportFault, Kind},
};

use crate::support::{OPERATOR, Smi};

const HEADER: &str = "csp_region,postcode,address_identifier,uprn,coverage_availability,\
    anticipated_coverage_date,wan_technology,connectivity_likelihood,additional_information\n";

/// As long as anything here may take.
const DEADLINE: Duration = Duration::from_secs(60);

fn post_code(number: usize) -> String {
    format!("ZZ{} {:04}", number / 10_000, number % 10_000)
}

/// So many postcodes of South, each of which says that text.
fn extract(text: &str, rows: usize) -> String {
    let row = |number| format!("South,{},,,true,2020-01-01,Cellular,High,{text}\n", post_code(number));
    HEADER.to_owned() + &(0..rows).map(row).collect::<String>()
}

fn place(post_code: &str) -> PremisesKey {
    let (post_code, address_identifier) = (post_code.parse().unwrap(), "1".parse().unwrap());
    PremisesKey::PartialAddress(PropertyFilter { post_code, address_identifier })
}

/// What South says of these postcodes, all at one moment.
fn told(smi: &Smi, post_codes: &[usize]) -> Vec<Option<String>> {
    smi.read(|connection| {
        let said = post_codes.iter().map(|number| {
            let regions = store::coverage_facts(
                &mut store::Session::new(connection),
                &place(&post_code(*number)),
                &[],
            )?;
            let coverage = regions.into_iter().find_map(|facts| facts.coverage);
            Ok(coverage.and_then(|coverage| coverage.additional_information).map(|text| text.to_string()))
        });
        said.collect()
    })
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

/// All that is written, whether anybody sees it or not.
fn rows_written(smi: &Smi) -> i64 {
    smi.read(|connection| {
        let count = sql_query("SELECT COUNT(*) AS number FROM coverage").get_result::<Number>(connection)?;
        Ok::<_, StoreFault>(count.number)
    })
}

fn importing(smi: &Smi, file: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_smi"));
    command.args(["import", "coverage", file]).env("SMI_STORE_URL", smi.url()).current_dir(smi.folder());
    command
}

/// A load that was sent so much and waits for more.
fn stuck(smi: &Smi, csv: &str) -> Child {
    let mut load = importing(smi, "/dev/stdin").stdin(Stdio::piped()).spawn().unwrap();
    load.stdin.as_mut().unwrap().write_all(csv.as_bytes()).unwrap();
    load
}

/// A kill in the middle is what a power cut is to the rows: the old coverage stands, and nothing is in the way.
#[test]
fn a_load_that_is_killed_leaves_the_old_coverage_and_the_next_one_works() {
    let smi = Smi::new();
    smi.import(Kind::Coverage, &extract("old", 3));
    let mut load = stuck(&smi, &extract("killed", 12_000));
    let begin = Instant::now();
    while rows_written(&smi) < 10_000 {
        assert!(begin.elapsed() < DEADLINE);
        thread::yield_now();
    }
    let old = [Some("old".to_owned()), Some("old".to_owned()), None];
    assert_eq!(told(&smi, &[0, 2, 3]), old);
    // Meanwhile nobody else loads, in this process or in another.
    let new = smi.folder().join("new.csv");
    fs::write(&new, extract("new", 2)).unwrap();
    let new = new.display().to_string();
    let refused = importing(&smi, &new).output().unwrap();
    let reason = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        reason.ends_with("another load of coverage is under way; try again when it is done\n"),
        "{reason}"
    );
    let refused = smi.service.import(Kind::Coverage, extract("new", 2).as_bytes());
    assert!(matches!(refused, Err(ImportFault::UnderWay)));

    load.kill().unwrap();
    load.wait().unwrap();
    assert_eq!(told(&smi, &[0, 2, 3]), old);
    let next = importing(&smi, &new).output().unwrap();
    assert!(next.status.success(), "{}", String::from_utf8_lossy(&next.stderr));
    assert_eq!(told(&smi, &[0, 1, 2]), [Some("new".to_owned()), Some("new".to_owned()), None]);
    assert_eq!(rows_written(&smi), 2, "what the killed one wrote is gone");
    let mut check = Command::new(env!("CARGO_BIN_EXE_smi"));
    let checked =
        check.arg("check").env("SMI_STORE_URL", smi.url()).current_dir(smi.folder()).output().unwrap();
    let checked = String::from_utf8(checked.stdout).unwrap();
    let line = checked.lines().find(|line| line.contains("coverage South")).unwrap();
    assert!(line.starts_with("ok       coverage South: extract `new.csv` loaded "), "{line}");
    assert!(line.ends_with(" 0 days old: 2 rows"), "{line}");
}

/// Whoever asks while extracts follow each other gets an answer of one of them, and never of half of one.
#[test]
fn whoever_asks_during_a_load_sees_all_of_an_extract_or_nothing_of_it() {
    const ROWS: usize = 6_000;
    let smi = Smi::new();
    let texts = ["first", "second"];
    let files = texts.map(|text| extract(text, ROWS));
    smi.import(Kind::Coverage, &files[0]);
    let (done, seen) = (AtomicBool::new(false), [const { AtomicUsize::new(0) }; 2]);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    let told = told(&smi, &[0, ROWS / 2, ROWS - 1]);
                    let text = told[0].clone().unwrap();
                    assert!(told.iter().all(|told| told.as_ref() == Some(&text)), "{told:?}");
                    seen[usize::from(text == texts[1])].fetch_add(1, Ordering::Relaxed);
                    let answer = smi.ask(OPERATOR, Body::RequestWanMatrix(place(&post_code(ROWS - 1))));
                    assert_eq!(answer.code, "I0");
                    let says = |text: &str| answer.text.matches(&format!(">{text}<")).count();
                    assert_eq!(says(texts[0]) + says(texts[1]), 1, "{}", answer.text);
                }
            });
        }
        for file in [&files[1], &files[0], &files[1]] {
            let before = seen.each_ref().map(|seen| seen.load(Ordering::Relaxed));
            smi.import(Kind::Coverage, file);
            let begin = Instant::now();
            while seen.each_ref().map(|seen| seen.load(Ordering::Relaxed)) == before {
                assert!(begin.elapsed() < DEADLINE);
                thread::yield_now();
            }
        }
        done.store(true, Ordering::Relaxed);
    });
    assert_eq!(rows_written(&smi), i64::try_from(ROWS).unwrap());
}

/// The text of every element of that name.
fn text_of(document: &Document, local: &str) -> Vec<String> {
    let named = document.nodes().filter(|(id, _)| document.element(*id).is_some_and(|e| e.local == local));
    let text = |id| {
        let pieces = document.children(id).filter_map(|(_, node)| match node {
            Node::Text(text) => Some(&**text),
            Node::Start(_) | Node::End(_) | Node::Comment | Node::Instruction(..) => None,
        });
        pieces.collect::<String>()
    };
    named.map(|(id, _)| text(id)).collect()
}

/// A value as a CSV file writes it.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// MP106-R8: one space is a value, none and two are faults; through file, store, answer, signature and back. What else is text
/// beside it survives, too.
#[test]
fn mp106_r8_one_space_is_told_from_none_and_two() {
    // A service of its own for each region, as an extract replaces that of its region alone.
    let services = [(WanUnknown::Space, " "), (WanUnknown::Word, "Unknown")]
        .map(|(unknown, shown)| (["Central", "South"].map(|_| Smi::with(unknown, Vec::new())), shown));
    let cases = ("[0-9][A-Z]{2}", "[ -~]{1,30}", 1_u64..=999_999_999_999, "[ -~]{1,50}", 0_usize..2);
    let check = |(unit, address, number, more, region): (String, String, u64, String, usize)| {
        for (regions, shown) in &services {
            let place = (["Central", "South"][region], &*unit, &*address);
            one_space_survives(&regions[region], shown, place, number, &more)?;
        }
        Ok(())
    };
    TestRunner::new(ProptestConfig { cases: 16, ..ProptestConfig::default() }).run(&cases, check).unwrap();
}

fn one_space_survives(
    smi: &Smi,
    shown: &str,
    (region, unit, address): (&str, &str, &str),
    number: u64,
    more: &str,
) -> Result<(), TestCaseError> {
    let uprn = Uprn::try_from(number).unwrap();
    let row = |technology: &str| {
        let (address, more) = (quoted(address), quoted(more));
        format!("{HEADER}{region},ZZ1 {unit},{address},{uprn},true,2027-01-01,{technology},Low,{more}\n")
    };
    smi.import(Kind::Coverage, &row(" "));
    let stored = smi.exported(Kind::Coverage);
    for technology in ["", "  ", "\" \t\"", "\u{a0}"] {
        let refused = smi.service.import(Kind::Coverage, row(technology).as_bytes()).unwrap_err();
        let refused = refused.to_string();
        prop_assert!(refused.starts_with("line 2, column `wan_technology`: "), "{}", refused);
        prop_assert_eq!(&smi.exported(Kind::Coverage), &stored);
    }
    // Exported, imported and exported again: to the last byte.
    smi.import(Kind::Coverage, &stored);
    prop_assert_eq!(&smi.exported(Kind::Coverage), &stored);
    prop_assert!(stored.contains(",2027-01-01, ,Low,"), "{}", stored);
    // Its signature is verified on the way.
    let answer = smi.ask(OPERATOR, Body::RequestWanMatrix(PremisesKey::Uprn(uprn)));
    let document = xml::parse(answer.text.as_bytes()).unwrap();
    prop_assert_eq!(text_of(&document, "WANTechnology"), vec![shown.to_owned()]);
    prop_assert_eq!(text_of(&document, "AdditionalInformation"), vec![more.to_owned()]);
    Ok(())
}
