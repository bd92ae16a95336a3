//! Contacts: who is told what an audience is to know.

mod csv;
mod rows;

pub(in crate::store) use csv::ContactLine;
pub(in crate::store) use rows::contacts;
pub use rows::{all, notice_recipients_of, notice_recipients_of_user};
