//! The Central Products List: rows, lookups by Device Model, and its CSV.

mod csv;
mod rows;

pub(in crate::store) use self::csv::CplLine;
pub(in crate::store) use rows::{ListedModel, ModelKey, all, cpl, facts, replace};
