//! Which report of hubs is asked for, and about which.

use crate::domain::set::closed_set;

closed_set!(
    /// A report of hubs (HUBS.md 3).
    HubReport, "a report of hubs", {
        AtRisk => "at-risk",
        Candidates => "candidates",
        Plan => "plan",
        Outstanding => "outstanding",
        NonCompliant => "non-compliant",
        Age => "age",
    }
);

closed_set!(
    /// What the report of stock at risk can be divided by, beside Party and version.
    StockDivision, "a division of stock", {
        Region => "region",
        Band => "band",
        Location => "location",
    }
);
