//! The TS Applicability Tables as they are shown: one form for the management listener, the console and the command line, as JSON and
//! as CSV (HUBS.md 6).

mod answer;
mod as_map;
mod reports;
mod tables;

pub use self::{
    answer::{ShownAnswer, ShownJudgement},
    reports::{
        ShownCellChange, ShownCompatibility, ShownCompatibilityRecord, ShownDifference, ShownEffectiveDates,
        ShownReview, ShownReviewedRow,
    },
    tables::{ShownDocumentVersions, ShownTables, ShownTsatRow, ShownTsatVersion, ShownWayUp},
};
