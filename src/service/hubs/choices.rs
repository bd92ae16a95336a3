//! `[hubs]`: what the operator chose about hub stock.

use crate::domain::Pence;

/// `[hubs]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HubChoices {
    /// What a hub cost: about £40 each (MP139-D1).
    pub unit_cost: Pence,
    /// The days within which stock is at risk, where a question names none.
    pub risk_days: u32,
    /// The months from one review of the Applicability Tables to the next (MP139-R16).
    pub review_months: u16,
}

impl Default for HubChoices {
    fn default() -> Self {
        Self { unit_cost: Pence::new(4_000), risk_days: 90, review_months: 3 }
    }
}
