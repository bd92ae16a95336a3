//! The conformance suite: scenarios that any DUIS endpoint can be asked to play.
//!
//! In: scenario files, an address, keys. Out: what each step was answered beside what the scenario expects. The
//! endpoint is a stranger: nothing here knows the store or the rules behind it.

// What a scenario says, and how its file is read.
mod files;
mod scenario;

mod read;

// How it is played.
mod masked;
mod message;
mod setup;

mod play;

// What came of it.
mod report;

mod junit;

pub use files::Files;
pub use junit::junit;
pub use masked::masked;
pub use play::{Suite, first_counter};
pub use read::{ScenarioFault, read};
pub use report::{Outcome, ScenarioReport, StepReport, summary};
pub use scenario::{Act, Message, Scenario, Seal, Send, Step};
pub use setup::{Management, Setup, SetupFault};
