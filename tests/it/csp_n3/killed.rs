//! A service that is killed while it takes a batch has taken all of it or nothing.

use std::{path::Path, time::Duration};

use smi::{db, db::Store, store};

use super::{
    Hub, hub, outcomes_in,
    served::{agent, prepare, send, start},
};

/// As many hubs as a batch has: enough for a kill to meet the middle of it.
const HUBS: u32 = 200;
/// The moments of the kills, in milliseconds after a batch was sent.
const MOMENTS: [u64; 4] = [10, 60, 120, 240];

fn batch(number: u32) -> Vec<Hub> {
    (0..HUBS).map(|hub| Hub::new(number * HUBS + hub)).collect()
}

/// How many Devices, rows of history and decisions of a batch the store has, while no service has it open.
fn kept(dir: &Path, hubs: &[Hub]) -> (usize, usize, usize) {
    let store = Store::open(&format!("sqlite://{}", dir.join("smi.db").display())).unwrap();
    let counts = store.read(|connection| {
        let mut counts = (0, 0, 0);
        for id in hubs.iter().flat_map(|hub| [hub.chf(), hub.gpf()]) {
            let id = id.parse().unwrap();
            counts.0 += usize::from(store::find_device(connection, id)?.is_some());
            counts.1 +=
                store::history_of_device(connection, id, store::PageRequest::first(1_000))?.rows.len();
            counts.2 += store::decisions_of_device(connection, id)?.len();
        }
        Ok::<_, db::StoreFault>(counts)
    });
    counts.unwrap()
}

#[test]
fn a_batch_that_a_kill_meets_is_there_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    prepare(dir);
    let pki = dir.join("pki");
    let (agent, all) = (agent(&pki, &pki), HUBS as usize);
    let mut met = Vec::new();
    for (number, moment) in (1..).zip(MOMENTS) {
        let hubs = batch(number);
        let message = hub::message(u64::from(number), &hubs);
        let (served, url) = start(dir);
        let answered = std::thread::scope(|scope| {
            let sending = scope.spawn(|| send(&agent, &url, &message));
            // The moment of the kill is what is drawn; nothing is waited for.
            std::thread::sleep(Duration::from_millis(moment));
            served.signal("-KILL");
            sending.join().unwrap()
        });
        drop(served);
        let there = kept(dir, &hubs);
        assert!([(0, 0, 0), (2 * all, 2 * all, all)].contains(&there), "after {moment} ms: {there:?}");
        // What was answered is on the disk.
        assert!(answered.is_none() || there.0 == 2 * all, "after {moment} ms: {there:?}");
        met.push((moment, answered.is_some(), there.0));
        // Sent again, it is done or gets its first answer.
        let (served, url) = start(dir);
        let outcomes = outcomes_in(&send(&agent, &url, &message).unwrap());
        assert_eq!((outcomes.len(), outcomes.iter().all(|outcome| outcome == "new")), (all, true));
        drop(served);
        assert_eq!(kept(dir, &hubs), (2 * all, 2 * all, all));
    }
    println!("moment in ms, answered, Devices there after the kill: {met:?}");
}
