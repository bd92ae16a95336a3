//! SR 8.4 Update Inventory, in the order of SMI.md section 4.

use super::table::rules;

rules! {
    NAMES_A_DETAIL = "SR8.4/a", "UpdateDeviceDetails names at least one detail", E080415 Assumed, Assumed "SMI.md 4/a",
        "the sender, with at least one detail";
    VARIANT_OF_AN_ESME = "SR8.4/b", "only an ESME has an ESMEVariant", E080408 Assumed, Seed "MP125-R7; SMI.md 4/b",
        "the sender, without ESMEVariant; a Device under the wrong Device Type is deleted by SR 8.4 while Pending, and pre-notified again";
    PRE_NOTIFIER_CHANGES_PENDING = "SR8.4/c", "while the Device is Pending, or is of Type 2, only its pre-notifier changes its details", E080405 Assumed, Seed "MP125-R2; SMI.md 4/c",
        "the pre-notifier, by SR 8.4; the Responsible Supplier corrects the ESMEVariant once the Device is Whitelisted";
    ONLY_VARIANT_AFTER_PENDING = "SR8.4/d", "after Pending, no detail other than the ESMEVariant is changed", E080406 Assumed, Seed "MP125-R5; SMI.md 4/d",
        "the Responsible Supplier, with the ESMEVariant alone; other details while the Device is Pending, by its pre-notifier";
    VARIANT_STATUS = "SR8.4/e", "the ESMEVariant is corrected in Whitelisted, InstalledNotCommissioned or Commissioned", E5 Public, Seed "MP125-R3; SMI.md 4/e",
        "the Responsible Supplier, by SR 8.4 in Whitelisted, InstalledNotCommissioned or Commissioned; before, the pre-notifier; not after Decommissioned";
    VARIANT_SMETS2 = "SR8.4/f", "the ESMEVariant is corrected for SMETS2+ Devices only", E080409 Assumed, Seed "MP125-R6; SMI.md 4/f",
        "nobody by SR 8.4 for a SMETS1 Device; the operator, by an import of devices";
    VARIANT_BY_RESPONSIBLE_SUPPLIER = "SR8.4/g", "after Pending, the ESMEVariant is corrected by the Responsible Supplier now; having pre-notified the Device is not enough", E080407 Assumed, Seed "MP125-R3, MP125-R4; F1, F2; SMI.md 4/g",
        "the Responsible Supplier now, by SR 8.4; not after Decommissioned";
    MODEL_ON_CPL = "SR8.4/h", "the resulting Device Model is Active on the Central Products List, where one is loaded", E080410 Assumed, Assumed "SMI.md 4/h",
        "the sender, with a Device Model that is Active on the list; the operator, by an import of the list that has this one";
    STATUS_ELEMENT = "SR8.4/i", "the status element suits the Device Type: UpdateDeviceStatusCH a CHF, UpdateDeviceStatusExceptCH any other; Type 2 Devices have no status", E080412 Assumed, Assumed "SMI.md 4/i",
        "the Responsible Supplier, by UpdateDeviceStatusCH for a CHF and UpdateDeviceStatusExceptCH for any other Device with a status";
    STATUS_BY = "SR8.4/j", "the SMI Status is changed by the Responsible Supplier or, while Pending, by the pre-notifier", E4 Public, Seed "MP125-R5; SMI.md 4/j",
        "the Responsible Supplier, or while Pending the pre-notifier, by SR 8.4";
    STATUS_MOVE = "SR8.4/k", "the move stands in the table of SMI Statuses", E080411 Assumed, Assumed "SMI.md 2; SMI.md 4/k",
        "the Responsible Supplier, by a move of the table from the status that the check names (`smi rules`); not after Decommissioned";
    DELETE = "SR8.4/l", "a Device is deleted by its pre-notifier, while Pending or of Type 2", E080413 Assumed, Seed "MP125-R2; SMI.md 4/l",
        "the pre-notifier, while the Device is Pending; afterwards the Responsible Supplier decommissions it by SR 8.3, a hub by SR 8.14.3 or 8.14.4";
    MPXN = "SR8.4/m", "an ESME takes a 13-digit MPAN and a GSME an MPRN, set by the Responsible Supplier of the Device or of the new MPxN, in Whitelisted, InstalledNotCommissioned or Commissioned", E080414 Assumed, Assumed "F1, F2; SMI.md 4/m",
        "the Responsible Supplier of the Device or of the new MPxN, in Whitelisted, InstalledNotCommissioned or Commissioned";
}
