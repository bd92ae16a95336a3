//! What an assessment costs.

use std::{fmt, str::FromStr};

use crate::domain::{Malformed, Pence};

/// The most that an assessment costs, in pounds. The bound is ours; DP144-D1 speaks of 25,000 to 53,000.
const MOST_POUNDS: u32 = 1_000_000;

/// The cost of an assessment: pounds from 0 to 1,000,000.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AssessmentCost(Pence);

impl AssessmentCost {
    /// The amount.
    pub const fn pence(self) -> Pence {
        self.0
    }
}

impl From<Pence> for AssessmentCost {
    fn from(pence: Pence) -> Self {
        Self(pence)
    }
}

impl FromStr for AssessmentCost {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        Pence::parse_up_to(text, MOST_POUNDS).map(Self)
    }
}

impl fmt::Display for AssessmentCost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SERVICE.md 5.3, 6; DP144-D1: pounds with at most two decimals, as those of its range.
    #[test]
    fn the_cost_of_an_assessment_is_pounds() {
        let cost = |text: &str| text.parse::<AssessmentCost>().map(|cost| cost.pence().get()).ok();
        assert_eq!(
            ["25000.00", "53000", "0", "1000000"].map(cost),
            [2_500_000, 5_300_000, 0, 100_000_000].map(Some)
        );
        assert_eq!(["25000.005", "1000000.01", "-1", "1,000", ""].map(cost), [None; 5]);
    }
}
