//! Restores of states beside what jobs do: what would write behind one is refused, or void.

use std::{sync::mpsc, thread};

use serde_json::json;
use smi::{
    db::{Connection, StoreFault},
    store::Kind,
};

use super::states::{keeping, ten_thousand_devices};
use crate::support::receiver::DEADLINE;

/// HARNESS.md 6: a restore while a job of the console runs, which would write behind it: 409 with the reason.
#[test]
fn while_a_job_of_the_console_runs_no_state_is_restored() {
    let (bench, _folder) = keeping();
    assert_eq!(bench.call("PUT", "/manage/states/a", "").0, 200);
    let (service, restore) = (&bench.smi.service, || bench.call("POST", "/manage/states/a/restore", ""));
    let (told, is_held) = mpsc::channel();
    thread::scope(|scope| {
        // The writer is held until the gate is dropped, also by a failure: the job cannot end before.
        let (gate, opened) = mpsc::channel::<()>();
        let hold = move |_: &mut Connection| {
            told.send(()).unwrap();
            opened.iter().for_each(|()| {});
            Ok(())
        };
        scope.spawn(move || service.store().transact::<_, StoreFault, _>(hold));
        is_held.recv_timeout(DEADLINE).unwrap();
        let job = service.start_privacy_evaluation("2026".parse().unwrap(), "Ann".parse().unwrap()).unwrap();
        let reason = "a job of the console runs; wait for its end, or stop it";
        assert_eq!(restore(), (409, json!({ "error": reason })));
        drop(gate);
        service.await_console_job(job, DEADLINE);
    });
    assert_eq!(restore().0, 200);
}

/// HARNESS.md 6: a slice of decisions that was counted before a restore, and is added behind it: those decisions are not there.
#[test]
fn what_was_counted_before_a_restore_is_not_added_behind_it() {
    let (bench, _folder) = keeping();
    let service = &bench.smi.service;
    let tallies = || service.answers_of_hours("2026-06-01T00:00:00Z".parse().ok(), None).unwrap().tallies;
    assert_eq!(bench.call("PUT", "/manage/states/a", "").0, 200);
    let (_, message) = bench.deletion();
    assert_eq!(bench.shown(&bench.send(&message)), "I99");
    let round = service.begin_tallies().unwrap().unwrap();
    let counted = service.count_slice(round).unwrap().unwrap();
    assert_eq!(counted.decisions, 1);
    assert_eq!(bench.call("POST", "/manage/states/a/restore", "").0, 200);
    assert!(!service.add_slice(round, counted).unwrap());
    assert_eq!(tallies(), []);
    assert_eq!(bench.shown(&bench.send(&message)), "I99");
    assert_eq!(service.tally_answers(&mut |_| true).unwrap(), 1);
    assert_eq!(tallies().len(), 1);
}

/// The same of Devices, which are counted range by range: a restore after the first range voids the count.
#[test]
fn a_count_of_devices_that_a_restore_overtakes_is_dropped() {
    let (bench, _folder) = keeping();
    let service = &bench.smi.service;
    assert_eq!(bench.call("PUT", "/manage/states/a", "").0, 200);
    bench.smi.import(Kind::Devices, &ten_thousand_devices());
    let mut restored = None;
    let is_whole = service.count_devices(&mut |_| {
        restored.get_or_insert_with(|| bench.call("POST", "/manage/states/a/restore", "").0);
        true
    });
    assert_eq!((restored, is_whole.unwrap()), (Some(200), false));
    assert_eq!(service.device_tallies().unwrap().0, None);
    assert!(service.count_devices(&mut |_| true).unwrap());
    assert!(service.device_tallies().unwrap().0.is_some());
}
