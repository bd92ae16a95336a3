//! Forwarding: to a second service, and to endpoints that are slow, down or answer nonsense.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, OnceLock,
        mpsc::{Receiver as Channel, channel},
    },
    thread,
    time::{Duration, Instant},
};

use serde_json::json;
use smi::{
    domain::Eui64,
    duis::xml,
    service::{Choices, forward::ForwardOptions},
    store::Kind,
};

use super::bench::{Bench, test_choices};
use crate::support::{DCC, METER, OTHER_SUPPLIER, SUPPLIER, Smi, receiver::DEADLINE};

fn forwarding(options: ForwardOptions) -> Bench {
    Bench::of(Smi::choosing(Choices { forward: Some(options), ..test_choices() }))
}

/// A message of a Service Request that is not answered here.
fn unanswered(bench: &Bench, sender: Eui64, (reference, variant): (&str, &str), command: u8) -> String {
    let id = bench.smi.request(sender, read()).id;
    let id = format!("{}:{METER}:{}", id.originator, id.counter);
    with_id(&id, (reference, variant), command)
}

fn with_id(id: &str, (reference, variant): (&str, &str), command: u8) -> String {
    format!(
        "<sr:Request xmlns:sr=\"http://www.dccinterface.co.uk/ServiceUserGateway\" schemaVersion=\"5.1\"><sr:Header>\
         <sr:RequestID>{id}</sr:RequestID><sr:CommandVariant>{command}</sr:CommandVariant>\
         <sr:ServiceReference>{reference}</sr:ServiceReference>\
         <sr:ServiceReferenceVariant>{variant}</sr:ServiceReferenceVariant></sr:Header>\
         <sr:Body><sr:Anything at=\"all\"> \u{e9} </sr:Anything></sr:Body></sr:Request>"
    )
}

fn read() -> smi::domain::Body {
    smi::domain::Body::ReadInventory(smi::domain::ReadInventory::DeviceId(METER))
}

/// What an endpoint does with a request.
#[derive(Clone)]
enum Manner {
    /// Answers these bytes, head and all.
    Says(Vec<u8>),
    /// Takes the request, and says nothing.
    Silent,
}

/// An endpoint that tells of each request it was sent: its first line and its body.
struct Endpoint {
    address: SocketAddr,
    came: Channel<(String, Vec<u8>)>,
}

impl Endpoint {
    fn start(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (address, (tell, came)) = (listener.local_addr().unwrap(), channel());
        thread::spawn(move || {
            let mut silent = Vec::new();
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let Some((head, body)) = request_of(&mut stream) else { continue };
                if tell.send((head, body)).is_err() {
                    return;
                }
                match &manner {
                    Manner::Says(bytes) => drop(stream.write_all(bytes)),
                    Manner::Silent => silent.push(stream),
                }
            }
        });
        Self { address, came }
    }

    fn options(&self) -> ForwardOptions {
        ForwardOptions::to(format!("http://{}", self.address))
    }
}

fn request_of(stream: &mut TcpStream) -> Option<(String, Vec<u8>)> {
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut octet = [0];
        stream.read_exact(&mut octet).ok()?;
        head.push(octet[0]);
    }
    let head = String::from_utf8(head).unwrap().to_lowercase();
    let length = head.split("content-length: ").nth(1)?.lines().next()?.parse().ok()?;
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    Some((head, body))
}

fn answer(status: &str, body: &[u8]) -> Manner {
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/xml\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    Manner::Says([head.as_bytes(), body].concat())
}

/// HARNESS.md 3: bytes equal both ways, against a second service; it is in both journals and counted.
#[test]
fn a_second_service_gets_the_bytes_and_its_answer_comes_back() {
    let other = Bench::start();
    let bench = forwarding(ForwardOptions::to(format!("http://{}/", other.duis.address())));
    let message = unanswered(&bench, SUPPLIER, ("4.2", "4.2"), 1);
    let message = bench.smi.sign(&message, SUPPLIER);
    let seen = bench.send_to("serviceS", &message);
    assert_eq!(seen.status(), 501, "the second service does not answer it either");
    assert_eq!(other.bytes("GET", "/manage/journal/1/request.xml", ""), (200, message.clone()));
    assert_eq!(other.bytes("GET", "/manage/journal/1/answer.xml", ""), (200, seen.body().to_vec()));
    assert_eq!(other.get("/manage/journal")["messages"][0]["path"], json!("/api/v1/serviceS"));
    assert_eq!(bench.bytes("GET", "/manage/journal/1/request.xml", ""), (200, message));
    assert_eq!(bench.bytes("GET", "/manage/journal/1/answer.xml", ""), (200, seen.body().to_vec()));
    let entry = bench.get("/manage/journal")["messages"][0].clone();
    assert_eq!((&entry["forwarded"], &entry["rule"]), (&json!("answered"), &json!("forward")));
    let metrics = bench.call("GET", "/metrics", "").1;
    let counted = "smi_forwarded_requests_total{outcome=\"answered\"} 1";
    assert!(metrics.as_str().unwrap().contains(counted), "{metrics}");
    // What this service answers itself does not go there.
    let own = bench.smi.signed(&bench.smi.request(SUPPLIER, read()));
    assert_eq!(bench.send(&own).status(), 200);
    assert_eq!(other.get("/manage/journal")["messages"].as_array().unwrap().len(), 1);
}

