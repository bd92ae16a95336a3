//! The conformance suite: runs scenarios against any DUIS endpoint.
//!
//! In: scenario files, a URL, keys. Out: the answer of each step, compared with the one that the scenario expects. The
//! endpoint is a black box: nothing here uses the store or the rules.

// Scenarios, and their files.
mod files;
mod scenario;

mod read;

mod players;

// Running a scenario.
mod gateway;
mod masked;
mod message;
mod setup;
mod step_result;

mod play;

// The reports.
mod report;

mod html;
mod junit;

pub use files::ScenarioFiles;
pub use gateway::CspGateway;
pub use html::{RunFacts, html};
pub use junit::junit;
pub use masked::masked;
pub use play::{Suite, first_counter};
pub use players::{Players, PlayersFault};
pub use read::{ScenarioFault, read};
pub use report::{ScenarioOutcome, ScenarioReport, StepReport, summary};
pub use scenario::{
    CallStep, HubsStep, RequestStep, RequestTemplate, Scenario, ScenarioStep, Signing, StepAction,
};
pub use setup::Setup;
