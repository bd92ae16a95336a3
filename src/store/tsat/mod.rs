//! The TS Applicability Tables and the compatibility tests that were imported: rows, queries and their CSV (HUBS.md 2).
//!
//! What is shipped is compiled in and not kept here; what is imported lies over it.

mod compatibility;
mod compatibility_csv;
mod csv;
mod rows;

pub(in crate::store) use compatibility::compatibility as compatibility_table;
pub use compatibility::records as compatibility_records;
pub(in crate::store) use compatibility_csv::CompatibilityLine;
pub use rows::tables as tsat_tables;
pub(in crate::store) use rows::{TsatLine, tsat};
