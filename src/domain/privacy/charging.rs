//! The two sets of rules by which an assessment is paid for.

use crate::domain::closed_set;

closed_set!(
    /// The rules of who pays: those of the SEC as it is, or those that DP144 proposes (DP144-R3, R5).
    Charging, "a set of charging rules", {
        Baseline => "baseline",
        Proposed => "proposed",
    }
);

closed_set!(
    /// Who pays: the Other User that is assessed, or all Users alike.
    CostTarget, "a target of costs", {
        OtherUser => "other_user",
        Socialised => "socialised",
    }
);