/// HARNESS.md 3: whatever the other endpoint says comes back as it is: a signed answer, a refusal, and nonsense.
#[test]
fn whatever_is_answered_comes_back_to_the_last_byte() {
    let bodies: [(&str, &[u8]); 4] = [
        ("200 OK", b"<sr:Response>\r\n \xc3\xa9</sr:Response>"),
        ("200 OK", b"\0\xff\xfe no xml"),
        ("503 Busy", b""),
        ("404 No", b"x"),
    ];
    for (status, body) in bodies {
        let endpoint = Endpoint::start(answer(status, body));
        let bench = forwarding(endpoint.options());
        let message = bench.smi.sign(&unanswered(&bench, SUPPLIER, ("6.15", "6.15.1"), 4), SUPPLIER);
        let seen = bench.send_to("serviceT", &message);
        assert_eq!((seen.status().to_string().as_str(), seen.body()), (&status[..3], body));
        assert_eq!(seen.header("content-type"), Some("application/xml"));
        let (head, came) = endpoint.came.recv_timeout(DEADLINE).unwrap();
        assert!(
            head.starts_with("post /api/v1/servicet http/1.1\r\n")
                && head.contains("content-type: application/xml\r\n"),
            "{head}"
        );
        assert_eq!(came, message);
    }
}

/// HARNESS.md 3: a critical request and its signed pre-command come under one RequestID: both go.
#[test]
fn a_critical_request_and_its_signed_pre_command_share_a_request_id() {
    let endpoint = Endpoint::start(answer("200 OK", b"<a/>"));
    let bench = forwarding(endpoint.options());
    let id = format!("{SUPPLIER}:{METER}:77");
    for (service, command) in [("serviceT", 4), ("serviceS", 5), ("serviceT", 4)] {
        let message = bench.smi.sign(&with_id(&id, ("6.15", "6.15.1"), command), SUPPLIER);
        assert_eq!(bench.send_to(service, &message).status(), 200);
        assert_eq!(endpoint.came.recv_timeout(DEADLINE).unwrap().1, message);
    }
}

/// HARNESS.md 3: only what a known, Active User signed goes there. Anybody else gets 501, as without forwarding.
#[test]
fn only_what_a_known_active_user_signed_is_forwarded() {
    let endpoint = Endpoint::start(answer("200 OK", b"<a/>"));
    let bench = forwarding(endpoint.options());
    let users = format!("user_id,roles,status\n{SUPPLIER},IS,Active\n{OTHER_SUPPLIER},IS,Suspended\n");
    bench.smi.import(Kind::Users, &users);
    let of = |named, signer| bench.smi.sign(&unanswered(&bench, named, ("4.2", "4.2"), 1), signer);
    let good = of(SUPPLIER, SUPPLIER);
    let tampered = String::from_utf8(good.clone()).unwrap().replace("at=\"all\"", "at=\"most\"");
    for (what, message) in [
        ("not signed", unanswered(&bench, SUPPLIER, ("4.2", "4.2"), 1).into_bytes()),
        ("signed by another", of(SUPPLIER, OTHER_SUPPLIER)),
        ("changed", tampered.into_bytes()),
        ("suspended", of(OTHER_SUPPLIER, OTHER_SUPPLIER)),
        ("not known", of(DCC, DCC)),
    ] {
        assert_eq!(bench.send_to("serviceS", &message).status(), 501, "{what}");
    }
    assert_eq!(bench.send_to("serviceS", &good).status(), 200);
    assert_eq!(endpoint.came.recv_timeout(DEADLINE).unwrap().1, good);
    assert!(endpoint.came.try_recv().is_err());
    let without = Bench::of(Smi::choosing(Choices::of(DCC)));
    let message = without.smi.sign(&unanswered(&without, SUPPLIER, ("4.2", "4.2"), 1), SUPPLIER);
    assert_eq!(without.send_to("serviceS", &message).status(), 501);
}

