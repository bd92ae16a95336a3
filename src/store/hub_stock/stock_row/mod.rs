//! Where each hub lies, `stock.csv`: rows, named queries, and an import that streams as that of Devices does.

mod import;
mod rows;
mod staged;

pub use self::rows::save;
pub(in crate::store) use self::rows::{StockLine, find, find_all, stock};
