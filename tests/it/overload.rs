//! More messages than can be answered: 503 at once for those, an answer for the others, and no cry that it is down.

use std::{
    num::NonZeroUsize,
    sync::mpsc::{Receiver, Sender, channel},
    thread,
    time::{Duration, Instant},
};

use diesel::RunQueryDsl as _;
use smi::{
    db::{Connection, StoreFault},
    domain::{Body, ReadInventory},
    web::server_thread::ServerThread,
};
use ureq::http::Response;

use crate::support::{
    METER, OPERATOR, SUPPLIER, Smi, USERS, agent, duis,
    managed::{Management, TOKEN},
    receiver::DEADLINE,
};

const LIMIT: usize = 8;

/// The store's writer, held in a transaction until this is dropped.
struct Held {
    _release: Sender<()>,
}

fn hold(smi: &Smi) -> Held {
    let (release, gate) = channel::<()>();
    let (entered, is_in) = channel();
    let store = smi.service.store().clone();
    thread::spawn(move || {
        store.transact::<(), StoreFault, _>(move |_: &mut Connection| {
            entered.send(()).unwrap();
            let _ = gate.recv();
            Ok(())
        })
    });
    is_in.recv_timeout(DEADLINE).unwrap();
    Held { _release: release }
}

fn serve(smi: &Smi) -> (ServerThread, String) {
    let server = duis::listen(smi, 10_000, LIMIT);
    let url = format!("http://{}", server.address());
    (server, url)
}

fn post(url: &str, message: &[u8]) -> Response<ureq::Body> {
    agent().post(format!("{url}/api/v1/serviceD")).content_type("application/xml").send(message).unwrap()
}

fn status(url: &str, path: &str) -> u16 {
    agent().get(format!("{url}{path}")).call().unwrap().status().as_u16()
}

fn inquiry(smi: &Smi) -> Vec<u8> {
    smi.signed(&smi.request(OPERATOR, Body::ReadInventory(ReadInventory::DeviceId(METER))))
}

fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let deadline = Instant::now() + DEADLINE;
    while !is_so() {
        assert!(Instant::now() < deadline, "{what}");
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn one_too_many_is_told_at_once_and_the_others_are_answered() {
    let smi = Smi::new();
    let (server, url) = serve(&smi);
    let held = hold(&smi);
    let (tell, told): (_, Receiver<u16>) = channel();
    for _ in 0..LIMIT {
        let (message, url, tell) = (inquiry(&smi), url.clone(), tell.clone());
        thread::spawn(move || tell.send(post(&url, &message).status().as_u16()).unwrap());
    }
    let in_flight = || smi.service.metrics().in_flight().get();
    wait_until("all wait for the store", || in_flight() == i64::try_from(LIMIT).unwrap());
    for _ in 0..3 {
        let began = Instant::now();
        let refused = post(&url, &inquiry(&smi));
        assert!(began.elapsed() < Duration::from_secs(2), "it was held up");
        assert_eq!(refused.status(), 503);
        let wait = refused.headers()["retry-after"].to_str().unwrap().parse::<u64>().unwrap();
        assert!((1..=30).contains(&wait), "{wait}");
    }
    // Many ask at once, more than look at once.
    let health = (0..20).map(|_| {
        let url = url.clone();
        thread::spawn(move || status(&url, "/health/ready"))
    });
    let health =
        health.collect::<Vec<_>>().into_iter().map(|asked| asked.join().unwrap()).collect::<Vec<_>>();
    assert_eq!(health, [200; 20]);
    assert!(told.try_recv().is_err(), "the store is still held");
    drop(held);
    let answered = (0..LIMIT).map(|_| told.recv_timeout(DEADLINE).unwrap()).collect::<Vec<_>>();
    assert_eq!(answered, [200; LIMIT]);
    wait_until("every place is free again", || in_flight() == 0);
    assert_eq!(post(&url, &inquiry(&smi)).status(), 200);
    server.stop().unwrap();
}

#[test]
fn one_user_cannot_take_the_permits_of_all() {
    let smi = Smi::with_user_limit(NonZeroUsize::new(2).unwrap());
    let (server, url) = serve(&smi);
    let held = hold(&smi);
    let (tell, told): (_, Receiver<u16>) = channel();
    let send = |message: Vec<u8>| {
        let (url, tell) = (url.clone(), tell.clone());
        thread::spawn(move || {
            let answer = post(&url, &message);
            let is_refused = answer.status() == 503;
            assert_eq!(answer.headers().contains_key("retry-after"), is_refused);
            tell.send(answer.status().as_u16()).unwrap();
        });
    };
    for _ in 0..3 {
        send(inquiry(&smi));
    }
    // Which of the three it is depends on whose signature is verified last.
    assert_eq!(told.recv_timeout(DEADLINE).unwrap(), 503);
    let in_flight = |number| smi.service.metrics().in_flight().get() == number;
    wait_until("the other two wait for the store", || in_flight(2));
    send(smi.signed(&smi.request(SUPPLIER, Body::ReadInventory(ReadInventory::DeviceId(METER)))));
    wait_until("another User's request waits too", || in_flight(3));
    assert!(told.try_recv().is_err(), "the store is still held");
    drop(held);
    assert_eq!((0..3).map(|_| told.recv_timeout(DEADLINE).unwrap()).collect::<Vec<_>>(), [200; 3]);
    assert_eq!(post(&url, &inquiry(&smi)).status(), 200);
    server.stop().unwrap();
}

#[test]
fn a_sender_who_leaves_keeps_its_place_until_its_work_is_done() {
    use std::{io::Write as _, net::TcpStream};
    let smi = Smi::new();
    let (server, url) = serve(&smi);
    let held = hold(&smi);
    let message = inquiry(&smi);
    let head = format!(
        "POST /api/v1/serviceD HTTP/1.1\r\nhost: x\r\ncontent-type: application/xml\r\ncontent-length: {}\r\n\r\n",
        message.len()
    );
    let mut leaving = TcpStream::connect(server.address()).unwrap();
    leaving.write_all(&[head.as_bytes(), &message].concat()).unwrap();
    let in_flight = || smi.service.metrics().in_flight().get();
    wait_until("it waits for the store", || in_flight() == 1);
    drop(leaving);
    assert_eq!(status(&url, "/health/live"), 200);
    assert_eq!(in_flight(), 1, "its thread is still busy");
    drop(held);
    wait_until("its place is free", || in_flight() == 0);
    server.stop().unwrap();
}

#[test]
fn it_is_not_ready_without_a_key_to_sign_with() {
    let smi = Smi::new();
    let (server, url) = serve(&smi);
    assert_eq!(status(&url, "/health/ready"), 200);
    smi.move_to("2099-01-01T00:00:00Z");
    assert_eq!((status(&url, "/health/ready"), status(&url, "/health/live")), (503, 200));
    smi.move_to("2026-06-01T12:00:00Z");
    assert_eq!(status(&url, "/health/ready"), 200);
    server.stop().unwrap();
}

#[test]
fn it_is_not_ready_while_the_store_cannot_be_read() {
    let smi = Smi::new();
    let (server, url) = serve(&smi);
    let run = |statement: &'static str| {
        let work = move |connection: &mut Connection| -> Result<(), StoreFault> {
            diesel::sql_query(statement).execute(connection)?;
            Ok(())
        };
        smi.service.store().transact(work).unwrap();
    };
    run("ALTER TABLE users RENAME TO hidden");
    assert_eq!((status(&url, "/health/ready"), status(&url, "/health/live")), (503, 200));
    run("ALTER TABLE hidden RENAME TO users");
    assert_eq!(status(&url, "/health/ready"), 200);
    server.stop().unwrap();
}

#[test]
fn management_is_bounded_too_and_still_says_that_it_is_well() {
    let smi = Smi::new();
    let manage = Management::start(&smi);
    let url = manage.url();
    let import = |url: &str| {
        let request = agent().put(format!("{url}/manage/import/users"));
        request.header("authorization", format!("Bearer {TOKEN}")).send(USERS).unwrap()
    };
    let held = hold(&smi);
    let (tell, told): (_, Receiver<u16>) = channel();
    for _ in 0..32 {
        let (url, tell) = (url.clone(), tell.clone());
        thread::spawn(move || tell.send(import(&url).status().as_u16()).unwrap());
    }
    let page = || smi.service.metrics_page();
    wait_until("all wait for the store", || page().contains("smi_store_queue_depth 32\n"));
    let refused = import(&url);
    assert_eq!(refused.status(), 503);
    assert!(refused.headers().contains_key("retry-after"));
    assert_eq!((status(&url, "/health/ready"), status(&url, "/manage/outbox")), (200, 401));
    drop(held);
    let answered = (0..32).map(|_| told.recv_timeout(DEADLINE).unwrap()).collect::<Vec<_>>();
    assert_eq!(answered, [200; 32]);
    manage.stop();
}
