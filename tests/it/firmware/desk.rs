//! The Service Desk's side: Suppliers with meters, and calls of the management listener.

#![expect(clippy::indexing_slicing, reason = "a helper of a test fails the test")]

use serde_json::{Value, json};
use smi::{
    rules::{RuleSettings, firmware::FirmwareSettings},
    service::Choices,
    web::{self, Bounds, Listener, ListenerKind, server_thread::ServerThread},
};

use super::{CAP_CHANGE, choosing};
use crate::support::{DCC, OTHER_SUPPLIER, SUPPLIER, Smi, agent};

pub(super) const TOKEN: &str = "open-sesame";

/// A service with meters of Alder, served.
pub(super) struct Desk {
    pub(super) smi: Smi,
    server: ServerThread,
}

/// An answer of the management listener.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Value,
}

impl Answer {
    /// The body of a 200.
    pub(super) fn good(self) -> Value {
        assert_eq!(self.status, 200, "{self:?}");
        self.body
    }

    /// Status and reason of a refusal.
    pub(super) fn refusal(&self) -> (u16, &str) {
        (self.status, self.body["error"].as_str().unwrap_or("no error"))
    }
}

/// The defaults, with another threshold.
pub(super) fn contact_above(images: u32) -> Choices {
    let firmware = FirmwareSettings { contact_above_images: images, ..FirmwareSettings::default() };
    Choices { rules: RuleSettings { firmware, ..RuleSettings::default() }, ..Choices::of(DCC) }
}

impl Desk {
    /// At noon of 1 March 2026.
    pub(super) fn new(choices: Choices, meters: u16) -> Self {
        let smi = choosing(choices, meters);
        smi.move_to("2026-03-01T12:00:00Z");
        let listener = Listener {
            address: ([127, 0, 0, 1], 0).into(),
            max_body_bytes: 2_000_000,
            bounds: Bounds::default(),
            tls: None,
            kind: ListenerKind::Manage { token: TOKEN.parse().unwrap() },
        };
        let server = web::spawn(smi.service.clone(), listener).unwrap();
        Self { smi, server }
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.server.address())
    }

    pub(super) fn call(&self, method: &str, path: &str, body: &Value) -> Answer {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let (status, text) = self.send(method, path, &body);
        Answer { status, body: serde_json::from_str(&text).unwrap() }
    }

    /// Status and text.
    pub(super) fn send(&self, method: &str, path: &str, body: &str) -> (u16, String) {
        let request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", self.url()));
        let request = request.header("authorization", format!("Bearer {TOKEN}"));
        let mut reply = agent().run(request.body(body.to_owned()).unwrap()).unwrap();
        let text = reply.body_mut().read_to_string().unwrap();
        (reply.status().as_u16(), text)
    }

    pub(super) fn get(&self, path: &str) -> Value {
        self.call("GET", path, &Value::Null).good()
    }

    /// What Alder asks for, of the image of a Cap change.
    pub(super) fn ask(&self, batches: &[(&str, u32)]) -> Value {
        self.call("POST", "/manage/firmware/schedules", &asked(SUPPLIER, batches)).good()
    }

    /// The same by Cedar.
    pub(super) fn ask_other(&self, batches: &[(&str, u32)]) -> Value {
        self.call("POST", "/manage/firmware/schedules", &asked(OTHER_SUPPLIER, batches)).good()
    }

    /// The Service Desk does something with a schedule.
    pub(super) fn act(&self, schedule: &Value, what: &str, more: Value) -> Answer {
        let mut body = json!({ "by": "Dot", "reason": "as the Users agreed" });
        body.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
        let path = format!("/manage/firmware/schedules/{}/{what}", schedule["id"]);
        self.call("POST", &path, &body)
    }

    pub(super) fn agree(&self, schedule: &Value) -> Value {
        self.act(schedule, "agree", Value::Null).good()
    }

    pub(super) fn show(&self, schedule: &Value) -> Value {
        self.get(&format!("/manage/firmware/schedules/{}", schedule["id"]))
    }

    /// Notices: kind, about, and whom they are for.
    pub(super) fn notices(&self) -> Vec<(String, String, String)> {
        let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
        let one = |notice: &Value| {
            let recipients = notice["recipients"].as_array().unwrap().iter();
            let names = recipients
                .map(|one| format!("{} {}", text(&one["audience"]), one["user_id"].as_str().unwrap_or("-")));
            let names = names.collect::<Vec<_>>().join(", ");
            (text(&notice["kind"]), text(&notice["about"]), names)
        };
        self.get("/manage/notices")["notices"].as_array().unwrap().iter().map(one).collect()
    }
}

/// The body of an ask.
pub(super) fn asked(user: smi::domain::Eui64, batches: &[(&str, u32)]) -> Value {
    let sum = batches.iter().map(|(_, images)| images).sum::<u32>();
    let batches = batches.iter().map(|(day, images)| json!({ "day": day, "images": images }));
    json!({
        "user_id": user.to_string(),
        "firmware_hash": CAP_CHANGE,
        "images": sum,
        "batches": batches.collect::<Vec<_>>(),
        "by": "Ann",
    })
}

/// The day of each batch of a schedule.
pub(super) fn days(schedule: &Value) -> Vec<&str> {
    schedule["batches"].as_array().unwrap().iter().map(|batch| batch["day"].as_str().unwrap()).collect()
}

/// The checks of a refusal that do not hold.
pub(super) fn broken(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.status, 422, "{answer:?}");
    let checks = answer.body["checks"].as_array().unwrap().iter();
    let checks = checks.filter(|check| check["holds"] == false);
    checks
        .map(|check| format!("{} {}", check["rule"].as_str().unwrap(), check["saw"].as_str().unwrap()))
        .collect()
}
