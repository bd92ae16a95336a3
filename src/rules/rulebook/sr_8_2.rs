//! SR 8.2 Read Inventory (SMI.md section 6).

use super::table::rules;

rules! {
    FOUND = "SR8.2/a", "a Device is found: the key finds Devices, these their CHF, and the CHF all that is associated with it", E080201 Assumed, Assumed "F38; SMI.md 6";
    FITS = "SR8.2/b", "the premises have at most 17 Devices, as many as an answer holds", E080202 Assumed, Assumed "SMI.md 6";
}
