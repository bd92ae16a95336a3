//! The management listener: who may use it, what it answers, and what it refuses with which reason.

use std::fmt::Write as _;

use serde_json::{Value, json};
use smi::{
    db::{Connection, StoreFault},
    domain::{ActArea, Body, Eui64, InventoryChange, ReadInventory, UpdateInventory},
    service::{
        Reason,
        jobs::outbox::{Delivery, DeliveryTimeouts},
    },
    store::{self, Kind, MessageKind, NewMessage},
    web::{self, Bounds, Listener, server_thread::ServerThread},
};
use ureq::{Agent, http::Request};

use crate::support::{DCC, METER, SUPPLIER, Smi, USERS, receiver::Receiver};

const TOKEN: &str = "open-sesame";

/// Longer than any body of this file but one.
const LONGEST: usize = 100_000;

const DEVICES: &str = "\
device_id,device_type,status,device_manufacturer,device_model,smets_chts_version,firmware_version,esme_variant,pre_notified_by
00-DB-12-34-56-78-90-A0,ESME,InstalledNotCommissioned,Sample Meters,SM-E1,SMETS2 V5.1,01020304,ADE,90-B3-D5-1F-30-01-00-00
";

struct Managed {
    smi: Smi,
    server: ServerThread,
}

/// A status and a body.
#[derive(Debug)]
struct Answer {
    status: u16,
    body: Value,
    header: String,
}

impl Managed {
    fn start() -> Self {
        let smi = Smi::new();
        smi.import(Kind::Devices, DEVICES);
        let token = TOKEN.parse().unwrap();
        let listener = Listener {
            address: ([127, 0, 0, 1], 0).into(),
            max_body_bytes: LONGEST,
            bounds: Bounds::default(),
            tls: None,
            kind: web::ListenerKind::Manage { token },
        };
        let server = web::spawn(smi.service.clone(), listener).unwrap();
        Self { smi, server }
    }

    fn call_as(&self, authorization: Option<&str>, method: &str, path: &str, body: &str) -> Answer {
        let uri = format!("http://{}{path}", self.server.address());
        let mut request = Request::builder().method(method).uri(uri);
        if let Some(authorization) = authorization {
            request = request.header("authorization", authorization);
        }
        let agent: Agent = Agent::config_builder()
            .http_status_as_error(false)
            .allow_non_standard_methods(true)
            .build()
            .into();
        let mut reply = agent.run(request.body(body).unwrap()).unwrap();
        let header = |name| reply.headers().get(name).map_or("", |value| value.to_str().unwrap());
        let header = [header("www-authenticate"), header("allow")].concat();
        let text = reply.body_mut().read_to_string().unwrap();
        let body = serde_json::from_str(&text).unwrap();
        Answer { status: reply.status().as_u16(), body, header }
    }

    fn call(&self, method: &str, path: &str, body: &str) -> Answer {
        self.call_as(Some(&format!("Bearer {TOKEN}")), method, path, body)
    }

    fn get(&self, path: &str) -> Value {
        let answer = self.call("GET", path, "");
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.body
    }

    /// Refusals of these calls, a line each.
    fn refusals(&self, calls: &[(&str, &str, &str)]) -> String {
        let lines = calls.iter().map(|(method, path, body)| {
            let Answer { status, body, .. } = self.call(method, path, body);
            format!("{method} {path}: {status} {}\n", body.get("error").unwrap().as_str().unwrap())
        });
        lines.collect()
    }

    fn device(&self) -> Value {
        self.get(&format!("/manage/devices/{METER}"))
    }
}

/// Every method and path, with values for what is in braces.
fn routes() -> Vec<(&'static str, String)> {
    let filled = |path: &str| {
        path.replace("{id}", &METER.to_string())
            .replace("{kind}", "users")
            .replace("{name}", "at-risk")
            .replace("{order}", "RF-000001")
            .replace("{n}", "1")
    };
    web::manage_routes().map(|(method, path)| (method, filled(path))).collect()
}

#[test]
fn nothing_is_answered_without_the_token() {
    let managed = Managed::start();
    let wrong = [
        None,
        Some(""),
        Some("Bearer "),
        Some("Bearer open-sesam"),
        Some("Bearer open-sesame-"),
        Some("Basic open-sesame"),
        Some("open-sesame"),
    ];
    let mut paths = routes();
    // Other paths without `Authorization` are the console's: tests/it/console/sign_in.rs.
    paths.extend([("GET", "/manage/nowhere".to_owned()), ("DELETE", "/manage/outbox".to_owned())]);
    for (method, path) in &paths {
        for authorization in wrong {
            let answer = managed.call_as(authorization, method, path, "{}");
            assert_eq!(answer.status, 401, "{method} {path} {authorization:?}");
            assert_eq!(answer.header, "Bearer realm=\"smi\"");
            assert_eq!(answer.body["error"], "send the token of `[manage]` as `Authorization: Bearer ...`");
        }
    }
    assert_eq!(managed.smi.exported(Kind::Devices).lines().count(), 2, "nothing was reset");
    let lower = managed.call_as(Some("bearer open-sesame"), "GET", "/manage/outbox", "");
    assert_eq!(lower.status, 200);
}

