//! Windows through the store: what is kept, what stands, and files of them.

use super::*;
use crate::{
    db::StoreFault,
    domain::{
        Act, ActArea, LondonMonth, Timestamp, YesNo,
        maintenance::{
            CaseKind, CaseOutcome, ClosedCase, MaintenanceCase, MaintenanceEnvironment, MaintenanceWindow,
            MonthSchedule, PublishedWindow, RuleSet, WindowEnding, WindowReference, WindowState,
        },
        parse_instant,
    },
    store::{
        self, ImportFault, Kind,
        testing::{TempStore, value},
    },
};

const HEADER: &str = "reference,starts_at,ends_at";

fn at(text: &str) -> Timestamp {
    parse_instant(text).unwrap()
}

/// The windows of `fixtures/service`.
fn with_windows() -> (TempStore, Vec<MaintenanceWindow>) {
    let temp = TempStore::with_fixtures();
    let windows = temp.store.read(windows::all).unwrap();
    (temp, windows)
}

fn version(window: &MaintenanceWindow, version: u32) -> PublishedWindow {
    PublishedWindow {
        reference: window.reference.clone(),
        version,
        month: window.plan.month(),
        revision: 1,
        published_at: at("2026-02-02T12:00:00Z"),
        withdrawn: false,
        plan: window.plan.clone(),
    }
}

fn standing(temp: &TempStore, after: &str) -> Vec<String> {
    let found = temp
        .store
        .read(|connection| standing_after(connection, MaintenanceEnvironment::Production, at(after)))
        .unwrap();
    found.into_iter().map(|version| format!("{} {}", version.reference, version.version)).collect()
}

fn told(temp: &TempStore, versions: Vec<PublishedWindow>) {
    temp.transact(move |connection| insert_published(connection, &versions)).unwrap();
}

#[test]
fn a_window_is_kept_with_all_that_it_says() {
    let (temp, windows) = with_windows();
    let [first, ..] = windows.as_slice() else { panic!("{windows:?}") };
    let closed = MaintenanceWindow {
        state: WindowState::Closed,
        aware_at: Some(at("2026-03-01T10:00:00.001Z")),
        ending: Some(WindowEnding {
            started_at: at("2026-03-18T20:00:00Z"),
            ended_at: at("2026-03-19T02:20:00Z"),
            disrupted: YesNo::Yes,
        }),
        note: Some(value("a fuse")),
        ..first.clone()
    };
    let saved = closed.clone();
    temp.transact(move |connection| save_window(connection, &saved)).unwrap();
    let found = temp.store.read(|connection| find_window(connection, &closed.reference)).unwrap();
    assert_eq!((found.as_ref(), closed.minutes()), (Some(&closed), 380));
    let of_march = value::<LondonMonth>("2026-03");
    let range = of_march.begins()..of_march.ends();
    let within = temp.store.read(|connection| windows_within(connection, &range)).unwrap();
    assert_eq!(within.len(), 3, "by their start");
    let later = at("2026-03-19T02:00:00Z");
    let after = temp.store.read(|connection| windows_after(connection, later)).unwrap();
    assert_eq!(after.iter().map(|window| window.reference.as_str()).collect::<Vec<_>>(), ["CHG-1002"]);
}

/// What the DUIS listener asks for: the newest version, unless it is taken back or the window is closed.
#[test]
fn what_stands_is_the_newest_version_that_is_neither_taken_back_nor_closed() {
    let (temp, windows) = with_windows();
    let [first, second, uit] = windows.as_slice() else { panic!("{windows:?}") };
    told(&temp, vec![version(first, 1), version(second, 1), version(uit, 1)]);
    assert_eq!(standing(&temp, "2026-03-01"), ["CHG-1001 1", "CHG-1002 1"], "those of production");
    assert_eq!(standing(&temp, "2026-03-19T01:59:59.999Z").len(), 2);
    assert_eq!(standing(&temp, "2026-03-19T02:00:00Z"), ["CHG-1002 1"]);
    let mut earlier = version(first, 2);
    earlier.plan.ends_at = at("2026-03-19T00:00:00Z");
    told(&temp, vec![earlier.clone()]);
    assert_eq!(standing(&temp, "2026-03-19T00:30:00Z"), ["CHG-1002 1"], "the one that ended later is old");
    assert!(earlier.is_in_force(at("2026-03-18T20:00:00Z")) && !earlier.is_in_force(earlier.plan.ends_at));
    told(&temp, vec![PublishedWindow { withdrawn: true, ..version(second, 2) }]);
    assert_eq!(standing(&temp, "2026-03-01"), ["CHG-1001 2"]);
    let closed = MaintenanceWindow {
        state: WindowState::Closed,
        ending: Some(WindowEnding {
            started_at: first.plan.starts_at,
            ended_at: at("2026-03-18T21:00:00Z"),
            disrupted: YesNo::No,
        }),
        ..first.clone()
    };
    // Its working copy is planned for another time, and has ended by that: it is closed all the same.
    let mut closed_early = closed.clone();
    closed_early.plan.starts_at = at("2026-03-10T20:00:00Z");
    closed_early.plan.ends_at = at("2026-03-10T21:00:00Z");
    temp.transact(move |connection| save_window(connection, &closed_early)).unwrap();
    assert_eq!(standing(&temp, "2026-03-18T21:00:00Z"), [""; 0]);
    let withdrawn = MaintenanceWindow { state: WindowState::Withdrawn, ending: None, ..closed.clone() };
    temp.transact(move |connection| save_window(connection, &withdrawn)).unwrap();
    assert_eq!(standing(&temp, "2026-03-01"), [""; 0], "withdrawn, before the next revision tells it");
    let open = MaintenanceWindow { state: WindowState::Changed, ending: None, ..closed.clone() };
    temp.transact(move |connection| save_window(connection, &open)).unwrap();
    assert_eq!(standing(&temp, "2026-03-01"), ["CHG-1001 2"]);
    temp.transact(move |connection| save_window(connection, &closed)).unwrap();
    assert_eq!(standing(&temp, "2026-03-01"), [""; 0]);
    let month = first.plan.month();
    let newest = temp.store.read(|connection| newest_of_month(connection, month)).unwrap();
    assert_eq!(
        newest.iter().map(|one| (one.version, one.withdrawn)).collect::<Vec<_>>(),
        [(1, false), (2, false), (2, true)]
    );
    let all = |connection: &mut _| versions_of_all(connection, &[first.reference.to_string()]);
    let versions = temp.store.read(all).unwrap();
    assert_eq!(versions.len(), 2);
    let ahead = temp.store.read(|connection| published_after(connection, at("2026-03-19"))).unwrap();
    assert_eq!(ahead.len(), 1, "the feed shows what was taken back, too");
}

