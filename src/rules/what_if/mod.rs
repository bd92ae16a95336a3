//! What-if questions: the engine's decision about an invented Device, sender and change (SMI.md 8).
//!
//! `smi explain --what-if` and the console ask one; `smi rules` asks all that MP125-T2 has a cell for. [`decide_change`] decides one for
//! a real Device too, by the same functions.

mod change_kind;
mod decide;
mod question;

pub use change_kind::ChangeKind;
pub use decide::{ANY_OTHER_USER, any_supplier, decide_change};
pub use question::{Relation, WhatIf, WhatIfFault, cpl_places, parse_cpl};
