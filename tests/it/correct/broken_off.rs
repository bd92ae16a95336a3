//! Whoever is killed, or told to end: another run goes on.

use std::{
    net::TcpListener,
    process::{Child, Command, Stdio},
};

use super::{
    House, Told, meter,
    stub::{Act, Stub},
    wait_until,
};

/// The service as a process of its own, at an address that it gets again.
struct Served {
    child: Child,
}

impl Served {
    fn start(house: &House, address: &str) -> Self {
        let child = house
            .program()
            .args(["serve", "--listen", address, "--manage-listen", "127.0.0.1:0"])
            .env("SMI_STORE_URL", house.smi.url())
            .env("SMI_MANAGE_TOKEN", "open-sesame")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let served = Self { child };
        wait_until("the service is ready", || {
            ureq::get(format!("http://{address}/health/ready")).call().is_ok()
        });
        served
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// An address that is free now: nobody else takes it before the service does, or the test fails.
fn free_address() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

#[test]
fn a_service_that_is_killed_half_way_loses_nothing_and_does_nothing_twice() {
    let house = House::with(300);
    house.write_file();
    let address = free_address();
    let url = format!("http://{address}");
    let service = Served::start(&house, &address);
    // A run that has the patience to wait for the service goes on by itself.
    let patient = house.command(&url, &["--patience", "60", "--connections", "2"]).spawn().unwrap();
    wait_until("some are answered", || house.journal_lines() > 20);
    drop(service);
    let service = Served::start(&house, &address);
    wait_until("more are answered", || house.journal_lines() > 120);
    drop(service);
    let service = Served::start(&house, &address);
    Told::of(patient.wait_with_output().unwrap()).assert_ended(0, "");
    house.assert_all_done_once();
    drop(service);
}

#[test]
fn a_run_that_gave_up_is_finished_by_another_one() {
    let house = House::with(200);
    house.write_file();
    let address = free_address();
    let url = format!("http://{address}");
    let service = Served::start(&house, &address);
    let run =
        house.command(&url, &["--patience", "5", "--rate", "400", "--connections", "1"]).spawn().unwrap();
    wait_until("some are answered", || house.journal_lines() > 40);
    drop(service);
    let told = Told::of(run.wait_with_output().unwrap());
    told.assert_ended(1, "ended early: no answer within --patience: http://127.0.0.1");
    assert!(told.out.contains("left"), "{}", told.out);
    let service = Served::start(&house, &address);
    house.correct(&url, &[]).assert_ended(0, "lines were answered in earlier runs");
    house.assert_all_done_once();
    drop(service);
}

#[test]
fn a_run_that_is_killed_is_finished_by_another_one() {
    let house = House::with(200);
    house.write_file();
    let (server, url) = house.serve();
    for lines in [10, 60, 110] {
        let mut run = house.command(&url, &["--rate", "300", "--connections", "1"]).spawn().unwrap();
        wait_until("some are answered", || house.journal_lines() > lines);
        run.kill().unwrap();
        run.wait().unwrap();
    }
    house.correct(&url, &[]).assert_ended(0, "lines were answered in earlier runs");
    house.assert_all_done_once();
    server.stop().unwrap();
}

#[test]
fn a_run_that_is_interrupted_waits_for_its_answers_and_reports() {
    let house = House::with(200);
    house.write_file();
    let (server, url) = house.serve();
    for signal in ["-INT", "-TERM"] {
        let lines = house.journal_lines();
        let run = house.command(&url, &["--rate", "100", "--connections", "2"]).spawn().unwrap();
        wait_until("some are answered", || house.journal_lines() > lines + 20);
        assert!(Command::new("kill").args([signal, &run.id().to_string()]).status().unwrap().success());
        let told = Told::of(run.wait_with_output().unwrap());
        told.assert_ended(1, "ended early: interrupted; run it again to go on");
        let report = house.report();
        assert_eq!(report.iter().filter(|line| line.ends_with("done I99")).count(), house.corrected());
        assert!(report.iter().any(|line| line.ends_with("left")));
    }
    house.correct(&url, &[]).assert_ended(0, "");
    house.assert_all_done_once();
    server.stop().unwrap();
}

/// With three connections a group has 96 messages. One of each group gets no answer; the first group is replaced then.
#[test]
fn what_has_no_answer_stays_kept_while_its_group_is_replaced() {
    let house = House::with(300);
    house.write_file();
    let (server, url) = house.serve();
    let silent = [10, 100].map(|number| meter(number).to_string());
    let mut held = 0;
    let stub = Stub::before(url, {
        let silent = silent.clone();
        move |message| {
            let is_held = held < 2 && silent.iter().any(|device| message.contains(device));
            held += u8::from(is_held);
            if is_held { Act::PassOnAndHold } else { Act::PassOn }
        }
    });
    let mut run = house.command(&stub.url, &["--connections", "3"]).spawn().unwrap();
    wait_until("all the others are answered", || house.journal_lines() == 1 + 298);
    let under_way = house.under_way();
    for (group, device) in under_way.iter().zip(&silent) {
        assert!(group.contains(device));
        assert!(group.lines().count() <= 96 + 3 + 1, "a group waits for its messages before it takes others");
    }
    assert!(!under_way[0].contains(&meter(11).to_string()), "it was replaced");
    run.kill().unwrap();
    run.wait().unwrap();
    house
        .correct(&stub.url, &["--connections", "2"])
        .assert_ended(0, "298 lines were answered in earlier runs");
    house.assert_all_done_once();
    server.stop().unwrap();
}
