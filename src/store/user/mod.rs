//! Users: rows, named queries, the facts of a decision about its sender, and CSV.

mod csv;
mod facts;
mod rows;

pub(in crate::store) use self::csv::UserLine;
pub(in crate::store) use facts::load as load_facts;
pub use rows::{after, all, find, with_signifier};
pub(in crate::store) use rows::{find_all, known, replace, users};
