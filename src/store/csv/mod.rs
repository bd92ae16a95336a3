//! The framework for CSV files: a streaming reader, a parser of fields, a report of faults, and a writer. Knows no subject.

mod fault;
mod fields;
mod kind;
mod lines;
mod origin;
mod outcome;
mod quotation;
mod row_change;
mod sheet;
mod whole;
mod write;

pub(in crate::store) use fault::{Faults, MAX_REPORTED};
pub use fault::{ImportFault, RowFault, Warnings};
pub(in crate::store) use fields::Fields;
pub use kind::NormaliseFault;
pub(in crate::store) use kind::{CsvKind, Import, KindFunctions};
pub(in crate::store) use lines::BYTE_ORDER_MARK;
pub use origin::{Origin, Regions};
pub use outcome::{Affected, Changes, Consequences, Imported, NearMiss, NearMisses, ReplacedExtract};
pub use quotation::{Quotation, STRAY_QUOTATION};
pub use row_change::{RowChange, RowChangeKind, ValueChange};
pub(in crate::store) use row_change::{cells, differences};
pub(in crate::store) use sheet::{CUT_OFF, Line, Sheet, SheetReader, read, read_lines, refuse_duplicates};
pub(in crate::store) use whole::{WriteSheet, import_whole};
pub use write::ExportFault;
pub(in crate::store) use write::{write, write_pages};
