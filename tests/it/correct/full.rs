//! A disk that is full.

use std::sync::Arc;

use super::{
    House,
    stub::{Act, Stub},
};
use crate::faults::SmallDisk;

#[test]
fn a_journal_on_a_full_disk_ends_the_run_and_another_one_finishes() {
    let Some(disk) = SmallDisk::mount() else { return };
    let house = House::with(600);
    house.write_file();
    let (server, url) = house.serve();
    let journal = disk.path().join("x.journal");
    let arguments = ["--journal", journal.to_str().unwrap()];
    disk.fill();
    house.correct(&url, &arguments).assert_ended(1, "No space left on device");
    assert_eq!(house.corrected(), 0, "nothing is sent that is not kept");
    // Room for one group of messages, and not for two.
    disk.leave(800_000);
    let told = house.correct(&url, &arguments);
    told.assert_ended(1, "ended early: the journal cannot be kept: ");
    assert!(told.err.contains("No space left on device"), "{}", told.err);
    assert!(house.report().iter().any(|line| line.ends_with("left")));
    assert!(house.corrected() < 600);
    disk.free();
    house.correct(&url, &arguments).assert_ended(0, "");
    assert_eq!((house.corrected(), house.most_decisions()), (600, 1));
    server.stop().unwrap();
}

#[test]
fn a_disk_that_fills_up_while_answers_come_ends_the_run_and_another_one_finishes() {
    let Some(disk) = SmallDisk::mount() else { return };
    let disk = Arc::new(disk);
    let house = House::with(200);
    house.write_file();
    let (server, url) = house.serve();
    let journal = disk.path().join("x.journal");
    let arguments = ["--connections", "4", "--journal", journal.to_str().unwrap()];
    let mut messages = 0;
    let stub = Stub::before(url, {
        let disk = Arc::clone(&disk);
        move |_| {
            messages += 1;
            if messages == 10 {
                disk.fill();
            }
            Act::PassOn
        }
    });
    let told = house.correct(&stub.url, &arguments);
    told.assert_ended(
        1,
        &format!("ended early: the journal cannot be kept: {}: No space", journal.display()),
    );
    assert!((10..200).contains(&house.corrected()));
    disk.free();
    house.correct(&stub.url, &arguments).assert_ended(0, "");
    assert_eq!((house.corrected(), house.most_decisions()), (200, 1));
    server.stop().unwrap();
}
