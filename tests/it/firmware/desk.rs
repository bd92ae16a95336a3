//! The Service Desk's side: Suppliers with meters, and calls of the management listener.

#![expect(clippy::indexing_slicing, reason = "a helper of a test fails the test")]

use std::ops::Deref;

use serde_json::{Value, json};
use smi::{
    rules::{RuleSettings, firmware::FirmwareSettings},
    service::Choices,
};

use super::{CAP_CHANGE, choosing};
use crate::support::{
    DCC, OTHER_SUPPLIER, SUPPLIER,
    managed::{Answer, Managed},
};

/// A service with meters of Alder, served.
pub(super) struct Desk(Managed);

impl Deref for Desk {
    type Target = Managed;

    fn deref(&self) -> &Managed {
        &self.0
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
        Self(Managed::start(smi))
    }

    /// What is answered in JSON, to a body in JSON or none.
    pub(super) fn call(&self, method: &str, path: &str, body: &Value) -> Answer {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        self.0.call(method, path, &body)
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