/// SERVICE.md 3.3, PM/s: an edit of a published window changes nothing in force.
#[test]
fn pm_s_an_edit_of_a_published_window_is_kept_beside_what_was_told() {
    let (temp, windows) = with_windows();
    told(&temp, windows.iter().map(|window| version(window, 1)).collect());
    let state = |reference: &str| {
        let reference = value::<WindowReference>(reference);
        temp.store.read(|connection| find_window(connection, &reference)).unwrap().unwrap().state
    };
    temp.load(Kind::Maintenance, &temp.dump(Kind::Maintenance)).unwrap();
    assert_eq!(state("CHG-1001"), WindowState::Published);
    temp.load(Kind::Maintenance, &format!("{HEADER}\nCHG-1001,2026-03-18T21:00,2026-03-19T02:00\n")).unwrap();
    assert_eq!(state("CHG-1001"), WindowState::Changed);
    assert_eq!(state("CHG-1002"), WindowState::Published, "a file names the windows that it replaces");
    assert_eq!(standing(&temp, "2026-03-01").len(), 2);
}

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

#[test]
fn schedules_and_cases_are_kept() {
    let temp = TempStore::new();
    let month = value::<LondonMonth>("2026-03");
    let schedule = move |revision| MonthSchedule {
        month,
        revision,
        published_at: at("2026-02-02T12:00:00.001Z"),
        by: value("planner"),
        late: false,
        rule_set: RuleSet::Mp092,
        note: (revision == 2).then(|| value("a window more")),
    };
    let case = MaintenanceCase {
        reference: value("CHG-1"),
        kind: CaseKind::PanelRequest,
        party: value("SEC Panel"),
        reasons: Some(value("it is a holiday")),
        opened_at: at("2026-02-03T12:00:00Z"),
        closed: None,
    };
    let closed = ClosedCase {
        outcome: CaseOutcome::Moved,
        reason: value("a week later"),
        at: at("2026-02-04T12:00:00Z"),
    };
    let (opened, ending) = (case.clone(), closed.clone());
    let id = temp
        .transact(move |connection| {
            insert_schedule(connection, &schedule(1))?;
            insert_schedule(connection, &schedule(2))?;
            let id = insert_case(connection, &opened)?;
            close_case(connection, id, &ending)?;
            Ok(id)
        })
        .unwrap();
    let found = temp.store.read(|connection| {
        let schedules = schedules_of_month(connection, month)?;
        let last = last_schedule(connection, month)?;
        let cases = cases_of(connection, [&case.reference])?;
        Ok::<_, StoreFault>((schedules, last, cases, find_case(connection, id)?))
    });
    let (schedules, last, cases, by_id) = found.unwrap();
    assert_eq!(schedules, [schedule(1), schedule(2)]);
    assert_eq!(last, Some(schedule(2)));
    let case = MaintenanceCase { closed: Some(closed), ..case };
    assert_eq!(by_id, Some(KeyedCase { id, case }));
    assert_eq!(cases, Vec::from_iter(by_id));
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

/// The changes of a window are read by its reference, those of others are not.
#[test]
fn changes_and_cases_are_read_of_the_windows_that_are_asked_for() {
    let temp = TempStore::new();
    let header = "change_id,title,provider,reference";
    temp.load(Kind::Changes, &format!("{header}\nC-2,b,DSP,A\nC-1,a,DSP,A\nC-3,c,DSP,B\nC-4,d,DSP,\n"))
        .unwrap();
    let of = |references: &[&str]| {
        let references = references.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>();
        let found = temp.store.read(|connection| store::changes_of_windows(connection, &references)).unwrap();
        found.into_iter().map(|change| change.id.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(of(&["A"]), ["C-1", "C-2"]);
    assert_eq!(of(&["B", "X"]), ["C-3"]);
    assert_eq!(of(&[]), [""; 0]);
}
