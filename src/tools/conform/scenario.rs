//! Scenarios, as they are run: checked, and with the text of their files.

use std::collections::BTreeMap;

use crate::{
    domain::{Eui64, SchemaVersion, ServiceReferenceVariant, Timestamp, WebService},
    store::Kind,
    tools::management::ManageMethod,
};

/// A sequence of steps against an endpoint, and the requirements it proves.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// Its name: `MP125-Q1`.
    pub id: String,
    /// What it is about.
    pub title: String,
    /// The requirements it proves.
    pub proves: Vec<String>,
    /// The Users in it that others may play, by their role: `installing`, `gaining`.
    pub roles: BTreeMap<String, Eui64>,
    /// The data and time it needs.
    pub needs: Needs,
    /// Requests whose answers prove that the data are there.
    pub given: Vec<ScenarioStep>,
    /// The steps.
    pub steps: Vec<ScenarioStep>,
}

/// The data and time that a scenario needs.
#[derive(Clone, Debug, Default)]
pub struct Needs {
    /// The time of the endpoint.
    pub clock: Option<Timestamp>,
    /// CSV files, in the order they are imported.
    pub imports: Vec<(Kind, String)>,
    /// Settings of the endpoint that must be so, by name: `reflash.enabled`, `true`.
    pub settings: BTreeMap<String, String>,
}

impl Needs {
    /// Whether the scenario needs nothing, and runs against any endpoint.
    pub const fn is_nothing(&self) -> bool {
        self.clock.is_none() && self.imports.is_empty()
    }
}

/// One step.
#[derive(Clone, Debug)]
pub struct ScenarioStep {
    /// Its name within the scenario.
    pub id: String,
    /// What happens, in words.
    pub says: String,
    /// The requirements it proves: its own, or else those of its scenario.
    pub proves: Vec<String>,
    /// The action.
    pub action: StepAction,
}

/// The action of a step.
#[derive(Clone, Debug)]
pub enum StepAction {
    /// A User sends a request.
    Send(Box<RequestStep>),
    /// Sends the bytes of an earlier step again, which must be answered with the same bytes.
    Repeat(String),
    /// Reports a Device's event to the management interface.
    Event {
        /// The Device.
        device: Eui64,
        /// The event's name.
        name: String,
        /// The firmware version that a FirmwareReported names.
        version: Option<String>,
    },
    /// Sets the test clock.
    Clock(Timestamp),
    /// Imports data.
    Import {
        /// The kind of data.
        kind: Kind,
        /// The file.
        csv: String,
        /// Whether the file must be refused.
        refused: bool,
    },
    /// A CSP notifies of hubs over CSPM-N3.
    Notify(HubsStep),
    /// Calls the management interface.
    Call(Box<CallStep>),
}

impl StepAction {
    /// Whether the action needs a management interface.
    pub const fn needs_management(&self) -> bool {
        match self {
            Self::Send(_) | Self::Repeat(_) => false,
            Self::Event { .. } | Self::Clock(_) | Self::Import { .. } | Self::Notify(_) | Self::Call(_) => {
                true
            }
        }
    }
}

/// A batch of hubs, and the expected outcome of each.
#[derive(Clone, Debug)]
pub struct HubsStep {
    /// Its number.
    pub batch: u64,
    /// The hubs, as XML.
    pub hubs: String,
    /// The outcome of each hub, refused ones with their rule, or the HTTP status: `updated, refused N3/h`, `HTTP 409`.
    pub expect: String,
}

/// A call of the management interface, and what its answer must show. Names in braces that an earlier step kept are replaced in path
/// and body.
#[derive(Clone, Debug)]
pub struct CallStep {
    /// The method.
    pub method: ManageMethod,
    /// Path and query.
    pub path: String,
    /// The body: JSON, or CSV.
    pub body: String,
    /// The HTTP status expected.
    pub expect: u16,
    /// Values that the answer must have, by JSON pointer.
    pub shows: BTreeMap<String, serde_json::Value>,
    /// Values to keep from the answer: the name, and the JSON pointer.
    pub keep: BTreeMap<String, String>,
}

/// A request, and the expected answer.
#[derive(Clone, Debug)]
pub struct RequestStep {
    /// The request.
    pub message: RequestTemplate,
    /// The step whose RequestID is reused; by default it is new.
    pub same_request_id_as: Option<String>,
    /// How it is signed.
    pub signing: Signing,
    /// The web service it is sent to.
    pub to: WebService,
    /// The response code expected, or the HTTP status: `HTTP 400`.
    pub expect: String,
    /// The masked answers that are accepted, with the names of their files; with none, any answer with that code is.
    pub answers: Vec<(String, Option<String>)>,
}

/// A request without its RequestID and signature.
#[derive(Clone, Debug)]
pub enum RequestTemplate {
    /// Written from its parts.
    Parts {
        /// The User that sends it.
        sender: Eui64,
        /// The target of its RequestID; by default the DCC.
        target: Option<Eui64>,
        /// The Service Request.
        service: ServiceReferenceVariant,
        /// The schema version.
        schema_version: SchemaVersion,
        /// The Command Variant.
        command_variant: u8,
        /// The content of its Body.
        body: String,
    },
    /// A whole request; its RequestID gets another counter.
    Whole(String),
}

/// How a message is signed.
#[derive(Clone, Debug)]
pub enum Signing {
    /// By its sender, as it should be.
    Signed,
    /// By another User.
    SignedBy(Eui64),
    /// Not at all.
    Unsigned,
    /// By its sender, and changed afterwards.
    Tampered {
        /// The text to replace.
        replace: String,
        /// The text to put in its place.
        by: String,
    },
}
