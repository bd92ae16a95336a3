//! Wrong ESME Variants: the variants that Device Models can have, ESMEs counted and found in ranges of keys, and corrections.
//!
//! ESMEs are read in ranges of the keys of Devices, each in a read of its own: no read lasts long, and no index has variants, as each
//! correction would write another page of it.

mod corrections;
mod count;
mod csv;
mod suspects;

pub use corrections::{Correction, corrections_between, decisions_kept};
pub use count::{CountedEsmes, DivideBy, count_esmes};
pub use csv::all;
pub(in crate::store) use csv::{ModelVariantsLine, model_variants};
pub use suspects::{SuspectFilter, auxiliary_loads, esme_facts, esmes_of_range};
