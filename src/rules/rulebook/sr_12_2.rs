//! SR 12.2 Device Pre-notification (SMI.md section 5).

use super::table::rules;

rules! {
    NEW_DEVICE = "SR12.2/a", "neither the DeviceID nor the AssociatedGPFDeviceID is in the SMI", E120201 Public, Public "SMI.md 5/a",
        "the pre-notifier of the Device that is there, by SR 8.4 DeleteDevice while Pending or of Type 2; its Supplier, by SR 8.4, where details are wrong";
    // The DCC answers E120201 (DP316), whose description does not fit; a new code is expected. So the operator may set one.
    TWO_DEVICES = "SR12.2/a2", "the DeviceID of a CHF and its AssociatedGPFDeviceID differ", E120201 Assumed, Public "F10 (DP316); SMI.md 5/a",
        "the sender, with the GPF's own ID";
    VARIANT_OF_AN_ESME = "SR12.2/b", "an ESMEVariant is there for an ESME, and only for an ESME", E120203 Assumed, Assumed "MP125-R7; SMI.md 5/b",
        "the sender, with an ESMEVariant for an ESME, and without for any other Device";
    VERSIONS = "SR12.2/c", "SMETSCHTSVersion and FirmwareVersion are there, save for Type 2 Devices", E120203 Assumed, Assumed "SMI.md 5/c",
        "the sender, with SMETSCHTSVersion and FirmwareVersion";
    MODEL_ON_CPL = "SR12.2/d", "the Device Model is Active on the Central Products List, where one is loaded", E120204 Assumed, Assumed "SMI.md 5/d",
        "the sender, with a Device Model that is Active on the list; the operator, by an import of the list that has this one";
    GPF_OF_A_CHF = "SR12.2/e", "an AssociatedGPFDeviceID is there for a CHF, and only for a CHF; a GPF does not come on its own", E120207 Assumed, Assumed "SMI.md 5/e",
        "the sender, with an AssociatedGPFDeviceID for a CHF alone; a GPF is pre-notified with its CHF";
}
