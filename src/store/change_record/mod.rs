//! Changes that are made in maintenance windows.

mod csv;
mod rows;

pub(in crate::store) use csv::ChangeLine;
pub use rows::all;
pub(in crate::store) use rows::changes;
