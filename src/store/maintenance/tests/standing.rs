//! Windows: what is kept of them, and what stands.

use super::*;
use crate::{
    domain::{
        YesNo,
        maintenance::{MaintenanceEnvironment, PublishedWindow, WindowEnding, WindowReference, WindowState},
    },
    store::Kind,
};

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
