//! SR 8.4 Update Inventory, in the order of SMI.md section 4.

use super::table::rules;

rules! {
    NAMES_A_DETAIL = "SR8.4/a", "UpdateDeviceDetails names at least one detail", E080415 Assumed, Assumed "SMI.md 4/a";
    VARIANT_OF_AN_ESME = "SR8.4/b", "only an ESME has an ESMEVariant", E080408 Assumed, Seed "MP125-R7; SMI.md 4/b";
    PRE_NOTIFIER_CHANGES_PENDING = "SR8.4/c", "while the Device is Pending, or is of Type 2, only its pre-notifier changes its details", E080405 Assumed, Seed "MP125-R2; SMI.md 4/c";
    ONLY_VARIANT_AFTER_PENDING = "SR8.4/d", "after Pending, no detail other than the ESMEVariant is changed", E080406 Assumed, Seed "MP125-R5; SMI.md 4/d";
    VARIANT_STATUS = "SR8.4/e", "the ESMEVariant is corrected in Whitelisted, InstalledNotCommissioned or Commissioned", E5 Public, Seed "MP125-R3; SMI.md 4/e";
    VARIANT_SMETS2 = "SR8.4/f", "the ESMEVariant is corrected for SMETS2+ Devices only", E080409 Assumed, Seed "MP125-R6; SMI.md 4/f";
    VARIANT_BY_RESPONSIBLE_SUPPLIER = "SR8.4/g", "after Pending, the ESMEVariant is corrected by the Responsible Supplier now; having pre-notified the Device is not enough", E080407 Assumed, Seed "MP125-R3, MP125-R4; F1, F2; SMI.md 4/g";
    MODEL_ON_CPL = "SR8.4/h", "the resulting Device Model is Active on the Central Products List, where one is loaded", E080410 Assumed, Assumed "SMI.md 4/h";
    STATUS_ELEMENT = "SR8.4/i", "the status element suits the Device Type: UpdateDeviceStatusCH a CHF, UpdateDeviceStatusExceptCH any other; Type 2 Devices have no status", E080412 Assumed, Assumed "SMI.md 4/i";
    STATUS_BY = "SR8.4/j", "the SMI Status is changed by the Responsible Supplier or, while Pending, by the pre-notifier", E4 Public, Seed "MP125-R5; SMI.md 4/j";
    STATUS_MOVE = "SR8.4/k", "the move stands in the table of SMI Statuses", E080411 Assumed, Assumed "SMI.md 2; SMI.md 4/k";
    DELETE = "SR8.4/l", "a Device is deleted by its pre-notifier, while Pending or of Type 2", E080413 Assumed, Seed "MP125-R2; SMI.md 4/l";
    MPXN = "SR8.4/m", "an ESME takes a 13-digit MPAN and a GSME an MPRN, set by the Responsible Supplier of the Device or of the new MPxN, in Whitelisted, InstalledNotCommissioned or Commissioned", E080414 Assumed, Assumed "F1, F2; SMI.md 4/m";
}
