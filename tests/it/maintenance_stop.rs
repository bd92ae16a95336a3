//! A maintenance window as it is felt: at the DUIS listener, and by the outbox (SERVICE.md 3.3, At the DUIS listener).

use std::{
    fs,
    io::{Read as _, Write as _},
    net::TcpStream,
    time::{Duration, Instant},
};

use smi::{
    db::StoreFault,
    domain::{Body, ReadInventory, WebService, maintenance::WindowCategory, parse_instant},
    service::{Choices, FeltMaintenance, FeltWindow, MaintenanceAnswer, MaintenanceWatch},
    store::{self, Kind, PageRequest},
    web::server_thread::ServerThread,
};

use crate::{
    commands::Served,
    feed::{publish_march, tell},
    outbox::Office,
    support::{
        DCC, METER, OPERATOR, SUPPLIER, Smi, agent, duis, fixture_of,
        receiver::{DEADLINE, Receiver},
    },
};

fn window(starts_at: &str, ends_at: &str, stops_deliveries: bool) -> FeltWindow {
    FeltWindow {
        reference: "CHG-1001".to_owned(),
        starts_at: parse_instant(starts_at).unwrap(),
        ends_at: parse_instant(ends_at).unwrap(),
        stops_requests: true,
        stops_deliveries,
    }
}

fn start(smi: &Smi) -> (ServerThread, String) {
    let server = duis::listen(smi, 1_000_000, 16);
    let url = format!("http://{}", server.address());
    (server, url)
}

/// The status, Retry-After and the text.
fn post(url: &str, at: WebService, message: &[u8]) -> (u16, Option<String>, String) {
    let path = format!("{url}/api/v1/{at}");
    let mut reply = agent().post(path).content_type("application/xml").send(message).unwrap();
    let after = reply.headers().get("retry-after").map(|value| value.to_str().unwrap().to_owned());
    (reply.status().as_u16(), after, reply.body_mut().read_to_string().unwrap())
}

/// SERVICE.md 7/19: 503 to the millisecond, with whole seconds, and afterwards the same RequestID is decided as new.
#[test]
fn row_19_requests_are_refused_within_the_window_and_nothing_of_them_is_kept() {
    let smi = Smi::choosing(Choices { explain_headers: true, ..Choices::of(DCC) });
    smi.service.maintenance_watch().replace(vec![window(
        "2026-03-18T20:00:00Z",
        "2026-03-19T02:00:00Z",
        false,
    )]);
    let (server, url) = start(&smi);
    let asked = || smi.request(OPERATOR, Body::ReadInventory(ReadInventory::DeviceId(METER)));
    let (before, within) = (smi.signed(&asked()), asked());
    let (id, within) = (within.id, smi.signed(&within));
    let ready = || agent().get(format!("{url}/health/ready")).call().unwrap().status().as_u16();
    let refused = |seconds: &str| {
        let text = "planned maintenance CHG-1001 until 2026-03-19T02:00:00Z\n".to_owned();
        (503, Some(seconds.to_owned()), text)
    };
    let sent = |at: &str, message: &[u8]| {
        smi.move_to(at);
        assert_eq!(ready(), 200, "{at}");
        post(&url, WebService::NonDevice, message)
    };
    assert_eq!(sent("2026-03-18T19:59:59.999Z", &before).0, 200);
    assert_eq!(sent("2026-03-18T20:00:00Z", &within), refused("21600"));
    assert_eq!(sent("2026-03-18T23:30:00.500Z", &within), refused("9000"));
    for at in WebService::ALL {
        assert_eq!(post(&url, *at, b"no XML at all").0, 503, "{at}");
    }
    let decided = || {
        let found = smi.service.store().read(|inner| store::decisions_of_request(inner, &id));
        found.map_err(|fault: StoreFault| fault).unwrap().len()
    };
    let page = smi.service.metrics_page();
    for line in ["smi_maintenance_refused_total 5", "smi_maintenance_in_force 1"] {
        assert!(page.lines().any(|present| present == line), "{line}\n{page}");
    }
    let counted = page
        .lines()
        .find(|line| line.starts_with("smi_http_refusals_total{listener=\"duis\",status=\"503\"}"));
    assert_eq!(counted, None, "counted nowhere else");
    assert_eq!(smi.service.refusals(PageRequest::first(9)).rows.len(), 0, "no message was refused");
    assert_eq!(agent().get(format!("{url}/api/v1/serviceD")).call().unwrap().status().as_u16(), 405);
    assert_eq!(decided(), 0);
    let last = sent("2026-03-19T02:00:00Z", &within);
    assert_eq!((last.0, decided()), (200, 1), "decided as new");
    assert!(smi.service.metrics_page().contains("smi_maintenance_in_force 0\n"));
    server.stop().unwrap();
}

