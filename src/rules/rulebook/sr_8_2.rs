//! SR 8.2 Read Inventory (SMI.md section 6).

use super::table::rules;

rules! {
    FOUND = "SR8.2/a", "a Device is found: the key finds Devices, these their CHF, and the CHF all that is associated with it", E080201 Assumed, Assumed "F38; SMI.md 6",
        "a User with another key: a DeviceID, MPxN, UPRN or address that a Device of the premises carries";
    FITS = "SR8.2/b", "the premises have at most 17 Devices, as many as an answer holds", E080202 Assumed, Assumed "SMI.md 6",
        "the operator, by an import of devices that parts the hubs under this key";
}
