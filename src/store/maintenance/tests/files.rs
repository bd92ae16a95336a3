//! Files of windows and derogations: what is refused, and the acts that they leave.

use super::*;
use crate::{
    domain::{Act, ActArea, maintenance::WindowState},
    store::{self, ImportFault, Kind},
};

/// SERVICE.md 6: each bad value is named with its place, and nothing is imported.
#[test]
fn bad_windows_are_refused_with_place_and_reason() {
    let (temp, windows) = with_windows();
    let [first, ..] = windows.as_slice() else { panic!("{windows:?}") };
    let withdrawn = MaintenanceWindow { state: WindowState::Withdrawn, ..first.clone() };
    temp.transact(move |connection| save_window(connection, &withdrawn)).unwrap();
    let before = temp.dump(Kind::Maintenance);
    let refused = |lines: &str| match temp
        .load(Kind::Maintenance, &format!("{HEADER},hubs_affected,stops\n{lines}\n"))
    {
        Err(ImportFault::Rows { faults, .. }) => {
            faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
        }
        other => panic!("{other:?}"),
    };
    let found = [
        "A,2026-03-29T01:30,2026-03-29T03:00,,\nB,2026-10-25T01:30,2026-10-25T03:00,,",
        "A,2026-03-18T20:00:30Z,2026-03-18 20:00,,\nB,2026-03-18T20:00+01:00,2026-03-18T21:00,,",
        "A,2026-03-18T20:00,2026-03-18T20:00,,\nB,2026-03-18T20:00,2026-03-19T20:01,,",
        "A,2026-03-18T20:00,2026-03-19T20:00,-1,everything\nA b,2026-03-18T20:00,2026-03-18T21:00,,",
        "A,2026-03-18T20:00,2026-03-18T21:00,,\nA,2026-03-18T20:00,2026-03-18T21:00,,",
        "CHG-1001,2026-03-18T20:00,2026-03-18T21:00,,",
    ];
    insta::assert_snapshot!(found.map(refused).join("\n\n"), @"
    line 2, column `starts_at`: `2026-03-29T01:30` does not exist in London: 2026-03-29T00:59:00Z is 00:59, 01:00:00Z is 02:00
    line 3, column `starts_at`: `2026-10-25T01:30` happens twice: 2026-10-25T00:30:00Z or 2026-10-25T01:30:00Z

    line 2, column `starts_at`: `2026-03-18T20:00:30Z` is not a time in whole minutes
    line 2, column `ends_at`: `2026-03-18 20:00` is not a UTC time like `2026-03-18T20:00:00Z` or a London time like `2026-03-18T20:00`, in whole minutes
    line 3, column `starts_at`: `2026-03-18T20:00+01:00` is not a UTC time like `2026-03-18T20:00:00Z` or a London time like `2026-03-18T20:00`, in whole minutes

    line 2, column `ends_at`: is not after starts_at
    line 3, column `ends_at`: is more than 24 hours after starts_at

    line 2, column `hubs_affected`: `-1` is not a number of hubs: 0 to 999999999
    line 2, column `stops`: `everything` is not what a window stops: one of requests, deliveries
    line 3, column `reference`: `A b` is not a reference: 1 to 40 of A-Z, a-z, 0-9, `.`, `_` and `-`

    line 3, column `reference`: `A` is on line 2 too

    line 2, column `reference`: is withdrawn
    ");
    assert_eq!(temp.dump(Kind::Maintenance), before);
}

#[test]
fn a_derogation_names_rules_that_there_are_and_days_in_order() {
    let temp = TempStore::new();
    let header = "derogation_id,rules,from_date,to_date,reason,source";
    let refused =
        |line: &str| temp.load(Kind::Derogations, &format!("{header}\n{line}\n")).unwrap_err().to_string();
    let found = [
        "D,PM/z,2026-05-01,2026-05-31,agreed,Panel",
        "D,,2026-05-01,2026-05-31,agreed,Panel",
        "D,PM/f;PM/f,2026-05-01,2026-05-31,,Panel",
        "D,PM/f,2026-05-01,2026-04-30,agreed,Panel",
    ];
    insta::assert_snapshot!(found.map(refused).join("\n\n"), @"
    line 2, column `rules`: `PM/z` is not a rule of Planned Maintenance that can be derogated from: one of PM/a, PM/b, PM/c, PM/d, PM/e, PM/f, PM/g, PM/h, PM/i, PM/k, PM/n, PM/q

    line 2, column `rules`: empty, but must name rules like `PM/f`

    line 2, column `rules`: `PM/f;PM/f` names something twice
    line 2, column `reason`: empty, but must be a reason: 1 to 500 characters that XML can carry

    line 2, column `to_date`: is before from_date
    ");
    assert_eq!(temp.dump(Kind::Derogations).lines().count(), 1);
}

/// SERVICE.md 1: each window that a file changes has an act, and one that it repeats has none.
#[test]
fn a_file_of_windows_leaves_an_act_of_each_that_it_changes() {
    let temp = TempStore::new();
    let load = |lines: &str| temp.load(Kind::Maintenance, &format!("{HEADER}\n{lines}")).unwrap();
    let acts = || {
        let about = ["A".to_owned(), "B".to_owned()];
        let acts = temp.store.read(|connection| store::acts_about(connection, ActArea::Maintenance, &about));
        let shown = |act: Act| {
            let from = act.from.unwrap_or_default();
            format!(
                "{} {} {from}>{} {} by {}",
                act.about,
                act.act,
                act.to.unwrap(),
                act.detail.unwrap(),
                act.by
            )
        };
        acts.unwrap().into_iter().map(shown).collect::<Vec<_>>()
    };
    load("A,2026-03-18T20:00,2026-03-18T21:00\nB,2026-03-19T20:00,2026-03-19T21:00\n");
    let first = ["A saved >draft import of unnamed by import", "B saved >draft import of unnamed by import"];
    assert_eq!(acts(), first);
    load("A,2026-03-18T20:00,2026-03-18T21:00\nB,2026-03-19T20:00,2026-03-19T22:00\n");
    let second = "B saved draft>draft import of unnamed by import";
    assert_eq!(acts(), [first[0], first[1], second]);
}
