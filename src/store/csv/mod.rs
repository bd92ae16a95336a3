//! CSV files: read line by line, checked field by field, refused with a report of their faults. Knows no subject.

mod fault;
mod fields;
mod lines;
mod origin;
mod sheet;

pub(in crate::store) use fault::{Faults, MAX_REPORTED};
pub use fault::{ImportFault, RowFault};
pub(in crate::store) use fields::Fields;
pub use origin::{Consequences, Origin, Regions};
pub(in crate::store) use sheet::{Line, Sheet, SheetReader, WriteSheet, read, refuse_duplicates};
