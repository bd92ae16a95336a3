//! What was asked for, what implements it, and what proves it; and that no rule goes unproven.

mod page;
mod proven;
mod proven_firmware;
mod proven_maintenance;
mod proven_orders;
mod proven_schedules;
mod proven_service;
mod requirements;
mod scan;

use std::fs;

use smi::rules::rulebook::all_rules;

use crate::support::package;

/// The page is what `page` makes of the code; where it is not, the fresh one is left in the target folder.
#[test]
fn the_traceability_page_is_fresh() {
    let fresh = page::page(&scan::sources(), &scan::tests());
    let page = package().join("docs/TRACEABILITY.md");
    if fs::read_to_string(&page).unwrap_or_default() != fresh {
        let left = format!("{}/TRACEABILITY.md", env!("CARGO_TARGET_TMPDIR"));
        fs::write(&left, fresh).unwrap();
        panic!("{} is stale; read the difference, then: cp {left} {0}", page.display());
    }
}

#[test]
fn every_rule_is_named_by_a_test() {
    let tests = scan::tests();
    let unnamed =
        all_rules().map(|rule| rule.id).filter(|id| tests.iter().all(|test| !test.cites.contains(*id)));
    assert_eq!(unnamed.collect::<Vec<_>>(), [""; 0], "no test names these rules");
}

#[test]
fn every_requirement_is_listed_once() {
    let ids = requirements::CHAPTERS.iter().flat_map(|(_, listed)| listed.iter().map(|listed| listed.id));
    let ids = ids.collect::<Vec<_>>();
    for id in &ids {
        assert_eq!(ids.iter().filter(|other| *other == id).count(), 1, "{id}");
    }
    // What rules and tests name must be there to be traced: a misspelt citation would prove nothing.
    let cited = scan::tests()
        .into_iter()
        .flat_map(|test| test.cites.into_iter().map(move |id| (test.name.clone(), id)));
    let traced =
        |id: &str| id.contains("-C") || smi::rules::rulebook::rule(id).is_some() || ids.contains(&id);
    let is_section = |id: &str| !id.contains('/') && id.starts_with("SMI.md");
    let lost =
        cited.filter(|(_, id)| !traced(id) && !is_section(id) && !id.starts_with("SR/")).collect::<Vec<_>>();
    assert!(lost.is_empty(), "{lost:?}");
}
