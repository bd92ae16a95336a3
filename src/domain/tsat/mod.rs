//! The Technical Specification Applicability Tables (TSAT): from and until when a version of a specification may be installed,
//! maintained and operated (MP139; HUBS.md 3).
//!
//! The tables are data: whole versions, each in force from a day on. What was known at a day is asked of the version in force then.

mod baseline;
mod cells;
mod compatibility;
mod difference;
mod documents;
mod effective;
mod install;
mod period;
mod review;
mod row;
mod specification;
mod table;
mod tables;
mod verdict;
mod version_number;
mod ways;

pub use self::{
    baseline::Baseline,
    cells::{CellFault, Column},
    compatibility::{Compatibility, CompatibilityRecord, CompatibilityRecords, CompatibilityResult},
    difference::{CellChange, Difference, difference},
    documents::{FOOTNOTE, HEADING, NOTES, SmetsDocument, VERSIONS_BY_DOCUMENT, version_in},
    effective::{EffectiveDates, effective_dates},
    install::InstallValidity,
    period::{Period, PeriodEnd},
    review::{MAX_REVIEW_MONTHS, Review, ReviewedRow},
    row::{Row, RowKey},
    specification::Specification,
    table::{Table, TableOrigin},
    tables::{Judgement, Tables},
    verdict::{Answer, May, ValidityTest, Verdict, Warning},
    version_number::VersionNumber,
    ways::{UseBy, UseByKind, Way, WayUp},
};