#[test]
fn the_document_describes_every_route_and_no_other() {
    let managed = Managed::start();
    let document = managed.get("/openapi.json");
    assert_eq!(document["openapi"], "3.1.0");
    let mut described = Vec::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        described.extend(operations.as_object().unwrap().keys().map(|method| (method.to_uppercase(), path)));
    }
    let mut known =
        web::manage_routes().map(|(method, path)| (method.to_owned(), path.to_owned())).collect::<Vec<_>>();
    known.sort();
    let mut described =
        described.into_iter().map(|(method, path)| (method, path.clone())).collect::<Vec<_>>();
    described.sort();
    assert_eq!(described, known);
    let kinds = &document["paths"]["/manage/import/{kind}"]["put"]["parameters"][0]["schema"]["enum"];
    assert_eq!(*kinds, json!(Kind::ALL.iter().map(|kind| kind.as_str()).collect::<Vec<_>>()));
    let events = &document["components"]["schemas"]["Event"]["properties"]["event"]["enum"];
    let all = smi::rules::event::DeviceEvent::ALL.iter().map(|event| event.as_str());
    assert_eq!(*events, json!(all.collect::<Vec<_>>()));
    let asked = &document["paths"]["/manage/acts"]["get"]["parameters"][0]["schema"]["enum"];
    let shown = &document["components"]["schemas"]["Act"]["properties"]["area"]["enum"];
    let areas = json!(ActArea::ALL.iter().map(|area| area.as_str()).collect::<Vec<_>>());
    assert_eq!([asked, shown], [&areas; 2]);
    let device = document["components"]["schemas"]["Device"]["properties"].as_object().unwrap();
    let shown = managed.device()["device"].as_object().unwrap().clone();
    assert_eq!(device.keys().collect::<Vec<_>>(), shown.keys().collect::<Vec<_>>());
}

#[test]
fn another_method_is_405_and_another_path_404() {
    let managed = Managed::start();
    for (method, path) in routes() {
        let answer = managed.call("PATCH", &path, "");
        let own = routes().into_iter().filter(|(_, other)| *other == path);
        let allowed = own.map(|(method, _)| if method == "GET" { "GET, HEAD" } else { method });
        let allowed = allowed.collect::<Vec<_>>().join(", ");
        assert_eq!((answer.status, answer.header), (405, allowed), "{method} {path}");
    }
    assert_eq!(managed.call("GET", "/manage", "").status, 404);
    assert_eq!(managed.call("GET", "/api/v1/serviceD", "").status, 404);
}

#[test]
fn a_device_is_shown_with_its_history() {
    let managed = Managed::start();
    let shown = managed.device();
    assert_eq!(shown["device"]["esme_variant"], "ADE");
    assert_eq!(shown["device"]["esme_variant_type"], "Single Element Electricity Metering Equipment");
    let joined = json!([{
        "from": null, "to": "InstalledNotCommissioned", "at": "2026-06-01T12:00:00.000Z",
        "by": null, "request_id": null, "interface": "import", "reason": null,
    }]);
    assert_eq!(shown["history"], joined);
}

/// R11: lists of the management listener were unbounded.
#[test]
fn the_history_of_a_device_comes_in_pages() {
    let managed = Managed::start();
    for status in ["Commissioned", "Suspended", "Commissioned", "Suspended"] {
        let csv = format!("device_id,device_type,status\n{METER},ESME,{status}\n");
        assert_eq!(managed.call("PUT", "/manage/import/devices", &csv).status, 200);
    }
    let path = format!("/manage/devices/{METER}");
    let all = managed.get(&path);
    assert_eq!((all["history"].as_array().unwrap().len(), &all["next"]), (5, &Value::Null));
    let (mut found, mut after) = (Vec::new(), String::new());
    loop {
        let page = managed.get(&format!("{path}?limit=2{after}"));
        assert_eq!(page["device"], all["device"], "on each page");
        found.extend(page["history"].as_array().unwrap().clone());
        let Some(next) = page["next"].as_str() else { break };
        after = format!("&after={next}");
    }
    assert_eq!(Value::Array(found), all["history"]);
    assert_eq!(managed.get(&format!("{path}?after=999999"))["history"], json!([]));
    for wrong in ["?limit=0", "?limit=1001", "?after=x", "?notifications_after=x", "?before=1"] {
        assert_eq!(managed.call("GET", &format!("{path}{wrong}"), "").status, 400, "{wrong}");
    }
}

#[test]
fn the_outbox_comes_in_pages_and_by_state() {
    let managed = Managed::start();
    let now = managed.smi.now();
    let put = move |connection: &mut Connection| {
        let (kind, message) = (MessageKind::Alert, &b"<alert/>"[..]);
        for device in [METER, SUPPLIER, DCC] {
            let new = NewMessage { user: SUPPLIER, device: Some(device), request_id: None, kind, message };
            store::enqueue_message(connection, new, now)?;
        }
        store::mark_message_delivered(connection, 1, now)?;
        (0..3).try_for_each(|_| store::mark_message_refused(connection, 2, "HTTP 400", now.0, now).map(drop))
    };
    managed.smi.service.store().transact::<_, StoreFault, _>(put).unwrap();
    let page = |query: &str| {
        let page = managed.get(&format!("/manage/outbox{query}"));
        let ids = page["messages"].as_array().unwrap().iter().map(|message| message["id"].clone());
        (ids.collect::<Vec<_>>(), page["next"].clone())
    };
    for (query, ids, next) in [
        ("", json!([1, 2, 3]), Value::Null),
        ("?limit=2", json!([1, 2]), json!("2")),
        ("?limit=2&after=2", json!([3]), Value::Null),
        ("?state=waiting", json!([3]), Value::Null),
        ("?state=parked", json!([2]), Value::Null),
        ("?state=delivered&limit=1", json!([1]), Value::Null),
        ("?state=waiting&after=3", json!([]), Value::Null),
    ] {
        let (found, found_next) = page(query);
        assert_eq!((Value::Array(found), found_next), (ids, next), "{query}");
    }
    for wrong in ["?state=lost", "?limit=x", "?offset=1"] {
        assert_eq!(managed.call("GET", &format!("/manage/outbox{wrong}"), "").status, 400, "{wrong}");
    }
}

