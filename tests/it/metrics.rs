//! The page of metrics: read by Prometheus' own library, it adds up after known requests, and no sender makes it grow.

use std::{
    collections::BTreeSet,
    io::Write as _,
    process::{Command, Stdio},
};

use serde_json::Value;
use smi::{
    domain::{Body, ReadInventory, WebService},
    duis::xml,
    metrics::{Stage, TextFormat},
    web::{self, Listener, server_thread::ServerThread},
};

use crate::{
    oracles::python_with,
    support::{METER, OPERATOR, OTHER_SUPPLIER, Smi, agent, managed::Management, package},
};

struct Served {
    smi: Smi,
    duis: ServerThread,
    manage: Management,
}

impl Served {
    fn start() -> Self {
        let (smi, address) = (Smi::new(), ([127, 0, 0, 1], 0).into());
        let listener = Listener {
            address,
            max_body_bytes: 10_000,
            bounds: web::Bounds::default(),
            tls: None,
            kind: web::ListenerKind::Duis { max_in_flight: 16 },
        };
        let duis = web::spawn(smi.service.clone(), listener).unwrap();
        Self { duis, manage: Management::start(&smi), smi }
    }

    fn post(&self, message: &[u8], id: &str) -> u16 {
        self.post_to(&format!("/api/v1/{}", WebService::NonDevice), message, id)
    }

    fn post_to(&self, path: &str, message: &[u8], id: &str) -> u16 {
        let url = format!("http://{}{path}", self.duis.address());
        let request = agent().post(url).content_type("application/xml").header("x-request-id", id);
        request.send(message).unwrap().status().as_u16()
    }

    fn page(&self) -> String {
        self.page_as("*/*", TextFormat::OpenMetrics)
    }

    /// The page for a scraper that accepts this, which must come in that format.
    fn page_as(&self, accept: &str, format: TextFormat) -> String {
        let mut reply = self.manage.reply("GET", "/metrics", &[("accept", accept)], "");
        assert_eq!(reply.status(), 200);
        assert_eq!(reply.headers()["content-type"], format.media_type(), "{accept}");
        reply.body_mut().read_to_string().unwrap()
    }

    fn inquiry(&self) -> Vec<u8> {
        let body = Body::ReadInventory(ReadInventory::DeviceId(METER));
        self.smi.signed(&self.smi.request(OPERATOR, body))
    }
}

/// Name, labels and value of every sample, as Prometheus' Python library reads them.
fn samples(page: &str) -> Option<Vec<(String, Value, f64)>> {
    samples_of(page, "openmetrics")
}