/// HARNESS.md 3: an endpoint that is slow, that is down, and that speaks no HTTP.
#[test]
fn an_endpoint_that_does_not_answer_is_told_apart_and_left_alone() {
    let slow = Endpoint::start(Manner::Silent);
    let bench = forwarding(ForwardOptions { timeout: Duration::from_millis(300), ..slow.options() });
    let send = |bench: &Bench| {
        let message = bench.smi.sign(&unanswered(bench, SUPPLIER, ("4.2", "4.2"), 1), SUPPLIER);
        bench.send_to("serviceS", &message)
    };
    let since = Instant::now();
    assert_eq!(send(&bench).status(), 504);
    assert!(since.elapsed() >= Duration::from_millis(300));
    let nonsense = Endpoint::start(Manner::Says(b"220 smtp ready\r\n".to_vec()));
    assert_eq!(send(&forwarding(nonsense.options())).status(), 502);
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let down = ForwardOptions {
        breaker_failures: 2.try_into().unwrap(),
        ..ForwardOptions::to(format!("http://{free}"))
    };
    let bench = forwarding(down);
    assert_eq!([502, 502, 503, 503], [(); 4].map(|()| send(&bench).status()));
    let busy = send(&bench);
    assert_eq!(busy.header("retry-after"), Some("5"));
    assert_eq!(bench.get("/manage/journal?limit=9")["messages"][3]["forwarded"], json!("breaker_open"));
}

/// HARNESS.md 3: so many at once and no more; the others of this service are answered meanwhile.
#[test]
fn so_many_are_forwarded_at_once_and_no_more() {
    let slow = Endpoint::start(Manner::Silent);
    let timeout = Duration::from_secs(2);
    let bench = forwarding(ForwardOptions {
        timeout,
        max_in_flight: std::num::NonZero::<usize>::MIN,
        ..slow.options()
    });
    let messages = (0..6).map(|_| bench.smi.sign(&unanswered(&bench, SUPPLIER, ("4.2", "4.2"), 1), SUPPLIER));
    let messages = messages.collect::<Vec<_>>();
    let own = bench.smi.signed(&bench.smi.request(SUPPLIER, read()));
    let mut statuses = thread::scope(|scope| {
        let sending =
            messages.iter().map(|message| scope.spawn(|| bench.send_to("serviceS", message).status()));
        let sending = sending.collect::<Vec<_>>();
        slow.came.recv_timeout(DEADLINE).unwrap();
        assert_eq!(bench.send(&own).status(), 200);
        sending.into_iter().map(|sending| sending.join().unwrap()).collect::<Vec<_>>()
    });
    statuses.sort_unstable();
    // One was sent, and one waited for its turn, which came at the end of the time of both or not at all.
    let not_sent = statuses.iter().take_while(|status| **status == 503).count();
    assert!([4, 5].contains(&not_sent), "{statuses:?}");
    assert!(statuses.iter().skip(not_sent).all(|status| *status == 504), "{statuses:?}");
    assert!(slow.came.try_iter().count() <= 1);
}

/// HARNESS.md 3: never to itself: what comes back through another address is refused with the reason.
#[test]
fn what_comes_back_to_this_service_is_refused() {
    let relay = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = relay.local_addr().unwrap();
    let target = Arc::new(OnceLock::<SocketAddr>::new());
    let bench = forwarding(ForwardOptions::to(format!("http://{address}")));
    target.set(bench.duis.address()).unwrap();
    thread::spawn(move || {
        for from in relay.incoming() {
            let (mut from, mut to) = (from.unwrap(), TcpStream::connect(target.get().unwrap()).unwrap());
            let (mut back, mut answering) = (from.try_clone().unwrap(), to.try_clone().unwrap());
            thread::spawn(move || drop(std::io::copy(&mut from, &mut to)));
            thread::spawn(move || drop(std::io::copy(&mut answering, &mut back)));
        }
    });
    let message = bench.smi.sign(&unanswered(&bench, SUPPLIER, ("4.2", "4.2"), 1), SUPPLIER);
    let seen = bench.send_to("serviceS", &message);
    let reason = "this service forwarded the request before, so `[forward] url` leads back to it\n";
    assert_eq!((seen.status(), std::str::from_utf8(seen.body()).unwrap()), (409, reason));
    let listed = bench.get("/manage/journal");
    let outcomes = listed["messages"].as_array().unwrap().iter().map(|entry| entry["forwarded"].clone());
    assert_eq!(outcomes.collect::<Vec<_>>(), [json!("answered"), json!("loop")]);
    assert!(xml::parse(seen.body()).is_err());
}