#[test]
fn tallies_are_listed_by_hours() {
    let managed = Managed::start();
    let empty = managed.get("/manage/tallies");
    assert_eq!((&empty["devices"], &empty["answers"]), (&Value::Null, &json!([])));
    managed.smi.ask(SUPPLIER, Body::ReadInventory(ReadInventory::DeviceId(METER)));
    assert_eq!(managed.get("/manage/tallies")["uncounted_decisions"], 1);
    managed.smi.service.tally_answers(&mut |_| true).unwrap();
    managed.smi.service.count_devices(&mut |_| true).unwrap();
    let shown = json!({
        "from": "2026-05-31T13:00:00.000Z", "until": "2026-06-01T13:00:00.000Z",
        "answers": [{
            "hour": "2026-06-01T12:00:00.000Z", "user_id": SUPPLIER.to_string(), "service_reference_variant": "8.2",
            "code": "I0", "rule": "SR8.2/b", "answers": 1,
        }],
        "next": null, "uncounted_decisions": 0,
        "devices": {
            "counted_at": "2026-06-01T12:00:00.000Z",
            "counts": [{ "device_type": "ESME", "status": "InstalledNotCommissioned", "devices": 1 }],
        },
    });
    assert_eq!(managed.get("/manage/tallies"), shown);
    let part = managed.get("/manage/tallies?from=2026-05-30&until=2026-06-01T12:01:00Z");
    assert_eq!(
        (&part["until"], &part["next"]),
        (&json!("2026-05-31T00:00:00.000Z"), &json!("2026-05-31T00:00:00.000Z"))
    );
    let last = managed.get("/manage/tallies?from=2026-06-01&until=2026-06-01T12:01:00Z");
    assert_eq!((&last["answers"], &last["next"]), (&shown["answers"], &Value::Null));
    for wrong in ["?from=yesterday", "?until=1", "?from=2026-06-02&until=2026-06-02", "?hour=1"] {
        assert_eq!(managed.call("GET", &format!("/manage/tallies{wrong}"), "").status, 400, "{wrong}");
    }
}

#[test]
fn refusals_before_a_decision_are_listed_in_pages() {
    let managed = Managed::start();
    for number in 1..=3 {
        let reason = Reason::of("SR/3", format!("Request/Header (line {number}): missing"));
        let variant = "8.2".parse().ok();
        managed.smi.service.keep_refusal(200, Reason { variant, ..reason }, None, None);
    }
    let page = managed.get("/manage/refusals?limit=2");
    let first = json!({
        "number": 1, "refused_at": "2026-06-01T12:00:00.000Z", "status": 200, "rule": "SR/3",
        "reason": "Request/Header (line 1): missing", "request_id": null, "service_reference_variant": "8.2",
        "peer": null, "excerpt": null, "message_bytes": null,
    });
    assert_eq!((&page["refusals"][0], &page["next"]), (&first, &json!("2")));
    let page = managed.get("/manage/refusals?limit=2&after=2");
    assert_eq!((&page["refusals"][0]["number"], &page["next"]), (&json!(3), &Value::Null));
    for wrong in ["?limit=0", "?after=x", "?before=1"] {
        assert_eq!(managed.call("GET", &format!("/manage/refusals{wrong}"), "").status, 400, "{wrong}");
    }
    assert_eq!(managed.call("POST", "/manage/reset", "").status, 200);
    assert_eq!(managed.get("/manage/refusals"), json!({ "refusals": [], "next": null }));
}

