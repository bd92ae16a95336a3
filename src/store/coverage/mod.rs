//! WAN coverage: extracts, their rows, and the load that replaces one extract by another.
//!
//! A row belongs to an extract, and an extract to a CSP Region. A region has one current extract. A new one is staged beside it,
//! invisible to queries, and becomes current in one short transaction.

mod csv;
mod extract;
mod facts;
mod import;
mod load;
mod query;
mod row;

pub(super) use self::csv::CoverageLine;
#[cfg(test)]
pub(super) use extract::ExtractState;
pub(super) use extract::coverage_extracts;
pub use extract::{CoverageExtract, ExtractFile, extracts};
pub(super) use extract::{CurrentExtract, assign_missing_extracts, current};
pub(super) use facts::load as load_facts;
pub(super) use load::{Contradiction, DuplicateBy, DuplicatePlace, Load, NewRow};
pub use load::{LoadFault, remove_coverage_leftovers};
pub(super) use query::{CoverageLookup, Extracts, page_of_extract, run_all as run_all_lookups};
pub(super) use row::coverage;

#[cfg(test)]
mod tests;
