//! The old Change Risk Calculator (MP092-T2; PM/y). The core-service test superseded it (C15): it prints a figure and decides nothing.

use crate::domain::{YesNo, closed_set};

closed_set!(
    /// How complex a change is: `high` with several technical teams, different organisations or no track record.
    ChangeComplexity, "a complexity", {
        High => "high",
        Low => "low",
    }
);

/// What the calculator is told of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChangeRisk {
    /// Whether it touches a core service.
    pub core: YesNo,
    /// Whether it affects consumers.
    pub consumer: YesNo,
    /// How complex it is.
    pub complexity: ChangeComplexity,
    /// The planned downtime.
    pub downtime_minutes: u32,
}

/// Both figures: the sources differ in how the factors combine (C15).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RiskScore {
    /// All four factors multiplied, as Annex D states it: 0 for each change that affects no consumer.
    pub product: u32,
    /// Service and consumer added, then multiplied with the other two.
    pub sum_first: u32,
}

/// Downtime of at most so many minutes counts as less: exactly ten is not defined (O18).
const SHORT_DOWNTIME: u32 = 10;

/// The score of a change (PM/y).
pub const fn score(risk: &ChangeRisk) -> RiskScore {
    let service = match risk.core {
        YesNo::Yes => 4,
        YesNo::No => 1,
    };
    let consumer = match risk.consumer {
        YesNo::Yes => 10,
        YesNo::No => 0,
    };
    let complexity = match risk.complexity {
        ChangeComplexity::High => 5,
        ChangeComplexity::Low => 2,
    };
    let downtime = if risk.downtime_minutes > SHORT_DOWNTIME { 5 } else { 1 };
    RiskScore {
        product: service * consumer * complexity * downtime,
        sum_first: (service + consumer) * complexity * downtime,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scored(
        core: YesNo,
        consumer: YesNo,
        complexity: ChangeComplexity,
        downtime_minutes: u32,
    ) -> (u32, u32) {
        let RiskScore { product, sum_first } =
            score(&ChangeRisk { core, consumer, complexity, downtime_minutes });
        (product, sum_first)
    }

    /// SERVICE.md 7/24, MP092-T2, PM/y.
    #[test]
    fn mp092_t2_pm_y_the_calculator_multiplies_the_factors_of_its_table() {
        use ChangeComplexity::{High, Low};
        use YesNo::{No, Yes};
        for (core, consumer, complexity, minutes, expected) in [
            (Yes, Yes, High, 15, (1000, 350)),
            (Yes, No, Low, 10, (0, 8)),
            (Yes, Yes, High, 11, (1000, 350)),
            (Yes, Yes, High, 10, (200, 70)),
            (No, Yes, Low, 0, (20, 22)),
            (No, No, High, 600, (0, 25)),
            (No, No, Low, 1, (0, 2)),
        ] {
            assert_eq!(
                scored(core, consumer, complexity, minutes),
                expected,
                "{core} {consumer} {complexity} {minutes}"
            );
        }
    }
}
