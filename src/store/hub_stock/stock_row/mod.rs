//! Where each hub lies, `stock.csv`: rows, named queries, and an import that streams as that of Devices does.

mod import;
mod rows;
mod staged;

pub(in crate::store) use self::rows::{StockLine, find, find_all, stock};
