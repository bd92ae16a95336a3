//! Windows through the store: what is kept, what stands, and files of them; here schedules, cases, and what is read of many windows.

mod files;
mod standing;

use super::*;
use crate::{
    db::StoreFault,
    domain::{
        LondonMonth, Timestamp,
        maintenance::{
            CaseKind, CaseOutcome, ClosedCase, MaintenanceCase, MaintenanceWindow, MonthSchedule, RuleSet,
        },
        parse_instant,
    },
    store::{
        self, Kind,
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
