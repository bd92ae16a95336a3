//! A message that gets no answer holds up nobody else, and stays the same message.

use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use super::{
    House, meter,
    stub::{Act, Stub, answer},
};

/// The RequestIDs of lines that are left.
fn request_ids(left: &[String]) -> Vec<String> {
    left.iter().map(|line| line.split(',').nth(9).unwrap().to_owned()).collect()
}

#[test]
fn devices_that_the_service_always_fails_on_hold_up_nobody() {
    let house = House::with(200);
    let damaged = [5, 6, 120];
    for number in damaged {
        house.damage(number, "'2026-02-31'");
    }
    let (server, url) = house.serve();
    house.write_lines(150);
    let told = house.correct(&url, &["--patience", "2", "--connections", "3"]);
    told.assert_ended(1, "3 messages have no answer, as the report says");
    assert!(told.out.contains("147 done: I99\n        3 left\n"), "{}", told.out);
    let left = house.left();
    assert!(left.iter().all(|line| line.contains("no answer came: HTTP 500")), "{left:?}");

    // They are as many as there are connections now, and more: the new lines are done all the same.
    house.write_file();
    let told = house.correct(&url, &["--patience", "1", "--connections", "1"]);
    told.assert_ended(1, "147 lines were answered in earlier runs");
    assert!(told.out.contains("197 done: I99\n        3 left\n"), "{}", told.out);
    assert_eq!(request_ids(&house.left()), request_ids(&left), "no line becomes another request");

    for number in damaged {
        house.damage(number, "NULL");
    }
    house.correct(&url, &["--connections", "1"]).assert_ended(0, "197 lines were answered in earlier runs");
    house.assert_all_done_once();
    server.stop().unwrap();
}

/// The gateway lets the message through, and not the answer.
#[test]
fn a_message_that_a_gateway_refuses_ends_no_run() {
    let house = House::with(150);
    let (server, url) = house.serve();
    let (refused, is_open) = (meter(3).to_string(), Arc::new(AtomicBool::new(false)));
    let stub = Stub::before(url, {
        let is_open = Arc::clone(&is_open);
        move |message| {
            if message.contains(&refused) && !is_open.load(Ordering::Relaxed) {
                Act::PassOnAndAnswer(answer("403 Forbidden", "", "not this one"))
            } else {
                Act::PassOn
            }
        }
    });
    for meters in [100, 150] {
        house.write_lines(meters);
        let told = house.correct(&stub.url, &["--connections", "1"]);
        told.assert_ended(1, "1 messages have no answer");
        assert!(told.out.contains(&format!("{} done: I99\n        1 left\n", meters - 1)), "{}", told.out);
        assert!(house.left()[0].contains("no answer came: HTTP 403: not this one"), "{:?}", house.left());
    }
    // Where nothing is sent, it is still known which lines may have been received.
    let left = request_ids(&house.left());
    let lines = fs::read_to_string(house.file()).unwrap();
    fs::write(house.file(), format!("{lines}x,A\n")).unwrap();
    house.correct(&stub.url, &[]).assert_ended(1, "nothing sent");
    assert_eq!(request_ids(&house.left()), left);
    assert!(house.left()[0].contains("no answer came; the next run"), "{:?}", house.left());

    fs::write(house.file(), lines).unwrap();
    is_open.store(true, Ordering::Relaxed);
    house.correct(&stub.url, &["--connections", "1"]).assert_ended(0, "149 lines were answered");
    house.assert_all_done_once();
    server.stop().unwrap();
}
