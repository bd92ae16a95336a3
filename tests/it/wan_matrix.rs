//! SR 12.1 for every combination of what a CSP may say and what the operator may choose: asked with signed requests,
//! read from verified answers, and kept as one table in which equal answers share a row.

use std::{
    collections::{BTreeMap, BTreeSet},
    thread,
};

use smi::{
    domain::{Body, CodeOverrides, CspRegion, CspRelease, PremisesKey, PropertyFilter, Shape, WanTechnology},
    rules::{RuleSettings, WanUnknown},
    store::Kind,
};

use crate::support::{OPERATOR, Smi};

const LEVELS: [&str; 4] = ["UPRN", "address", "postcode", "district"];
const DATES: [&str; 2] = ["2027-03-31", ""];
const COLUMNS: [&str; 7] =
    ["region", "level", "value", "date", "csp_release", "wan_unknown", "schemaVersion"];

/// One thing that a CSP says, at a place of its own.
#[derive(Clone, Copy)]
struct Said {
    number: usize,
    region: CspRegion,
    technology: WanTechnology,
    date: &'static str,
    level: &'static str,
}

/// Everything that every region may say, at every level.
fn all_said() -> Vec<Said> {
    let mut all = Vec::new();
    let mut number = 10;
    for region in CspRegion::WITH_COVERAGE {
        for technology in WanTechnology::ALL.iter().filter(|technology| technology.suits(*region)) {
            for date in DATES {
                let said = |level| Said { number, region: *region, technology: *technology, date, level };
                all.extend(LEVELS.map(said));
                number += 1;
            }
        }
    }
    assert!(number < 100, "a district has two digits");
    all
}

impl Said {
    /// A district of its own.
    fn district(self) -> String {
        let letter = LEVELS.iter().zip(["U", "V", "W", "X"]).find(|(level, _)| **level == self.level);
        format!("Z{}{}", letter.unwrap().1, self.number)
    }

    fn uprn(self) -> String {
        format!("1000000000{}", self.number)
    }

    /// As a line of an extract.
    fn line(self) -> String {
        let Self { region, technology, date, level, .. } = self;
        let district = self.district();
        let place = match level {
            "UPRN" => format!("{district} 1AA,,{}", self.uprn()),
            "address" => format!("{district} 1AA,1,"),
            "postcode" => format!("{district} 1AA,,"),
            _ => format!("{district},,"),
        };
        format!("{region},{place},true,{date},{technology},High\n")
    }

    /// As it is asked for.
    fn asked(self) -> Body {
        let (post_code, address_identifier) = (format!("{} 1AA", self.district()), "1");
        Body::RequestWanMatrix(if self.level == "UPRN" {
            PremisesKey::Uprn(self.uprn().parse().unwrap())
        } else {
            let (post_code, address_identifier) =
                (post_code.parse().unwrap(), address_identifier.parse().unwrap());
            PremisesKey::PartialAddress(PropertyFilter { post_code, address_identifier })
        })
    }
}

const HEADER: &str = "csp_region,postcode,address_identifier,uprn,coverage_availability,anticipated_coverage_date,wan_technology,connectivity_likelihood\n";

/// A combination, a value for each column.
type Combination = [String; 7];

/// What is answered to everything under these settings.
fn answered(release: CspRelease, unknown: WanUnknown) -> Vec<(Combination, String)> {
    let rules = RuleSettings { csp_release: release, wan_unknown: unknown, ..RuleSettings::default() };
    let smi = Smi::under(rules, CodeOverrides::default(), Vec::new(), None);
    let said = all_said();
    let lines = said.iter().map(|said| said.line()).collect::<String>();
    smi.import(Kind::Coverage, &format!("{HEADER}{lines}"));
    let mut answers = Vec::new();
    for said in said {
        for shape in Shape::ALL {
            let mut request = smi.request(OPERATOR, said.asked());
            request.schema_version = shape.since().parse().unwrap();
            let told = smi.post(&smi.signed(&request));
            let Said { region, technology, date, level, .. } = said;
            let date = if date.is_empty() { "none" } else { date };
            let combination = [
                region.as_str(),
                level,
                shown(technology.as_str()),
                date,
                release.as_str(),
                unknown.as_str(),
                shape.since(),
            ];
            answers.push((combination.map(str::to_owned), read(&told.text, &told.code, region)));
        }
    }
    answers
}

