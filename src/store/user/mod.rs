//! Users: rows, named queries, what a decision may see of a sender, and their CSV.

mod csv;
mod facts;
mod rows;

pub(in crate::store) use self::csv::UserLine;
pub(in crate::store) use facts::load as load_facts;
pub use rows::find;
pub(in crate::store) use rows::{all, find_all, known, replace, users};