/// SERVICE.md 7/19, after 7/12: what is published is felt, and with `none` it is not.
#[test]
fn row_19_a_published_month_is_felt_where_it_is_to_be() {
    for (answer, within) in [(MaintenanceAnswer::ServiceUnavailable, 503), (MaintenanceAnswer::Nothing, 200)]
    {
        let felt_maintenance = FeltMaintenance { answer, ..FeltMaintenance::default() };
        let smi = Smi::choosing(Choices { felt_maintenance, ..Choices::of(DCC) });
        publish_march(&smi);
        // What the job does each second.
        smi.service.refresh_maintenance().unwrap();
        let (server, url) = start(&smi);
        let message = smi.signed(&smi.request(OPERATOR, Body::ReadInventory(ReadInventory::DeviceId(METER))));
        for (at, status) in [
            ("2026-03-18T19:59:59.999Z", 200),
            ("2026-03-18T20:00:00.000Z", within),
            ("2026-03-18T23:30:00.500Z", within),
            ("2026-03-19T02:00:00.000Z", 200),
        ] {
            smi.move_to(at);
            assert_eq!(post(&url, WebService::NonDevice, &message).0, status, "{answer} {at}");
        }
        server.stop().unwrap();
    }
}

/// SERVICE.md 3.3: before its body is read.
#[test]
fn a_request_is_refused_before_its_body_came() {
    let smi = Smi::new();
    smi.service.maintenance_watch().replace(vec![window(
        "2026-06-01T11:00:00Z",
        "2026-06-01T13:00:00Z",
        false,
    )]);
    let (server, url) = start(&smi);
    let mut stream = TcpStream::connect(url.trim_start_matches("http://")).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let head = "POST /api/v1/serviceT HTTP/1.1\r\nHost: smi\r\nContent-Type: application/xml\r\nContent-Length: 500000\r\n\r\n";
    stream.write_all(head.as_bytes()).unwrap();
    let mut seen = [0; 256];
    let length = stream.read(&mut seen).unwrap();
    let answer = String::from_utf8_lossy(seen.get(..length).unwrap()).to_lowercase();
    assert!(answer.starts_with("http/1.1 503 service unavailable: planned maintenance"), "{answer}");
    assert!(answer.contains("retry-after: 3600\r\n"), "{answer}");
    drop(stream);
    // One that sends all of a large body first sees the refusal too, and no broken connection; and so does the next on it.
    let large = vec![b' '; 900_000];
    for at in [WebService::NonDevice, WebService::SendCommand, WebService::NonDevice] {
        assert_eq!(post(&url, at, &large).0, 503);
    }
    server.stop().unwrap();
}