fn shown(text: &str) -> &str {
    if text == " " { "[one space]" } else { text }
}

/// `I0 itself I0 Cellular true 2027-03-31`: the code, the region's name and its own code, and what it says.
fn read(answer: &str, code: &str, asked: CspRegion) -> String {
    let value = |name: &str| {
        let (_, rest) = answer.split_once(&format!("<sr:{name}>"))?;
        rest.split_once("</").map(|(value, _)| value)
    };
    let region = match value("CSPRegion") {
        Some(name) if name == asked.as_str() => "itself",
        Some(name) if name == asked.plain().as_str() => "its plain name",
        other => panic!("{other:?} for {asked}"),
    };
    let of_region = value("CSPRegionResponseCode").unwrap_or("no code");
    let technology = shown(value("WANTechnology").unwrap());
    let (available, date) = (value("CoverageAvailability").unwrap(), value("AnticipatedCoverageDate"));
    let available = if available == "true" { "available" } else { "not available" };
    format!("{code}; {region}, {of_region}; {technology}; {available}; {}", date.unwrap_or("no date"))
}

/// The rows: for each answer, in which combinations it is given. `*` is every value that stands in that column at all.
fn rows(answers: &[(Combination, String)]) -> Vec<String> {
    let column = |combinations: &[&Combination], at: usize| {
        combinations.iter().filter_map(|combination| combination.get(at).cloned()).collect::<BTreeSet<_>>()
    };
    let everything = answers.iter().map(|(combination, _)| combination).collect::<Vec<_>>();
    let mut by_answer = BTreeMap::<&str, Vec<&Combination>>::new();
    for (combination, answer) in answers {
        by_answer.entry(answer).or_default().push(combination);
    }
    let rows = by_answer.into_iter().map(|(answer, combinations)| {
        let columns = (0..7).map(|at| column(&combinations, at)).collect::<Vec<_>>();
        // A row says no more than is so: all that it names together is answered so, and exists at all.
        let meant = everything.iter().filter(|combination| {
            combination.iter().zip(&columns).all(|(value, of_column)| of_column.contains(value))
        });
        assert_eq!(meant.count(), combinations.len(), "{answer}: {columns:?}");
        let cells = columns.iter().enumerate().map(|(at, values)| {
            let all = *values == column(&everything, at);
            if all { "*".to_owned() } else { values.iter().cloned().collect::<Vec<_>>().join(" / ") }
        });
        format!("| {} | {answer} |", cells.collect::<Vec<_>>().join(" | "))
    });
    let mut rows = rows.collect::<Vec<_>>();
    rows.sort();
    rows
}

/// SMI.md 7; MP106-T1, R1 to R7, R9 to R11.
#[test]
fn every_combination_is_answered_as_the_table_says() {
    let answers = thread::scope(|scope| {
        let settings =
            CspRelease::ALL.iter().flat_map(|release| WanUnknown::ALL.iter().map(move |u| (*release, *u)));
        let asking = settings.map(|(release, unknown)| scope.spawn(move || answered(release, unknown)));
        let asking = asking.collect::<Vec<_>>();
        asking.into_iter().flat_map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
    });
    assert_eq!(
        answers.len(),
        all_said().len() * CspRelease::ALL.len() * WanUnknown::ALL.len() * Shape::ALL.len()
    );
    let head = format!("| {} | answer |", COLUMNS.join(" | "));
    insta::assert_snapshot!("wan_matrix_table", format!("{head}\n{}", rows(&answers).join("\n")));
}
