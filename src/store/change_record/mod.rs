//! Changes that are made in maintenance windows.

mod csv;
mod rows;

pub(in crate::store) use csv::ChangeLine;
pub(in crate::store) use rows::changes;
pub use rows::{all, of_windows};