/// The same, of a page in that format.
fn samples_of(page: &str, format: &str) -> Option<Vec<(String, Value, f64)>> {
    let python = python_with("prometheus_client")?;
    let mut reader = Command::new(python);
    let reader = reader.arg(package().join("tests/oracles/metrics.py")).arg(format);
    let mut reader = reader.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    reader.stdin.take().unwrap().write_all(page.as_bytes()).unwrap();
    let output = reader.wait_with_output().unwrap();
    assert!(output.status.success(), "it cannot be read:\n{page}");
    let lines = String::from_utf8(output.stdout).unwrap();
    Some(lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

#[test]
fn a_scraper_gets_the_format_that_it_reads() {
    let served = Served::start();
    assert_eq!(served.post(&served.inquiry(), "a"), 200);
    // What Prometheus itself sends, then two readers of the older format alone.
    let newer = "application/openmetrics-text;version=1.0.0;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
    served.page_as(newer, TextFormat::OpenMetrics);
    served.page_as("text/plain;version=0.0.4;q=1,*/*;q=0.1", TextFormat::Prometheus);
    let page = served.page_as("text/plain;version=0.0.4", TextFormat::Prometheus);
    let Some(samples) = samples_of(&page, "prometheus") else { return };
    let requests = samples.iter().filter(|(name, ..)| name == "smi_requests_total").map(|(.., value)| value);
    assert_eq!(requests.sum::<f64>(), 1.0);
    assert!(samples.iter().any(|(name, ..)| name == "smi_build_info"));
}

#[test]
fn the_page_adds_up_after_known_requests() {
    let served = Served::start();
    let inquiry = served.inquiry();
    let tampered = String::from_utf8(served.inquiry()).unwrap().replace("78-90-A0<", "78-90-A1<");
    assert_eq!([served.post(&inquiry, "a"), served.post(&inquiry, "b")], [200, 200]);
    assert_eq!(served.post(tampered.as_bytes(), "c"), 200);
    let request = served.smi.request(OPERATOR, Body::ReadInventory(ReadInventory::DeviceId(METER)));
    let invalid = xml::compose(&request).replace("DeviceID>", "Device>");
    assert_eq!(served.post(invalid.as_bytes(), "d"), 200);
    assert_eq!([served.post(b"<a", "e"), served.post(b"<a", "f")], [400, 400]);
    assert_eq!(served.post_to("/nowhere", b"", "g"), 404);
    let Some(samples) = samples(&served.page()) else { return };
    let value = |name: &str, labels: Value| {
        let found = samples.iter().find(|(found, has, _)| found == name && *has == labels);
        found.unwrap_or_else(|| panic!("{name}{labels} is missing in {samples:#?}")).2
    };
    let requests =
        |code: &str| value("smi_requests_total", serde_json::json!({ "variant": "8.2", "code": code }));
    let refusals = |status: &str| {
        value("smi_http_refusals_total", serde_json::json!({ "listener": "duis", "status": status }))
    };
    let stage = |stage: Stage| {
        value("smi_stage_seconds_count", serde_json::json!({ "stage": stage.as_str() })) as u32
    };
    assert_eq!([requests("E080201"), requests("repeated"), requests("E100")], [1.0, 1.0, 2.0]);
    assert_eq!([refusals("400"), refusals("404")], [2.0, 1.0]);
    let all = samples.iter().filter(|(name, ..)| name == "smi_requests_total").map(|(.., value)| value);
    assert_eq!(all.sum::<f64>(), 4.0);
    let decisions = samples.iter().filter(|(name, ..)| name == "smi_decisions_total");
    assert_eq!(decisions.map(|(.., value)| value).sum::<f64>(), 1.0);
    let counts = Stage::ALL.iter().map(|each| (each.as_str(), stage(*each))).collect::<Vec<_>>();
    let expected = [
        ("decode", 6),
        ("verify", 3),
        ("queue", 2),
        ("decide", 1),
        ("store", 1),
        ("sign", 1),
        ("commit", 2),
        ("total", 6),
    ];
    assert_eq!(counts, expected);
    let empty = || serde_json::json!({});
    assert_eq!(value("smi_store_queue_depth", empty()), 0.0);
    assert!(value("smi_store_group_size_count", empty()) >= 2.0);
    assert_eq!(value("smi_http_in_flight", empty()), 0.0);
    assert_eq!(value("smi_http_in_flight_limit", empty()), 16.0);
    assert_eq!(value("smi_outbox_waiting", empty()), 0.0);
    let days = samples.iter().filter(|(name, ..)| name == "smi_certificate_days_left").collect::<Vec<_>>();
    let known = served.smi.service.trust().certificates().count();
    assert_eq!(days.len(), known);
    assert!(days.iter().all(|(.., left)| *left > 0.0), "{days:?}");
}

#[test]
fn no_sender_makes_the_page_grow() {
    let served = Served::start();
    let texts = |page: &str| {
        page.lines()
            .filter_map(|line| line.rsplit_once(' '))
            .map(|(name, _)| name.to_owned())
            .collect::<BTreeSet<_>>()
    };
    let hostile = |turn: u64| {
        let mut request =
            served.smi.request(OTHER_SUPPLIER, Body::ReadInventory(ReadInventory::DeviceId(METER)));
        request.id.counter = turn;
        let text = xml::compose(&request);
        let made_up = format!(">9.9.{turn}<");
        served.post(text.replace(">8.2<", &made_up).as_bytes(), &format!("made-up-{turn}"));
        served.post(format!("<a{turn}/>").as_bytes(), "\"}{\\");
        served.post(format!("<a{turn}").as_bytes(), &"x".repeat(500));
        served.post_to(&format!("/made-up/{turn}"), b"", "");
        served.post_to(&format!("/api/v1/serviceD?made-up={turn}"), text.as_bytes(), "");
    };
    hostile(0);
    let before = texts(&served.page());
    for turn in 1..100 {
        hostile(turn);
    }
    let after = texts(&served.page());
    assert_eq!(before, after);
    assert!(after.iter().all(|name| !name.contains("made-up")), "{after:#?}");
}
