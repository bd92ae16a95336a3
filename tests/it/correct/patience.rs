//! How long a run waits, and when it ends.

use std::{
    fs,
    time::{Duration, Instant},
};

use super::{
    House, beside, meter,
    stub::{Act, Stub, answer},
};

#[test]
fn retry_after_is_honoured_and_the_same_bytes_are_sent_again() {
    let house = House::with(1);
    house.write_file();
    let (server, url) = house.serve();
    let answers = ["503 Service Unavailable", "429 Too Many Requests"];
    let mut answers = answers.map(|status| answer(status, "Retry-After: 1\r\n", "later")).into_iter();
    let stub = Stub::before(url, move |_| answers.next().map_or(Act::PassOn, Act::Answer));
    house.correct(&stub.url, &[]).assert_ended(0, "");
    let seen = stub.seen.try_iter().collect::<Vec<_>>();
    assert_eq!(seen.len(), 3);
    for pair in seen.windows(2) {
        assert!(pair[1].0 - pair[0].0 >= Duration::from_secs(1), "it waits as long as it is asked to");
        assert!(pair[0].1 == pair[1].1, "another signature would be another message");
    }
    house.assert_all_done_once();
    server.stop().unwrap();
}

/// At five a second the others have their turns, 200 ms apart, when the first is asked to wait.
#[test]
fn a_429_holds_every_connection() {
    let house = House::with(6);
    house.write_file();
    let (server, url) = house.serve();
    let mut answers = [answer("429 Too Many Requests", "Retry-After: 2\r\n", "later")].into_iter();
    let stub = Stub::before(url, move |_| answers.next().map_or(Act::PassOn, Act::Answer));
    house.correct(&stub.url, &["--rate", "5", "--connections", "4"]).assert_ended(0, "");
    let seen = stub.seen.try_iter().map(|(at, _)| at).collect::<Vec<_>>();
    assert_eq!(seen.len(), 7);
    assert!(seen[1] - seen[0] >= Duration::from_secs(2), "{:?}", seen[1] - seen[0]);
    house.assert_all_done_once();
    server.stop().unwrap();
}

#[test]
fn an_exchange_takes_no_longer_than_the_patience() {
    let house = House::with(12);
    house.write_file();
    let (server, url) = house.serve();
    let silent = meter(2).to_string();
    let stub =
        Stub::before(url, move |message| if message.contains(&silent) { Act::Hold } else { Act::PassOn });
    let begun = Instant::now();
    house
        .correct(&stub.url, &["--patience", "2", "--connections", "3"])
        .assert_ended(1, "1 messages have no");
    assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
    assert_eq!((house.corrected(), house.left().len()), (11, 1));
    assert!(house.left()[0].contains("timeout"), "{:?}", house.left());
    server.stop().unwrap();
}

#[test]
fn where_nobody_is_answered_what_cannot_be_believed_ends_the_run() {
    let house = House::with(1);
    house.write_file();
    let (server, url) = house.serve();
    let refused = [
        (
            answer("503 Busy", "Retry-After: 600\r\n", "later"),
            "no answer within --patience: HTTP 503: later; it asks to wait 600 s",
        ),
        (
            answer("429 Busy", "Retry-After: 600\r\n", "later"),
            "no answer within --patience: HTTP 429: later; it asks all to wait 600 s",
        ),
        (answer("404 Not Found", "", "no such path"), "ended early: HTTP 404: no such path (http://"),
        (answer("200 OK", "", "<html/>"), "ended early: "),
    ];
    for (answer, reason) in refused {
        let stub = Stub::before(url.clone(), move |_| Act::Answer(answer.clone()));
        house.correct(&stub.url, &[]).assert_ended(1, reason);
        assert_eq!(house.report(), ["2 left"]);
        // What is under way stays so; only the journal's name for the service is another one each time.
        fs::remove_file(beside(&house.file(), ".journal")).unwrap();
    }
    house.correct(&url, &[]).assert_ended(0, "");
    house.assert_all_done_once();
    server.stop().unwrap();
}

#[test]
fn a_service_that_refuses_everybody_is_not_asked_about_every_line() {
    let house = House::with(1);
    house.write_lines(2_000);
    let stub = Stub::before(String::new(), |_| Act::Answer(answer("404 Not Found", "", "no such path")));
    for _ in 0..2 {
        let told = house.correct(&stub.url, &["--connections", "2"]);
        told.assert_ended(1, "ended early: HTTP 404: no such path (http://");
        // As many in succession as end it, and what the connections have sent by then.
        assert!((16..500).contains(&stub.seen.try_iter().count()));
    }
}
