//! CSPM-N3 Communications Hub pre-notification: the checks of one hub. That the interface exists, its parameters, and that a
//! known hub must be Pending are seed (SMI.md 2; MP155-R26, R27, R29). No source has response codes for it
//! (REQUIREMENTS O1, O21), so all codes are ours.

use super::table::rules;

rules! {
    OWN_REGION = "N3/a", "the CSP Region is one of the CSP's whose certificate the connection was opened with", E4 Assumed, Assumed "smi.toml: csp_gateway.csps",
        "the CSP of that region, over a connection with its own certificate; the operator, in `csp_gateway.csps`";
    UNIQUE_IDS = "N3/b", "the CHF's and the GPF's ID differ, and neither stands in another hub of the batch: which of two holds nobody could say", E120201 Assumed, Assumed "SMI.md 5/a; REQUIREMENTS O21",
        "the CSP, with IDs of which each stands in one hub of the batch only";
    RECEIVER_KNOWN = "N3/c", "the receiving User exists", E1 Assumed, Assumed "SMI.md 3/9",
        "the CSP, with a known receiving User; the operator, by an import of users";
    MODEL_ON_CPL = "N3/d", "the Device Model of the CHF is Active on the Central Products List, where one is loaded", E120204 Assumed, Assumed "SMI.md 5/d",
        "the CSP, with a Device Model that is Active on the list; the operator, by an import of the list that has this one";
    ONE_HUB = "N3/e", "both IDs are new, or they are those of a CHF and its GPF", E120201 Assumed, Assumed "SMI.md 5/a",
        "the CSP, with the IDs of one hub; the operator, by an import of devices, where the SMI pairs them wrongly";
    PENDING = "N3/f", "a known hub is Pending, CHF and GPF", E5 Assumed, Seed "MP155-R2, R3, R26, R29",
        "the Responsible Supplier, by SR 8.4 or 8.14.3 and 8.14.4: a CSP no longer changes a hub that is not Pending";
    OWN_HUB = "N3/g", "a known hub joined the SMI through CSPM-N3 or by an import, for a CSP Region of this CSP", E4 Assumed, Assumed "SMI.md 2; MP155-R26",
        "the User that pre-notified the hub, by SR 8.4; the CSP of the hub's own region";
    // Before N3/h, which it goes over: under option B no CSP updates a hub that is away, whatever else it may update.
    NOT_BY_SSMI = "N3/i", "with `reflash.smi_update = \"ssmi\"` a hub of an open order is told as it stands", E120201 Assumed, Seed "MP155-R28; MP155-C21",
        "the DCC, by an SSMI file; the operator, by `reflash.smi_update`";
    MAY_UPDATE = "N3/h", "a known hub is told as it stands; or the operator lets CSPs update those that are Pending; or it is accepted and not failed on an order InWork or Done, is told its target version, and nothing but its firmware, CHTS and GBCS versions differs", E120201 Assumed, Seed "MP155-R25, R26, R27; off unless `csp_gateway.update_known_hubs`: MP155-C21, C29",
        "the operator, by `csp_gateway.update_known_hubs`; the CSP, with the target version, once the hub is in work; the pre-notifier, by SR 8.4";
}
