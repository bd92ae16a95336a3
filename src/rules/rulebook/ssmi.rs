//! SSMI, option B of MP155: the file by which the DCC updates the firmware of hubs (HUBS.md 5; MP155-R28, R29). Each hub is decided by
//! itself. No source has response codes for it (REQUIREMENTS O1, O21), so all codes are ours.

use super::table::rules;

rules! {
    SWITCHED_ON = "SSMI/a", "`reflash.smi_update` is `ssmi`, and the upload_id is new; the very same bytes under one get the first answer again", E100 Assumed, Seed "MP155-R28; MP155-C21",
        "the operator, by `reflash.smi_update`; the DCC, with an upload_id that it never used; under option A the CSP, by CSPM-N3";
    FILE_READABLE = "SSMI/b", "the file has 1 to 10,000 lines of `chf_device_id,firmware_version`, readable to the last", E100 Assumed, Assumed "REQUIREMENTS O21; HUBS.md 5",
        "the DCC, with a file that can be read to its end";
    LISTED_ONCE = "SSMI/c", "the ID stands once in the file: of two lines nobody could say which holds", E120201 Assumed, Assumed "REQUIREMENTS O21; HUBS.md 5",
        "the DCC, with each hub in one line";
    HUB_KNOWN = "SSMI/d", "it is a CHF with its GPF in the SMI, and not SMETS1", E19 Assumed, Seed "MP155-R28",
        "the CSP, by CSPM-N3, or a User, by SR 12.2, with a hub that the SMI lacks; nobody for a SMETS1 hub";
    HUB_PENDING = "SSMI/e", "CHF and GPF are Pending", E5 Assumed, Seed "MP155-R29",
        "nobody by a file, once the hub is not Pending: its firmware is updated over the air";
    VERSION_LISTED = "SSMI/f", "the firmware list has the version for the hub's model, in production from today or earlier; it gives the CHTS and GBCS versions", E120204 Assumed, Assumed "HUBS.md 5",
        "the operator, by an import of hub-firmware";
    MODEL_ON_CPL = "SSMI/g", "the Device Model with that version is Active on the Central Products List, where one is loaded", E120204 Assumed, Assumed "SMI.md 5/d",
        "the operator, by an import of the list that has it";
    OUTCOME_RECORDED = "SSMI/h", "a hub of an open order has its outcome `reflashed` with this version already: the CSP's records come first", E100 Assumed, Seed "MP155-R25",
        "the CSP, by the outcomes of the order; then the DCC, by another file";
}
