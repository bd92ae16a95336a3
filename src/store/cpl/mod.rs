//! The Central Products List: rows, lookups by Device Model, and its CSV.

mod csv;
mod near_miss;
mod rows;

pub(in crate::store) use self::csv::CplLine;
pub(in crate::store) use near_miss::near_misses;
pub(in crate::store) use rows::{ListedModel, ModelKey, all, cpl, facts, facts_of_all, replace};
