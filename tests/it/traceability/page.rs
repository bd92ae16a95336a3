//! `docs/TRACEABILITY.md` as the code and the tests of this moment have it.

use std::{collections::BTreeSet, fmt::Write as _};

use smi::{
    domain::Rule,
    rules::{rulebook::all_rules, status::TABLE},
};

use super::{
    requirements::{CHAPTERS, Requirement},
    scan::{Source, Test},
};

const HEAD: &str = "\
# Traceability

Generated from the rulebook, the code and the tests by `tests/it/traceability`; CONTRIBUTING.md says how. A requirement is
implemented by the rules whose source names it, the moves of the table of SMI Statuses, and the code that cites it; it is
proven by the tests that cite it or one of its rules.
";

/// What was found for one requirement.
struct Traced<'a> {
    requirement: &'a Requirement,
    rules: Vec<&'static Rule>,
    moves: Vec<String>,
    code: Vec<&'a str>,
    tests: Vec<&'a str>,
}

impl Traced<'_> {
    fn is_implemented(&self) -> bool {
        !(self.rules.is_empty() && self.moves.is_empty() && self.code.is_empty())
    }

    /// Not at all, or not all of it.
    fn is_missing(&self) -> bool {
        let lacks = !self.requirement.lacks.is_empty();
        lacks || self.tests.is_empty() || self.moves.iter().any(|moved| moved.ends_with("not yet"))
    }
}

pub(super) fn page(sources: &[Source], tests: &[Test]) -> String {
    let mut body = String::new();
    let (mut proven, mut missing) = (0, Vec::new());
    for (chapter, requirements) in CHAPTERS {
        write!(body, "\n## {chapter}\n").unwrap();
        for requirement in *requirements {
            let traced = trace(requirement, sources, tests);
            if traced.is_missing() {
                missing.push(requirement.id)
            } else {
                proven += 1
            }
            write_traced(&mut body, &traced);
        }
    }
    let all = proven + missing.len();
    let missing = if missing.is_empty() { "none".to_owned() } else { missing.join(", ") };
    format!("{HEAD}\n{proven} of {all} are proven. Not yet, or not all of it: {missing}.\n{body}")
}

fn trace<'a>(requirement: &'a Requirement, sources: &'a [Source], tests: &'a [Test]) -> Traced<'a> {
    let names = [requirement.id, requirement.also];
    let names_it = |text: &str| super::scan::cited(text).iter().any(|cited| names.contains(&cited.as_str()));
    let rules = all_rules().filter(|rule| names_it(rule.source)).collect::<Vec<_>>();
    let cites = |cites: &BTreeSet<String>| cites.iter().any(|cited| names.contains(&cited.as_str()));
    // The rows of section 2 are cited together.
    let walks_the_table = |test: &Test| !requirement.moves.is_empty() && test.cites.contains("SMI.md 2");
    let proves = |test: &&Test| {
        cites(&test.cites) || walks_the_table(test) || rules.iter().any(|rule| test.cites.contains(rule.id))
    };
    Traced {
        requirement,
        moves: requirement.moves.iter().map(|(from, to)| moved(*from, *to)).collect(),
        code: sources
            .iter()
            .filter(|source| cites(&source.cites))
            .map(|source| source.path.as_str())
            .collect(),
        tests: tests.iter().filter(proves).map(|test| test.name.as_str()).collect(),
        rules,
    }
}

/// What makes that move.
fn moved(from: smi::domain::SmiStatus, to: smi::domain::SmiStatus) -> String {
    let rows = TABLE.iter().filter(|row| row.to == Some(to) && row.from.contains(&Some(from)));
    let by = rows.map(|row| row.by.as_str()).collect::<Vec<_>>();
    let by = if by.is_empty() { "not yet".to_owned() } else { by.join(", ") };
    format!("{from} to {to}: {by}")
}

fn write_traced(page: &mut String, traced: &Traced<'_>) {
    let Requirement { id, says, lacks, .. } = traced.requirement;
    write!(page, "\n**{id}** {says}\n\n").unwrap();
    let mut line = |what: &str, found: Vec<String>| {
        if !found.is_empty() {
            writeln!(page, "- {what}: {}", found.join("; ")).unwrap();
        }
    };
    line("rules", traced.rules.iter().map(|rule| format!("{} ({})", rule.id, rule.standing)).collect());
    line("moves", traced.moves.clone());
    line("code", traced.code.iter().map(|path| format!("`{path}`")).collect());
    line("tests", traced.tests.iter().map(|test| format!("`{test}`")).collect());
    line("lacks", lacks.split_terminator('\n').map(str::to_owned).collect());
    match (traced.is_implemented(), traced.tests.is_empty()) {
        (_, false) => {}
        (true, true) => writeln!(page, "- tests: not yet").unwrap(),
        (false, true) => writeln!(page, "- not yet").unwrap(),
    }
}
