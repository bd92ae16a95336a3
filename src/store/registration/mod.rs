//! Registrations: rows, queries for Suppliers, notices of changes of Supplier, and CSV.

mod compare;
mod csv;
mod import;
mod notice;
mod rows;
mod staged;

pub(in crate::store) use self::csv::RegistrationLine;
pub(in crate::store) use notice::supplier_notices;
pub use notice::{SupplierChange, mark_notified, pending_notices};
pub use rows::of_mpxn;
pub(in crate::store) use rows::{in_role, of_user, registrations, suppliers, suppliers_of_all};
