//! SR 11.3 Activate Firmware, for SMETS1 Devices.

use super::table::rules;

rules! {
    SENT_NOW = "SR11.3/a", "it is not future-dated: this service holds nothing back", E100 Assumed, Assumed "SERVICE.md 3.1",
        "the sender, without ExecutionDateTime, when it is to be done";
    PRE_COMMAND = "SR11.3/b", "the Device is a SMETS1 Device: any other needs a Pre-Command, which is not made here; it gets HTTP 501, and its RequestID stays unused", E100 Assumed, Assumed "SERVICE.md 3.1",
        "the sender, by a service that makes Pre-Commands";
    IMAGE = "SR11.3/c", "the image is on the register, and its Device Model, where it names one, is the Device's", E100 Assumed, Assumed "SERVICE.md 3.1",
        "the sender, by SR 11.1 with the image, or by the hash of an image for this Device Model; the operator, by an import of firmware";
    ON_CPL = "SR11.3/d", "the Device's Device Model is Active on the Central Products List with the image's firmware version, where a list is loaded", E100 Assumed, Assumed "SERVICE.md 3.1",
        "the operator, by an import of cpl, once the version is Active there";
    NOTHING_AWAITED = "SR11.3/e", "no outcome of an earlier SR 11.3 is awaited of the Device", E5 Assumed, Assumed "SERVICE.md 3.1",
        "the sender, once the outcome of the earlier SR 11.3 is known; the operator, by the event `FirmwareActivated` or `FirmwareActivationFailed`";
    COUNTED = "FW/e", "a large image takes a place in the agreed batch of its User, image and London day, while that has room, or the User's images of the day are within its limit; it is accepted in any case, but without either it has no Target Response Time", I99 Assumed, Seed "MP230-T1, R3",
        "the sender, by a schedule that the Service Desk agrees before it sends: `smi firmware ask`";
    DEVICE_ACTIVATES = "SR11.3/f", "the Device activates it; known later, and answered to the User's Receive Response address", E21 Assumed, Public "SERVICE.md 3.1",
        "the sender, by SR 11.3 again";
}