#[test]
fn an_event_moves_a_device_or_says_why_not() {
    let managed = Managed::start();
    let path = format!("/manage/devices/{METER}/events");
    let event = "{\"event\": \"DeviceCommissioned\"}";
    let taken = managed.call("POST", &path, event);
    assert_eq!(taken.status, 200, "{taken:?}");
    assert_eq!(
        taken.body,
        json!({
            "device_id": METER.to_string(), "event": "DeviceCommissioned",
            "changes": [format!("{METER} moves from InstalledNotCommissioned to Commissioned")],
        })
    );
    let commissioned = managed.device();
    assert_eq!(commissioned["device"]["date_commissioned"], "2026-06-01");
    let unknown = "/manage/devices/00-DB-12-34-56-78-90-FF/events";
    insta::assert_snapshot!(managed.refusals(&[
        ("POST", &path, event),
        ("POST", unknown, event),
        ("POST", &path, ""),
        ("POST", &path, "{\"event\": 1}"),
        ("POST", &path, "{\"event\": \"Exploded\"}"),
        ("POST", &path, "{\"event\": \"Suspended\", \"why\": \"\"}"),
        ("POST", &path, "{\"event\": \"Suspended\", \"version\": \"1\"}"),
        ("POST", &path, "{\"event\": \"FirmwareReported\"}"),
        ("POST", &path, "{\"event\": \"FirmwareReported\", \"version\": \"123456789\"}"),
        ("POST", "/manage/devices/7/events", event),
        ("POST", &path, &format!("{{\"event\": \"{}\"}}", "x".repeat(101))),
        ("POST", &path, &format!("{{\"event\": \"{}\"}}", "x".repeat(70_000))),
        ("POST", &path, &"x".repeat(LONGEST + 1)),
    ]), @r#"
        POST /manage/devices/00-DB-12-34-56-78-90-A0/events: 409 `DeviceCommissioned` does not fit ESME `00-DB-12-34-56-78-90-A0`, whose status is Commissioned: SMI.md 2 has no such move
        POST /manage/devices/00-DB-12-34-56-78-90-FF/events: 409 device `00-DB-12-34-56-78-90-FF` is not in the inventory
        POST /manage/devices/00-DB-12-34-56-78-90-A0/events: 400 body: EOF while parsing a value at line 1 column 0
        POST /manage/devices/00-DB-12-34-56-78-90-A0/events: 400 body: invalid type: integer `1`, expected a string at line 1 column 11
        POST /manage/devices/00-DB-12-34-56-78-90-A0/events: 400 event: `Exploded` is not a Device event: one of ChfWhitelistConfirmed, ChfWhitelistFailed, DeviceCommissioned, Suspended, Restored, RecoveryStarted, Recovered, RecoveryComplete, FirmwareReported, FirmwareActivated, FirmwareActivationFailed
        POST /manage/devices/00-DB-12-34-56-78-90-A0/events: 400 body: unknown field `why`, expected `event` or `version` at line 1 column 28
        POST /manage/devices/00-DB-12-34-56-78-90-A0/events: 400 version: `Suspended` has none
        POST /manage/devices/00-DB-12-34-56-78-90-A0/events: 400 version: `FirmwareReported` needs one
        POST /manage/devices/00-DB-12-34-56-78-90-A0/events: 400 version: `123456789` is not a FirmwareVersion: 1 to 8 characters that XML can carry
        POST /manage/devices/7/events: 400 device id: `7` is not an EUI-64: 16 hex digits in pairs joined by `-`
        POST /manage/devices/00-DB-12-34-56-78-90-A0/events: 400 event: has 1 to 100 characters
        POST /manage/devices/00-DB-12-34-56-78-90-A0/events: 413 body: longer than 65536 bytes
        POST /manage/devices/00-DB-12-34-56-78-90-A0/events: 413 the body is longer than 100000 bytes
        "#);
    assert_eq!(managed.device(), commissioned, "nothing changed");
    let reported =
        managed.call("POST", &path, "{\"event\": \"FirmwareReported\", \"version\": \"01020399\"}");
    assert_eq!(reported.status, 200, "{reported:?}");
    assert_eq!(managed.device()["device"]["firmware_version"], "01020399");
}

#[test]
fn decisions_come_in_pages() {
    let managed = Managed::start();
    let asked = (0..5).map(|_| {
        let body = Body::ReadInventory(ReadInventory::DeviceId(METER));
        let request = managed.smi.request(SUPPLIER, body);
        managed.smi.post(&managed.smi.signed(&request));
        request.id.to_string()
    });
    let asked = asked.collect::<Vec<_>>();
    let (mut seen, mut after, mut pages) = (Vec::new(), String::new(), 0);
    loop {
        let page = managed.get(&format!("/manage/decisions?device_id={METER}&limit=2{after}"));
        let decisions = page["decisions"].as_array().unwrap();
        assert!(decisions.len() <= 2);
        seen.extend(decisions.iter().map(|decision| decision["request_id"].as_str().unwrap().to_owned()));
        pages += 1;
        let Some(next) = page["next"].as_str() else { break };
        after = format!("&after={next}");
    }
    assert_eq!((seen, pages), (asked, 3));
}

#[test]
fn a_decision_is_found_with_its_sources() {
    let managed = Managed::start();
    let ask = |sender: Eui64| {
        let change = InventoryChange::Delete;
        let body = Body::UpdateInventory(UpdateInventory { device_id: METER, change });
        let request = managed.smi.request(sender, body);
        managed.smi.post(&managed.smi.signed(&request));
        request.id
    };
    let id = ask(SUPPLIER);
    let by_request = managed.get(&format!("/manage/decisions?request_id={id}"));
    let by_device = managed.get(&format!("/manage/decisions?device_id={METER}"));
    assert_eq!(by_request, by_device);
    let decision = &by_request["decisions"][0];
    assert_eq!((&decision["code"], &decision["rule"]), (&json!("E080413"), &json!("SR8.4/l")));
    let last = decision["steps"].as_array().unwrap().last().unwrap();
    assert_eq!((&last["rule"], &last["holds"]), (&json!("SR8.4/l"), &json!(false)));
    let rule = smi::rules::rulebook::rule("SR8.4/l").unwrap();
    assert_eq!(last["requires"], rule.requires);
    assert_eq!((&last["source"], &last["standing"]), (&json!(rule.source), &json!(rule.standing.as_str())));
    let other = managed.smi.request(SUPPLIER, Body::ReadInventory(ReadInventory::DeviceId(METER))).id;
    assert_eq!(
        managed.get(&format!("/manage/decisions?request_id={other}")),
        json!({ "decisions": [], "next": null })
    );
}

#[test]
fn an_import_says_what_it_did_to_devices_that_its_file_does_not_name() {
    let managed = Managed::start();
    let list = "device_manufacturer,device_model,device_type,firmware_version,smets_chts_version,status\n";
    let listed = format!("{list}Sample Meters,SM-E1,ESME,01020304,SMETS2 V5.1,Active\n");
    assert_eq!(managed.call("PUT", "/manage/import/cpl", &listed).status, 200);
    // A spreadsheet drops the leading zero.
    let other = listed.replace("01020304", "1020304");
    let mut foreseen = managed.call("PUT", "/manage/import/cpl?dry_run=true", &other).body;
    let suspended = managed.call("PUT", "/manage/import/cpl", &other).body;
    assert_eq!(foreseen["dry_run"].take(), json!(true));
    foreseen["dry_run"] = json!(false);
    assert_eq!(foreseen, suspended, "the dry run suspended no Device before");
    let near = json!({
        "of_devices": "Sample Meters, SM-E1, ESME, 01020304",
        "listed": "Sample Meters, SM-E1, ESME, 1020304",
    });
    assert_eq!(suspended["near_misses"], json!({ "total": 1, "first": [near] }));
    assert_eq!((&suspended["added"]["total"], &suspended["removed"]["total"]), (&json!(1), &json!(1)));
    assert_eq!(suspended["suspended"], json!({ "total": 1, "first": [METER.to_string()] }));
    let restored = managed.call("PUT", "/manage/import/cpl", &listed).body;
    assert_eq!(restored["restored"], json!({ "total": 1, "first": [METER.to_string()] }));
    let refused = managed.call("PUT", "/manage/import/cpl", list);
    assert_eq!(refused.status, 422, "{refused:?}");
    assert_eq!(managed.call("PUT", "/manage/import/cpl?empty=true", list).status, 200);
    let registrations =
        "mpxn,role,user_id,effective_from\n2000000000016,IS,90-B3-D5-1F-30-01-00-00,2026-01-01\n";
    let warned = managed.call("PUT", "/manage/import/registrations", registrations).body;
    let warning = "line 2, column `mpxn`: the check digit of MPAN `2000000000016` is wrong";
    assert_eq!(warned["warnings"], json!({ "total": 1, "first": [warning] }));
}

/// The rows that an import changes, with their values before and after: the same beforehand and afterwards.
#[test]
fn an_import_shows_the_first_rows_that_it_changes() {
    let managed = Managed::start();
    let devices = managed.smi.exported(Kind::Devices);
    let mut lines = devices.lines();
    let header = lines.next().unwrap();
    let known = lines.find(|line| line.starts_with(&METER.to_string())).unwrap();
    let devices = format!("{header}\n{}\n", known.replacen("InstalledNotCommissioned", "Commissioned", 1));
    let user = |status: &str, id: &str| format!("90-B3-D5-1F-30-{id}-00-00,{status}\n");
    let users = format!("user_id,status\n{}{}", user("Suspended", "01"), user("Active", "77"));
    let registrations = "mpxn,role,user_id,effective_from,effective_to\n\
        2000000000015,IS,90-B3-D5-1F-30-01-00-00,2024-04-01,2027-01-01\n\
        2000000000998,IS,90-B3-D5-1F-30-01-00-00,2024-04-01,\n";
    let before = "mpxn,role,user_id,effective_from\n\
        2000000000015,IS,90-B3-D5-1F-30-01-00-00,2024-04-01\n\
        2000000000015,ED,90-B3-D5-1F-30-01-00-00,2024-04-01\n";
    managed.call("PUT", "/manage/import/registrations", before);
    let mut told = String::new();
    for (kind, csv) in [("devices", devices.as_str()), ("registrations", registrations), ("users", &users)] {
        let path = format!("/manage/import/{kind}");
        let foreseen = managed.call("PUT", &format!("{path}?dry_run=true"), csv).body;
        let done = managed.call("PUT", &path, csv).body;
        assert_eq!(foreseen["changes"], done["changes"], "{kind}");
        for row in done["changes"].as_array().unwrap() {
            writeln!(told, "{kind} {} {}", row["change"], row["key"]).unwrap();
            for value in row["values"].as_array().unwrap() {
                writeln!(told, "  {}: {} to {}", value["column"], value["before"], value["after"]).unwrap();
            }
        }
    }
    insta::assert_snapshot!(told, @r#"
    devices "changed" "00-DB-12-34-56-78-90-A0"
      "status": "InstalledNotCommissioned" to "Commissioned"
    registrations "changed" "2000000000015, IS, 2024-04-01T00:00:00.000Z"
      "effective_to": null to "2027-01-01T00:00:00.000Z"
    registrations "new" "2000000000998, IS, 2024-04-01T00:00:00.000Z"
      "user_id": null to "90-B3-D5-1F-30-01-00-00"
    registrations "removed" "2000000000015, ED, 2024-04-01T00:00:00.000Z"
      "user_id": "90-B3-D5-1F-30-01-00-00" to null
    users "changed" "90-B3-D5-1F-30-01-00-00"
      "party_signifier": "INST" to null
      "party_name": "Installing" to null
      "roles": "IS;GS" to null
      "status": "Active" to "Suspended"
    users "new" "90-B3-D5-1F-30-77-00-00"
      "user_id": null to "90-B3-D5-1F-30-77-00-00"
      "status": null to "Active"
    "#);
    let many = (0..150).map(|number| format!("00-42-5E-00-00-00-00-{number:02X},IHD,\n")).collect::<String>();
    let many = format!("device_id,device_type,status\n{many}");
    let foreseen = managed.call("PUT", "/manage/import/devices?dry_run=true", &many).body;
    assert_eq!(foreseen["added"]["total"], 150);
    let changes = foreseen["changes"].as_array().unwrap();
    let new = json!({ "column": "device_type", "before": null, "after": "IHD" });
    assert_eq!((changes.len(), &changes[99]["change"]), (100, &json!("new")));
    assert_eq!(changes[99]["values"], json!([new]));
}

#[test]
fn a_file_is_imported_whole_or_refused_with_its_faults() {
    let managed = Managed::start();
    let imported = managed.call("PUT", "/manage/import/users", USERS);
    assert_eq!(
        (imported.status, &imported.body["rows"], &imported.body["dry_run"]),
        (200, &json!(3), &json!(false))
    );
    assert_eq!(imported.body["unchanged"], 3, "they are there already");
    let before = managed.smi.exported(Kind::Users);
    let mut csv = "user_id,roles,status\n90-B3-D5-1F-30-09-00-00,IS,Active\n".to_owned();
    (0..150).for_each(|_| csv.push_str("x,IS,Active\n"));
    let refused = managed.call("PUT", "/manage/import/users", &csv);
    assert_eq!((refused.status, &refused.body["total"]), (422, &json!(150)));
    let faults = refused.body["faults"].as_array().unwrap();
    let first = json!({
        "line": 3, "column": "user_id", "value": "x",
        "reason": "`x` is not an EUI-64: 16 hex digits in pairs joined by `-`",
    });
    assert_eq!((faults.len(), &faults[0]), (100, &first));
    assert_eq!(managed.smi.exported(Kind::Users), before, "nothing changed");
}

const COVERAGE: &str = "\
csp_region,postcode,coverage_availability,wan_technology,connectivity_likelihood
North,ZZ1 1AA,true,420,High
North,ZZ1,true,450,Low
";

/// All of it is replaced at once, where that is said.
#[test]
fn coverage_of_several_regions_is_imported_where_it_is_said_to_be() {
    let managed = Managed::start();
    let csv = COVERAGE.replace("North,ZZ1,true,450", "4G North,ZZ1,true,Cellular");
    let put = managed.call("PUT", "/manage/import/coverage?all_regions=true&rows=2", &csv);
    assert_eq!((put.status, &put.body["rows"], &put.body["added"]["total"]), (200, &json!(2), &json!(2)));
    assert_eq!(managed.get("/manage/coverage")["extracts"].as_array().unwrap().len(), 2);
}

/// MP106-R10: which extract speaks for a region, and how old it is.
#[test]
fn extracts_are_listed_with_their_age() {
    let managed = Managed::start();
    assert_eq!(managed.get("/manage/coverage"), json!({ "extracts": [] }));
    let put = managed.call("PUT", "/manage/import/coverage?region=North&source=north%20june.csv", COVERAGE);
    assert_eq!((put.status, &put.body["rows"], &put.body["added"]["total"]), (200, &json!(2), &json!(2)));
    managed.smi.move_to("2026-06-22T11:59:59Z");
    managed.smi.import(
        Kind::Coverage,
        &COVERAGE.replace("North", "4G South").replace("420", "Cellular").replace("450", "Cellular"),
    );
    let north = json!({
        "csp_region": "North", "source": "north june.csv", "loaded_at": "2026-06-01T12:00:00.000Z",
        "age_days": 20, "rows": 2,
    });
    let south = json!({
        "csp_region": "4G South", "source": "unnamed", "loaded_at": "2026-06-22T11:59:59.000Z",
        "age_days": 0, "rows": 2,
    });
    assert_eq!(managed.get("/manage/coverage"), json!({ "extracts": [north, south] }));
    let page = managed.smi.service.metrics_page();
    assert!(page.contains("smi_coverage_age_seconds{csp_region=\"North\"} 1814399\n"), "{page}");
}

#[test]
fn what_is_malformed_is_refused_with_its_place() {
    let managed = Managed::start();
    insta::assert_snapshot!(managed.refusals(&[
        ("GET", "/manage/devices/7", ""),
        ("GET", "/manage/devices/00-DB-12-34-56-78-90-FF", ""),
        ("GET", "/manage/decisions", ""),
        ("GET", "/manage/decisions?request_id=1", ""),
        ("GET", "/manage/decisions?device_id=1", ""),
        ("GET", "/manage/decisions?device_id=1&request_id=1", ""),
        ("GET", "/manage/decisions?user_id=1", ""),
        ("GET", "/manage/decisions?device_id=00-DB-12-34-56-78-90-A0&limit=0", ""),
        ("GET", "/manage/decisions?device_id=00-DB-12-34-56-78-90-A0&limit=1001", ""),
        ("GET", "/manage/decisions?device_id=00-DB-12-34-56-78-90-A0&after=x", ""),
        ("PUT", "/manage/import/tariffs", ""),
        ("PUT", "/manage/import/users", ""),
        ("PUT", "/manage/import/users?region=North", ""),
        ("PUT", "/manage/import/coverage?region=north", ""),
        ("PUT", "/manage/import/coverage?file=north.csv", ""),
        ("PUT", "/manage/import/coverage?region=4G%20North", COVERAGE),
        ("PUT", "/manage/import/coverage?region=North&all_regions=true", COVERAGE),
        ("PUT", "/manage/import/coverage?rows=3", COVERAGE),
        ("PUT", "/manage/import/coverage?rows=all", COVERAGE),
        ("PUT", "/manage/import/coverage", &COVERAGE.replace("North,ZZ1,true,450", "4G North,ZZ1,true,Cellular")),
        ("PUT", "/manage/import/users", &"x".repeat(LONGEST + 1)),
        ("PUT", "/manage/clock", "{}"),
        ("PUT", "/manage/clock", "{\"now\": \"tomorrow\"}"),
        ("PUT", "/manage/clock", "{\"now\": \"2026-01-01\", \"zone\": 1}"),
    ]), @r"
        GET /manage/devices/7: 400 device id: `7` is not an EUI-64: 16 hex digits in pairs joined by `-`
        GET /manage/devices/00-DB-12-34-56-78-90-FF: 404 device `00-DB-12-34-56-78-90-FF` is not in the inventory and never was
        GET /manage/decisions: 400 query: give `request_id` or `device_id`, and not both
        GET /manage/decisions?request_id=1: 400 request_id: `1` is not a RequestID: `originator:target:counter`
        GET /manage/decisions?device_id=1: 400 device id: `1` is not an EUI-64: 16 hex digits in pairs joined by `-`
        GET /manage/decisions?device_id=1&request_id=1: 400 query: give `request_id` or `device_id`, and not both
        GET /manage/decisions?user_id=1: 400 query: Query deserialize error: unknown field `user_id`, expected one of `request_id`, `device_id`, `after`, `limit`
        GET /manage/decisions?device_id=00-DB-12-34-56-78-90-A0&limit=0: 400 limit: give a number from 1 to 1000
        GET /manage/decisions?device_id=00-DB-12-34-56-78-90-A0&limit=1001: 400 limit: give a number from 1 to 1000
        GET /manage/decisions?device_id=00-DB-12-34-56-78-90-A0&after=x: 400 after: give what `next` of the page before says
        PUT /manage/import/tariffs: 404 kind: `tariffs` is not a kind of CSV file: one of users, registrations, devices, coverage, cpl, tsat, compatibility, hub-firmware, locations, units, charges, forecasts, stock, firmware, capacity, assessments, contacts, changes, maintenance, derogations, model-variants
        PUT /manage/import/users: 422 users: nothing imported; line 1: the header line is missing
        PUT /manage/import/users?region=North: 400 query: `region`, `source`, `all_regions` and `rows` are said of coverage, not of users
        PUT /manage/import/coverage?region=north: 400 region: `north` is not a CSPRegion: one of North, Central, South, 4G North, 4G Central, 4G South, Unknown, SMETS1
        PUT /manage/import/coverage?file=north.csv: 400 query: Query deserialize error: unknown field `file`, expected one of `region`, `source`, `all_regions`, `rows`, `empty`, `dry_run`
        PUT /manage/import/coverage?region=4G%20North: 422 coverage: nothing imported; line 2, column `csp_region`: `North` is not 4G North, whose extract this is
        PUT /manage/import/coverage?region=North&all_regions=true: 400 query: give `region` or `all_regions`, and not both
        PUT /manage/import/coverage?rows=3: 422 coverage: nothing imported; line 1: 2 rows follow the header, and not 3 as was said: the file is not whole
        PUT /manage/import/coverage?rows=all: 400 query: Query deserialize error: invalid digit found in string
        PUT /manage/import/coverage: 422 coverage: nothing imported; line 3, column `csp_region`: `4G North`, but line 2 is of North: the file would replace the whole extract of each; --all-regions (all_regions=true) says that it is to
        PUT /manage/import/users: 413 the body is longer than 100000 bytes
        PUT /manage/clock: 400 body: missing field `now` at line 1 column 2
        PUT /manage/clock: 400 now: `tomorrow` is not a date like `2026-01-31` or a UTC time like `2026-01-31T09:30:00Z`
        PUT /manage/clock: 400 body: unknown field `zone`, expected `now` at line 1 column 28
        ");
}

#[test]
fn the_clock_is_moved_and_the_store_emptied() {
    let managed = Managed::start();
    let moved = managed.call("PUT", "/manage/clock", "{\"now\": \"2027-01-01T00:00:00Z\"}");
    assert_eq!((moved.status, moved.body), (200, json!({ "now": "2027-01-01T00:00:00.000Z" })));
    assert_eq!(managed.smi.now().date().to_string(), "2027-01-01");
    let reset = managed.call("POST", "/manage/reset", "");
    assert_eq!((reset.status, reset.body), (200, json!({})));
    for kind in Kind::ALL {
        assert_eq!(managed.smi.exported(*kind).lines().count(), 1, "{kind}");
    }
    assert_eq!(managed.call("GET", &format!("/manage/devices/{METER}"), "").status, 404);
}

#[test]
fn the_outbox_is_listed_and_moving_the_clock_tries_again() {
    let managed = Managed::start();
    let put = |connection: &mut Connection| {
        let (kind, message) = (MessageKind::Alert, &b"<alert/>"[..]);
        let new = NewMessage { user: SUPPLIER, device: Some(METER), request_id: None, kind, message };
        store::enqueue_message(connection, new, smi::domain::Now(smi::domain::Timestamp::UNIX_EPOCH))
    };
    managed.smi.service.store().transact::<_, StoreFault, _>(put).unwrap();
    let waiting = json!({
        "id": 1, "user_id": SUPPLIER.to_string(), "device_id": METER.to_string(), "request_id": null,
        "kind": "alert", "created_at": "1970-01-01T00:00:00.000Z", "attempts": 0,
        "next_attempt_at": "1970-01-01T00:00:00.000Z", "delivered_at": null, "last_error": null,
        "parked": null, "given_up": null,
    });
    assert_eq!(managed.get("/manage/outbox")["messages"], json!([waiting]));

    let service = &managed.smi.service;
    let delivery =
        Delivery::start(service.store().clone(), service.clock().clone(), DeliveryTimeouts::default())
            .unwrap();
    let message = || managed.get("/manage/outbox")["messages"][0].clone();
    let tried = |times: u64| {
        let deadline = std::time::Instant::now() + crate::support::receiver::DEADLINE;
        while message()["attempts"].as_u64() != Some(times) {
            assert!(std::time::Instant::now() < deadline);
        }
    };
    tried(1);
    assert_eq!(message()["last_error"], "the User has no receive_response_url");
    let receiver = Receiver::start(&[]);
    let url = format!("user_id,status,roles,receive_response_url\n{SUPPLIER},Active,IS,{}\n", receiver.url());
    assert_eq!(managed.call("PUT", "/manage/import/users", &url).status, 200);
    assert_eq!(managed.call("PUT", "/manage/clock", "{\"now\": \"2026-06-01T12:00:01Z\"}").status, 200);
    assert_eq!(receiver.body(), "<alert/>");
    tried(2);
    assert_eq!(message()["delivered_at"], "2026-06-01T12:00:01.000Z");
    assert_eq!((&message()["next_attempt_at"], &message()["last_error"]), (&Value::Null, &Value::Null));
    delivery.stop();
}

#[test]
fn a_parked_message_is_listed_with_its_reason_counted_and_sent_again() {
    let managed = Managed::start();
    let now = managed.smi.now();
    let put = move |connection: &mut Connection| {
        let (kind, message) = (MessageKind::Alert, &b"<alert/>"[..]);
        let new = NewMessage { user: SUPPLIER, device: Some(METER), request_id: None, kind, message };
        store::enqueue_message(connection, new, now)?;
        for _ in 0..3 {
            store::mark_message_refused(connection, 1, "HTTP 400", now.0, now)?;
        }
        Ok(())
    };
    managed.smi.service.store().transact::<_, StoreFault, _>(put).unwrap();
    let message = || managed.get("/manage/outbox")["messages"][0].clone();
    assert_eq!(message()["parked"], json!({ "at": "2026-06-01T12:00:00.000Z", "reason": "HTTP 400" }));
    assert_eq!(message()["next_attempt_at"], Value::Null);
    let page = managed.smi.service.metrics_page();
    assert!(page.contains("\nsmi_outbox_parked 1\n") && page.contains("\nsmi_outbox_waiting 0\n"), "{page}");
    let retry = |id: &str| managed.call("POST", &format!("/manage/outbox/{id}/retry"), "");
    assert_eq!((retry("2").status, retry("x").status), (404, 400));
    let give_up = |id: &str, body: &str| managed.call("POST", &format!("/manage/outbox/{id}/give-up"), body);
    let body = "{\"by\": \"jo\", \"reason\": \"its User has left\"}";
    assert_eq!((give_up("2", body).status, give_up("x", body).status), (404, 400));
    for wrong in [
        "",
        "{}",
        "{\"by\": \"jo\"}",
        "{\"by\": \"<b>\", \"reason\": \"x\"}",
        "{\"by\": \"jo\", \"reason\": \" \"}",
    ] {
        assert_eq!(give_up("1", wrong).status, 400, "{wrong}");
    }
    let retried = retry("1");
    assert_eq!((retried.status, retried.body), (200, json!({ "id": 1 })));
    assert_eq!(
        (&message()["parked"], &message()["next_attempt_at"]),
        (&Value::Null, &json!("2026-06-01T12:00:00.000Z"))
    );
    let second = retry("1");
    let told = "message 1 cannot be sent again: it waits already: a program with the token sent it again at 2026-06-01T12:00:00.000Z";
    assert_eq!((second.status, second.body["error"].as_str().unwrap()), (409, told));
    assert_eq!(give_up("1", body).body, json!({ "id": 1 }));
    let given_up = json!({ "at": "2026-06-01T12:00:00.000Z", "by": "jo", "reason": "its User has left" });
    assert_eq!((&message()["given_up"], &message()["parked"]), (&given_up, &Value::Null));
    let second = give_up("1", body);
    let told = "message 1 cannot be given up: jo gave it up at 2026-06-01T12:00:00.000Z: its User has left";
    assert_eq!((second.status, second.body["error"].as_str().unwrap()), (409, told));
}

/// The last batch was committed, so that it shows nothing of what a message would meet.
#[test]
fn a_store_that_has_become_read_only_is_not_ready_until_it_is_again() {
    let smi = Smi::new();
    if smi.service.store().is_shared() {
        return;
    }
    let set = |pragma: &'static str| {
        let set = move |connection: &mut Connection| {
            Ok(diesel::connection::SimpleConnection::batch_execute(connection, pragma)?)
        };
        smi.service.store().transact::<_, StoreFault, _>(set).unwrap();
    };
    let is_ready = |wanted: bool| {
        let deadline = std::time::Instant::now() + crate::support::receiver::DEADLINE;
        while smi.service.is_ready() != wanted {
            assert!(std::time::Instant::now() < deadline);
            std::thread::park_timeout(std::time::Duration::from_millis(20));
        }
    };
    is_ready(true);
    set("PRAGMA query_only = ON");
    assert!(smi.service.store().is_writable());
    is_ready(false);
    set("PRAGMA query_only = OFF");
    is_ready(true);
}

/// R7: dead jobs were noticed at shutdown alone.
#[test]
fn a_service_whose_job_does_not_stay_up_is_not_ready() {
    let smi = Smi::new();
    assert!(smi.service.is_ready());
    for is_ready in [true, true, false] {
        smi.service.jobs().panicked("retention", std::time::Duration::ZERO);
        assert_eq!(smi.service.is_ready(), is_ready);
    }
    assert!(smi.service.metrics_page().contains("smi_job_panics_total{job=\"retention\"} 3\n"));
}
