//! Notices and their recipients: written once, listed, and marked as told.

mod list;
mod rows;
mod told;

pub use list::{KeyedNotice, NoticeFilter, count_by_kind, find, page};
pub use rows::record;
pub(in crate::store) use rows::{notice_recipients, notices};
pub use told::mark_told;
