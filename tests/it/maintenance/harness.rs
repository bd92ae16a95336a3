//! Months and windows through the management listener.

#![expect(clippy::indexing_slicing, reason = "a helper of a test fails the test")]

use std::ops::Deref;

use serde_json::{Value, json};
use smi::{rules::maintenance::MaintenanceSettings, service::Choices, store::Kind};

use crate::support::{
    DCC, Smi,
    managed::{Answer, Managed},
};

/// Long before every month that is planned here.
pub(super) const EARLY: &str = "2025-12-01T12:00:00Z";

/// The contacts of the audiences; nobody tells the Panel.
const CONTACTS: &str = "\
audience,name,user_id,mail
Party,Alder operations,90-B3-D5-1F-30-01-00-00,ops@alder.example
RegistrationDataProvider,RDP desk,,rdp@rdp.example
TABASC,TABASC,,tabasc@sec.example
ServiceProvider,DSP planning,,
";

impl Answer {
    /// The checks that refuse or warn, as `PM/f A: what was seen`.
    pub(super) fn broken(&self) -> Vec<String> {
        broken(&self.body["checks"])
    }
}

/// The checks that refuse, as `PM/f A: what was seen`.
pub(super) fn broken(checks: &Value) -> Vec<String> {
    let refuses = |check: &&Value| check["holds"] == false && check["warning"] == false;
    checks.as_array().map(|checks| checks.iter().filter(refuses).map(line).collect()).unwrap_or_default()
}

fn line(check: &Value) -> String {
    let text = |name: &str| check[name].as_str().unwrap_or_default().to_owned();
    let reference = check["reference"].as_str().map(|reference| format!(" {reference}")).unwrap_or_default();
    format!("{}{reference}: {}", text("rule"), text("saw"))
}

pub(super) struct World(Managed);

impl Deref for World {
    type Target = Managed;

    fn deref(&self) -> &Managed {
        &self.0
    }
}

impl World {
    pub(super) fn new() -> Self {
        Self::choosing(MaintenanceSettings::default())
    }

    pub(super) fn choosing(maintenance: MaintenanceSettings) -> Self {
        let smi = Smi::choosing(Choices { maintenance, ..Choices::of(DCC) });
        smi.move_to(EARLY);
        smi.import(Kind::Contacts, CONTACTS);
        Self(Managed::start(smi))
    }

    /// Saves a window that is complete but for what is said; what is given stands in the place of that.
    pub(super) fn put(&self, reference: &str, starts_at: &str, ends_at: &str, more: &Value) -> Answer {
        let mut body = json!({
            "by": "planner", "title": "Release", "services": "messages", "disruption": "certain",
            "risk_to_return": "none", "why": "one database", "starts_at": starts_at, "ends_at": ends_at,
        });
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        self.call("PUT", &format!("/manage/maintenance/windows/{reference}"), &body.to_string())
    }

    /// The same, and it is saved.
    pub(super) fn save(&self, reference: &str, starts_at: &str, ends_at: &str, more: &Value) -> Value {
        let answer = self.put(reference, starts_at, ends_at, more);
        assert_eq!(answer.status, 200, "{reference}: {answer:?}");
        answer.body
    }

    pub(super) fn window(&self, reference: &str) -> Value {
        self.get(&format!("/manage/maintenance/windows/{reference}"))
    }

    pub(super) fn check(&self, month: &str) -> Value {
        self.get(&format!("/manage/maintenance/check?month={month}"))
    }

    /// The checks of a month that refuse.
    pub(super) fn refusals(&self, month: &str) -> Vec<String> {
        broken(&self.check(month)["checks"])
    }

    pub(super) fn publish(&self, month: &str) -> Answer {
        let body = json!({ "month": month, "by": "planner" });
        self.call("POST", "/manage/maintenance/publish", &body.to_string())
    }

    /// The same, and it is published; the revision.
    pub(super) fn published(&self, month: &str) -> u64 {
        let answer = self.publish(month);
        assert_eq!(answer.status, 200, "{month}: {answer:?}");
        answer.body["revision"].as_u64().unwrap()
    }

    pub(super) fn act(&self, reference: &str, act: &str, body: &Value) -> Answer {
        let mut body = body.clone();
        body["by"] = "planner".into();
        let path = format!("/manage/maintenance/windows/{reference}/{act}");
        self.call("POST", &path, &body.to_string())
    }

    /// The newest notice.
    pub(super) fn last_notice(&self) -> Value {
        let list = self.get("/manage/notices");
        list["notices"].as_array().unwrap().last().unwrap().clone()
    }
}

/// The audiences of a notice's recipients with their channels; `none` is a User that no contact names.
pub(super) fn told(notice: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let one = |recipient: &Value| format!("{} {}", text(&recipient["audience"]), text(&recipient["channel"]));
    let mut told = notice["recipients"].as_array().unwrap().iter().map(one).collect::<Vec<_>>();
    told.sort();
    told.dedup();
    told
}
