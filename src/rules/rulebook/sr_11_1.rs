//! SR 11.1 Update Firmware. The schema has the lists of its warning and its codes without meanings; what they mean here is our reading.

use super::table::rules;

rules! {
    NOT_EMPTY = "SR11.1/a", "the image is not empty", E110101 Assumed, Assumed "SERVICE.md 3.1",
        "the sender, with the whole image in FirmwareImage";
    AS_REGISTERED = "SR11.1/b", "where the register has an image of this hash, the FirmwareVersion and the size agree with it", E110102 Assumed, Assumed "SERVICE.md 3.1",
        "the sender, with the FirmwareVersion of the register; the operator, by an import of firmware, where the register is wrong";
    RECIPIENTS = "SR11.1/c", "at least one Device can take it: an ESME or GSME of the SMI whose Responsible Supplier the sender is, Commissioned, and Active on the Central Products List with this FirmwareVersion, where a list is loaded; each other Device is on the first list of the warning that fits it", E110103 Assumed, Assumed "SERVICE.md 3.1",
        "the sender, with a Device that it is the Responsible Supplier of; the operator, by an import of cpl, where the version is missing there";
    REGISTERED = "SR11.1/d", "the image is on the register, or joins it now, with the Device Model of the accepted Devices where they share one; no Device changes, and nothing is counted", I99 Assumed, Seed "MP230-R8, R9",
        "nobody: nothing is refused by it";
    PARTS = "SR11.1/e", "a registered part is kept; with the last missing part of the User's set a Response I0 follows under the last request's ID, and none before", I99 Assumed, Seed "MP230-R9, R10",
        "the sender, by an SR 11.1 for each part that is missing";
}
