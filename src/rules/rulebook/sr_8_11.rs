//! SR 8.11 Update HAN Device Log. SMI.md leaves these checks open, so all of them are our reading.

use super::table::rules;

rules! {
    SENT_NOW = "SR8.11/a", "it is not future-dated: this service holds nothing back", E100 Assumed, Assumed "SMI.md 3/3";
    WHITELIST_ENTRY = "SR8.11/b", "AddDeviceToCHFWhitelist is there for an Add, and only for an Add", E100 Assumed, Assumed "SMI.md 2";
    MPXN = "SR8.11/c", "an ESME may get MPANs of 13 digits and a GSME an MPRN as ImportMPxN; other Devices get none", E11 Assumed, Assumed "SMI.md 4/m";
    ASSOCIATION = "SR8.11/d", "a Device that is added is associated with no other CHF, and one that is removed is associated with this one", E5 Assumed, Assumed "SMI.md 2";
    NOTHING_AWAITED = "SR8.11/e", "no outcome of an earlier SR 8.11 is awaited for the Device", E5 Assumed, Assumed "SMI.md 2";
    CHF_CONFIRMS = "SR8.11/f", "the CHF confirms it; known later, and answered to the User's Receive Response address", E21 Assumed, Public "SMI.md 2";
}
