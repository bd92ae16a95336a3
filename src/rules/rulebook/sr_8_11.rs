//! SR 8.11 Update HAN Device Log. SMI.md leaves these checks open, so all of them are our reading.

use super::table::rules;

rules! {
    SENT_NOW = "SR8.11/a", "it is not future-dated: this service holds nothing back", E100 Assumed, Assumed "SMI.md 3/3",
        "the sender, without ExecutionDateTime, when it is to be done";
    WHITELIST_ENTRY = "SR8.11/b", "AddDeviceToCHFWhitelist is there for an Add, and only for an Add", E100 Assumed, Assumed "SMI.md 2",
        "the sender, with AddDeviceToCHFWhitelist for an Add, and without for a Remove";
    MPXN = "SR8.11/c", "an ESME may get MPANs of 13 digits and a GSME an MPRN as ImportMPxN; other Devices get none", E11 Assumed, Assumed "SMI.md 4/m",
        "the sender, with MPANs for an ESME, an ImportMPxN that is an MPRN for a GSME, and none for any other Device";
    ASSOCIATION = "SR8.11/d", "a Device that is added is associated with no other CHF, and one that is removed is associated with this one", E5 Assumed, Assumed "SMI.md 2",
        "the Supplier of the hub that the Device is associated with, by SR 8.11 Remove; then SR 8.11 Add at the new hub";
    NOTHING_AWAITED = "SR8.11/e", "no outcome of an earlier SR 8.11 is awaited for the Device", E5 Assumed, Assumed "SMI.md 2",
        "the sender, once the outcome of the earlier SR 8.11 is known; the operator, by the event `ChfWhitelistConfirmed` or `ChfWhitelistFailed`";
    CHF_CONFIRMS = "SR8.11/f", "the CHF confirms it; known later, and answered to the User's Receive Response address", E21 Assumed, Public "SMI.md 2",
        "the sender, by SR 8.11 again";
}
