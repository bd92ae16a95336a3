//! The framework for CSV files: a streaming reader, a parser of fields, and a report of faults. Knows no subject.

mod fault;
mod fields;
mod lines;
mod origin;
mod sheet;

pub(in crate::store) use fault::{Faults, MAX_REPORTED};
pub use fault::{ImportFault, RowFault, Warnings};
pub(in crate::store) use fields::Fields;
pub use origin::{Affected, Consequences, Origin, Regions};
pub(in crate::store) use sheet::{Line, Sheet, SheetReader, WriteSheet, read, refuse_duplicates};
