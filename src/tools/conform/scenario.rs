//! Scenarios, as they are run: checked, and with the text of their files.

use std::collections::BTreeMap;

use crate::{
    domain::{Eui64, SchemaVersion, ServiceReferenceVariant, Timestamp, WebService},
    store::Kind,
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
}

impl StepAction {
    /// Whether the action needs a management interface.
    pub const fn needs_management(&self) -> bool {
        match self {
            Self::Send(_) | Self::Repeat(_) => false,
            Self::Event { .. } | Self::Clock(_) | Self::Import { .. } => true,
        }
    }
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
