//! A scenario as it is played: checked, with its files read.

use crate::{
    domain::{Eui64, SchemaVersion, ServiceReferenceVariant, Timestamp, WebService},
    store::Kind,
};

/// A story about an endpoint, and the requirements it proves.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// Its name: `MP125-Q1`.
    pub id: String,
    /// What it is about.
    pub title: String,
    /// The requirements it proves.
    pub proves: Vec<String>,
    /// What must be there beforehand.
    pub needs: Needs,
    /// Requests whose answers show that it is there.
    pub given: Vec<Step>,
    /// The story.
    pub steps: Vec<Step>,
}

/// What a scenario needs beforehand.
#[derive(Clone, Debug, Default)]
pub struct Needs {
    /// The time of the endpoint.
    pub clock: Option<Timestamp>,
    /// CSV files, in the order they are imported.
    pub imports: Vec<(Kind, String)>,
}

impl Needs {
    /// Whether any endpoint will do.
    pub const fn is_nothing(&self) -> bool {
        self.clock.is_none() && self.imports.is_empty()
    }
}

/// One step.
#[derive(Clone, Debug)]
pub struct Step {
    /// Its name within the scenario.
    pub id: String,
    /// What happens, in words.
    pub says: String,
    /// The requirements it proves: its own, or else those of its scenario.
    pub proves: Vec<String>,
    /// What is done.
    pub act: Act,
}

/// What a step does.
#[derive(Clone, Debug)]
pub enum Act {
    /// A User sends a request.
    Send(Box<Send>),
    /// The very message of an earlier step is sent again, and gets the same answer, byte for byte.
    Repeat(String),
    /// A Device reports something.
    Event {
        /// The Device.
        device: Eui64,
        /// What it reports, as the management interface names it.
        name: String,
    },
    /// Time passes until then.
    Clock(Timestamp),
    /// Data arrive.
    Import {
        /// What they are.
        kind: Kind,
        /// The file.
        csv: String,
        /// Whether the file must be refused.
        refused: bool,
    },
}

impl Act {
    /// Whether only a management interface can do it.
    pub const fn needs_management(&self) -> bool {
        match self {
            Self::Send(_) | Self::Repeat(_) => false,
            Self::Event { .. } | Self::Clock(_) | Self::Import { .. } => true,
        }
    }
}

/// A request and what is expected of its answer.
#[derive(Clone, Debug)]
pub struct Send {
    /// The request.
    pub message: Message,
    /// The step whose RequestID it has; a new one otherwise.
    pub same_request_id_as: Option<String>,
    /// How it is signed.
    pub seal: Seal,
    /// Where it is sent.
    pub to: WebService,
    /// The response code expected, or the HTTP status: `HTTP 400`.
    pub expect: String,
    /// Masked answers, by the name of their file: one of them is expected, where there are any.
    pub answers: Vec<(String, Option<String>)>,
}

/// A request without its RequestID and signature.
#[derive(Clone, Debug)]
pub enum Message {
    /// Written from its parts.
    Parts {
        /// Who sends it.
        sender: Eui64,
        /// Who it is for; the DCC otherwise.
        target: Option<Eui64>,
        /// The Service Request.
        service: ServiceReferenceVariant,
        /// The version it is written in.
        schema_version: SchemaVersion,
        /// How it wants to be carried out.
        command_variant: u8,
        /// The content of its Body.
        body: String,
    },
    /// A whole request; its RequestID gets another counter.
    Whole(String),
}

/// How a message is signed.
#[derive(Clone, Debug)]
pub enum Seal {
    /// By its sender, as it should be.
    Signed,
    /// By somebody else.
    SignedBy(Eui64),
    /// Not at all.
    Unsigned,
    /// By its sender, and then a piece of it is replaced.
    Tampered {
        /// The piece.
        replace: String,
        /// What stands there instead.
        by: String,
    },
}