/// SERVICE.md 3.3: `deliveries` holds the outbox until the end; then it goes on in order.
#[test]
fn row_19_deliveries_wait_for_the_end_of_the_window_and_go_on_in_order() {
    let receiver = Receiver::start(&[]);
    let office = Office::new(&[(SUPPLIER, &receiver.url())]);
    let hold = MaintenanceWatch::default();
    hold.replace(vec![window("2026-06-01T11:00:00Z", "2026-06-01T13:00:00Z", true)]);
    let messages = ["<first/>", "<second/>", "<third/>"];
    messages.iter().for_each(|message| office.put(SUPPLIER, Some(METER), message));
    let delivery = office.start_under(hold.clone());
    for at in ["2026-06-01T12:30:00Z", "2026-06-01T12:59:59.999Z"] {
        office.move_to(at);
        // Longer than the interval at which the outbox looks whether the window is over.
        std::thread::park_timeout(Duration::from_millis(1_200));
        assert!(receiver.is_empty(), "{at}");
    }
    office.move_to("2026-06-01T13:00:00Z");
    assert_eq!(messages.map(|_| receiver.body()), messages);
    // One that is withdrawn holds nothing, from the next look on.
    hold.replace(vec![window("2026-06-01T13:00:00Z", "2026-06-01T15:00:00Z", true)]);
    office.put(SUPPLIER, Some(METER), "<held/>");
    std::thread::park_timeout(Duration::from_millis(300));
    assert!(receiver.is_empty());
    hold.replace(Vec::new());
    assert_eq!(receiver.body(), "<held/>");
    delivery.stop();
}

/// How long it takes until a request is answered with that status.
fn until(url: &str, message: &[u8], status: u16) -> Duration {
    let began = Instant::now();
    while post(url, WebService::NonDevice, message).0 != status {
        assert!(began.elapsed() < DEADLINE, "never {status}");
        std::thread::park_timeout(Duration::from_millis(20));
    }
    began.elapsed()
}

/// SERVICE.md 7/19, 3.3: every instance follows a publication, and a withdrawal, within two seconds; one that is not to feel windows never
/// refuses, and neither does one of another environment.
#[test]
fn row_19_every_instance_follows_what_is_published() {
    let smi = Smi::new();
    smi.import(Kind::Maintenance, &fs::read_to_string(fixture_of(Kind::Maintenance)).unwrap());
    let message = smi.signed(&smi.request(OPERATOR, Body::ReadInventory(ReadInventory::DeviceId(METER))));
    let start = |answer, environment| {
        let variables = [
            ("SMI_STORE_URL", smi.url()),
            ("SMI_TEST_CLOCK", "2026-03-18T23:30:00.500Z"),
            ("SMI_MAINTENANCE_ANSWER", answer),
            ("SMI_MAINTENANCE_ENVIRONMENT", environment),
        ];
        Served::start_with(smi.folder(), &[], &variables)
    };
    let felt = [start("503", "production"), start("503", "production")];
    let others = [start("none", "production"), start("503", "UIT")];
    let all_answer = || {
        for served in felt.iter().chain(&others) {
            assert_eq!(post(&served.url, WebService::NonDevice, &message).0, 200);
        }
    };
    all_answer();
    tell(&smi, "CHG-1001", 1, false, WindowCategory::High);
    let longest = felt.iter().map(|served| until(&served.url, &message, 503)).max().unwrap();
    assert!(longest < Duration::from_secs(2), "{longest:?}");
    for served in &others {
        assert_eq!(post(&served.url, WebService::NonDevice, &message).0, 200);
    }
    let again = start("503", "production");
    let (status, after, _) = post(&again.url, WebService::NonDevice, &message);
    assert_eq!((status, after.as_deref()), (503, Some("9000")), "from the first request on");
    // The planner's clock is before its start: it is withdrawn, and the next revision of March is still to come.
    smi.move_to("2026-03-17T12:00:00Z");
    let (reference, by) = ("CHG-1001".parse().unwrap(), "planner".parse().unwrap());
    smi.service.withdraw_maintenance(reference, "no staff".parse().unwrap(), by).unwrap();
    let longest = felt.iter().map(|served| until(&served.url, &message, 200)).max().unwrap();
    assert!(longest < Duration::from_secs(2), "{longest:?}");
    all_answer();
}
