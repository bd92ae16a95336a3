//! The common checks of all Service Requests, in the order of SMI.md section 3.

use super::table::rules;

rules! {
    SCHEMA = "SR/3", "the message is valid against the schema of DUIS, to the letter, and its Body and ServiceReference are those its ServiceReferenceVariant names", E100 Assumed, Assumed "SMI.md 3/3",
        "the sender, with a message that is valid against the schema of its schemaVersion";
    SIGNATURE = "SR/4", "exactly one enveloped signature of the DUIS profile over the whole document, by a known certificate within its validity, of the RequestID's originator", E100 Assumed, Assumed "SMI.md 3/4",
        "the sender, by signing the whole message with its own key under a certificate that the operator has loaded and that is valid now";
    CLIENT = "SR/4a", "the client certificate of the connection, where one is asked for, names the RequestID's originator; without `server.tls.bind_originator` both are noted and may differ", E100 Assumed, Assumed "smi.toml: server.tls",
        "the sender, over a connection with a certificate that names its own EUI-64";
    TARGET = "SR/5", "the RequestID's target is the DCC for a non-device request, and a Device for any other", E100 Assumed, Assumed "SMI.md 3/5",
        "the sender, with the DCC as target of a non-device request and the Device as target of any other";
    // E65 is the other reading (`codes.toml`). The one published answer that has it (F18) is to a RequestID that looks new.
    NEW_REQUEST_ID = "SR/6", "the RequestID is new", E100 Assumed, Assumed "F18; SMI.md 3/6",
        "the sender, with a RequestID that it never used; the very same message gets its first answer again";
    WEB_SERVICE = "SR/7", "the web service is that of the Command Variant: 1, 3, 5 and 7 serviceS, 4 serviceT, 2, 6 and 8 serviceD", E13 Public, Public "F20; SMI.md 3/7",
        "the sender, at the web service that the check names for the Command Variant";
    COMMAND_VARIANT = "SR/8", "the Command Variant suits the request type: 8 for a non-device request, 1 or 2 for a device request, 4 to 7 for a critical one; 2, local delivery, gets HTTP 501", E12 Public, Public "F9; SMI.md 3/8",
        "the sender, with Command Variant 8 for a non-device request, 1 for a device request and 4 for a critical one";
    USER_KNOWN = "SR/9", "the User exists and has a role", E1 Public, Public "SMI.md 3/9",
        "the operator, by an import of users that names the User with its roles";
    USER_ACTIVE = "SR/10", "the User is Active", E3 Public, Public "SMI.md 3/10",
        "the operator, by an import of users that has the User as Active";
    ROLE_ELIGIBLE = "SR/11", "one of the User's roles may send this Service Request; ES counts as IS for a meter without an Import MPAN, and for its hub", E2 Public, Public "F1, F2; SMI.md 1; SMI.md 3/11",
        "a User in one of the roles that the check names";
    DEVICE_KNOWN = "SR/12", "the Device it acts on is in the SMI", E19 Public, Public "SMI.md 3/12",
        "a User that pre-notifies the Device, by SR 12.2";
    DEVICE_TYPE = "SR/13", "the Device Type suits the Service Request: 8.3 an ESME, GSME, HCALCS or PPMID, 8.14.1 to 8.14.4 a CHF, 8.11 a CHF as target and any Device but a CHF or GPF, 11.3 an ESME or GSME", E11 Public, Assumed "SMI.md 2; SMI.md 3/13",
        "the sender, by the Service Request of this Device Type: a hub goes back by SR 8.14.3 or 8.14.4, any other Device by SR 8.3";
    AUTHORISED_NOW = "SR/14", "the User is authorised for the Device now: its Responsible Supplier, or that of the MPxN the request names; by 8.11 an Other User for the Type 2 Device it pre-notified; by 8.14.3 and 8.14.4 the pre-notifier of a Pending hub", E4 Public, Assumed "F1, F2, F7; SMI.md 1; SMI.md 3/14",
        "the Responsible Supplier now; the operator, by an import of registrations, where the registration is missing here";
    STATUS_SUITS = "SR/15", "the SMI Status suits the Service Request: the table of SMI Statuses has the move; for 8.11 the CHF is Whitelisted, InstalledNotCommissioned or Commissioned; for 11.3 the Device is Commissioned", E5 Public, Assumed "SMI.md 2; SMI.md 3/15",
        "the Responsible Supplier, once the Device is in a status with such a move, which SR 8.4 or an event brings about; not after Decommissioned or Withdrawn";
}

/// The checks that apply only to a request that acts on a Device of certain types and statuses.
pub const OF_A_MOVE: [&crate::domain::Rule; 3] = [DEVICE_TYPE, AUTHORISED_NOW, STATUS_SUITS];
