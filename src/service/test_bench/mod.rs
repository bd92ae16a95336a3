//! The test bench, where `[test]` is set: faults on purpose, and the journal of messages (HARNESS.md 5, 6).
//!
//! A service without `[test]` has none, so that nothing of it can be switched on there.

mod before_decision;
mod bench;
mod faults;
mod faults_fault;
mod journal;
mod keeping;
mod no_test_bench;
mod purpose_fault;
mod state_name;
mod states;

pub use before_decision::ON_PURPOSE;
pub use bench::{TestBench, TestChoices};
pub use faults::{ChosenFault, FaultCounts, FaultDraw, MOST_FAULTS, StandingFaults};
pub use faults_fault::FaultsFault;
pub use journal::{Header, Journal, JournalBounds, JournalEntry, JournalFilter, JournalKind, Recorded};
pub use keeping::Restoring;
pub use no_test_bench::NoTestBench;
pub use purpose_fault::{FaultAction, FaultCondition, FaultKind, PurposeFault};
pub use state_name::StateName;
pub use states::{KeptState, RestoredState, StateFault, StatesChoices};

pub(in crate::service) use faults::MessageTraits;
