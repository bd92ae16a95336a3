//! The test bench of a service.

use std::sync::Arc;

use super::{
    faults::Faults,
    journal::{Journal, JournalBounds},
    states::{States, StatesChoices},
};

/// What `[test]` says, beside its clock.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TestChoices {
    /// The bounds of the journal.
    pub journal: JournalBounds,
    /// Where states are kept; absent where there are none.
    pub states: Option<StatesChoices>,
}

/// The test bench. Clones share it.
#[derive(Clone, Debug)]
pub struct TestBench(Arc<Tools>);

#[derive(Debug)]
struct Tools {
    faults: Faults,
    journal: Journal,
    states: States,
}

impl TestBench {
    pub(in crate::service) fn new(choices: &TestChoices) -> Self {
        let states = States::new(choices.states.clone());
        let journal = Journal::new(choices.journal);
        Self(Arc::new(Tools { faults: Faults::default(), journal, states }))
    }

    /// The faults on purpose.
    pub(in crate::service) fn faults(&self) -> &Faults {
        &self.0.faults
    }

    /// The number of restores of states so far.
    pub(in crate::service) fn epoch(&self) -> u64 {
        self.0.states.epoch()
    }

    /// The states.
    pub(in crate::service) fn states(&self) -> &States {
        &self.0.states
    }

    /// The journal.
    pub fn journal(&self) -> &Journal {
        &self.0.journal
    }
}
