//! Re-flash orders of hubs (HUBS.md 4; MP155): the grounds of a request, the conditions of events, the checks of a delivery. No source
//! has response codes for them (REQUIREMENTS O1), so all codes are ours.

use super::table::rules;

rules! {
    DATA_COMPLETE = "RF/a", "every mandatory field is there: hubs, location, date and window of the request, ID, firmware, manufacturer and model of a line", E100 Assumed, Seed "MP155-T1, T2",
        "the Party, with a request that has every field";
    COUNT_AGREES = "RF/b", "the number of hubs stated is the number of lines", E100 Assumed, Assumed "MP155-T1; HUBS.md 4",
        "the Party, with the number of its lines";
    LISTED_ONCE = "RF/c", "an ID stands once", E100 Assumed, Assumed "MP155-T1; HUBS.md 4",
        "the Party, with each hub in one line";
    HUB_KNOWN = "RF/d", "it is a CHF with its GPF in the SMI, and not SMETS1", E19 Assumed, Seed "MP155-R3",
        "the CSP, by CSPM-N3, or a User, by SR 12.2, with a hub that the SMI lacks; nobody for a SMETS1 hub";
    HUB_PENDING = "RF/e", "CHF and GPF are Pending", E5 Assumed, Seed "MP155-R2, T2",
        "the Party, once the hub is Pending; an installed hub goes back by SR 8.14.3 or 8.14.4";
    NEVER_INSTALLED = "RF/f", "a hub that is Pending was never installed: its history has no installed status", E5 Assumed, Seed "MP155-R3; MP155-T6 A-008",
        "the Party, by the returns process: SR 8.14.3 or 8.14.4";
    OWN_HUB = "RF/g", "the holder of the hub, the Party of its pre-notifier, is the requesting Party", E4 Assumed, Seed "MP155-T2; MP155-T6 A-001",
        "the Party of the User that pre-notified the hub";
    HUB_DELIVERED = "RF/h", "its stock row says that it was delivered, on a day not after today; not asked with `reflash.supply_chain`", E100 Assumed, Seed "MP155-R36; MP155-T6 A-005",
        "the Party, once the hub was delivered; the operator, by an import of stock or by `reflash.supply_chain`";
    SITE_SERVES_REGION = "RF/i", "the site serves the CSP Region of the hub; one that the request does not name is the first, by ID, that serves the region of the first hub", E4 Assumed, Seed "MP155-T2, R8",
        "the Party, by a request of its own for each site; the operator, by an import of locations";
    OWN_ADDRESS = "RF/j", "the location of the re-delivery is listed and the Party's own", E100 Assumed, Seed "MP155-T2; MP155-T6 A-001",
        "the Party, with a location of its own; the operator, by an import of locations";
    PACKAGING = "RF/k", "the packaging is `sealed`, and no more hubs of the request are on a pallet or in a carton than may be", E100 Assumed, Seed "MP155-T2, R10",
        "the Party, with hubs in their original packaging and within the limits; the operator, by `reflash.max_hubs_per_pallet` and `reflash.max_hubs_per_carton`";
    DATA_AGREES = "RF/l", "firmware, manufacturer and model are those of the SMI", E100 Assumed, Assumed "HUBS.md 4",
        "the Party, with the values of the SMI, which SR 8.2 shows; the pre-notifier, by SR 8.4, where the SMI is wrong";
    NEWER_FIRMWARE = "RF/m", "a firmware newer than its own is in production for its model", E100 Assumed, Assumed "MP155-R16; HUBS.md 4",
        "the Party, once newer firmware is in production; the operator, by an import of hub-firmware";
    ON_NO_OTHER_ORDER = "RF/n", "it is on no other open order", E100 Assumed, Assumed "HUBS.md 4",
        "the Party, once the other order is closed; or by Cancel of the other one";
    IN_WORKING_HOURS = "RF/o", "the day of the re-delivery is a Working Day not before today, and its window lies in Working Hours", E100 Assumed, Seed "MP155-T1, R20",
        "the Party, with a Working Day and a window in Working Hours; the operator, by `reflash.working_hours` and `calendar.holidays`";
    SLOT_OPEN = "RF/p", "the day of the delivery is a Working Day from today on, its window is one of `reflash.windows`, and a place in it is open at the site", E100 Assumed, Seed "MP155-T3",
        "the DCC, with an open slot, which `smi reflash slots` lists; the operator, by an import of locations";
    QUOTA = "RF/q", "the hubs of the site's deliveries in that month, these too, are no more than its `hubs_per_month`, and those on its orders from Authorised to Done no more than its `max_hubs`", E100 Assumed, Seed "MP155-T6 A-003, A-009",
        "the DCC, in a month with room; the operator, by an import of locations";
    STILL_HOLDS = "RF/r", "RF/c to RF/o still hold for the request and every hub of it", E100 Assumed, Assumed "HUBS.md 4",
        "the DCC, by Reject with the reasons; the Party, by a request that amends it";
    PURCHASE_ORDER = "RF/s", "a purchase order is known where the region of a hub is one of `reflash.purchase_order_regions`", E100 Assumed, Seed "MP155-R9",
        "the CSP, with the purchase order of the DCC";
    OUTCOME_FITS = "RF/t", "the hub is an accepted one without outcome, or has this one; `reflashed` names the target version, `failed` a fault report and its reference", E100 Assumed, Seed "MP155-R16, R18; MP155-T6 R-001",
        "the CSP, with outcomes of accepted hubs; a wrong outcome by Correct, until Finish";
    ALL_HAVE_OUTCOMES = "RF/u", "every accepted hub has an outcome, and the guidance that the work followed is named", E100 Assumed, Seed "MP155-R17",
        "the CSP, with the outcomes that are missing, and the SSC guidance";
    AMENDED_IN_TIME = "RF/v", "`reflash.amend_working_days` after today is not later than the day of the re-delivery that stands; without that setting always", E100 Assumed, Seed "MP155-R21",
        "the Party, earlier; the operator, by `reflash.amend_working_days`";
    SMI_IS_UPDATED = "RF/w", "the location is the Party's, and the SMI shows the target version on CHF and GPF of every re-flashed hub that is Pending", E100 Assumed, Seed "MP155-R22, R24",
        "the CSP, by CSPM-N3; with `reflash.smi_update = \"ssmi\"` the DCC, by an SSMI file";
    UNIT_FREE = "RF/x", "a unit of the site is free, its check is due today or later, and an accepted hub waits for one", E100 Assumed, Seed "MP155-R34",
        "the CSP, once the hubs of a unit have outcomes; the operator, by an import of units";
    ID_LISTED = "DV/a", "each ID of the delivery is on the order; another goes back and is noted as unlisted", I0 Assumed, Seed "MP155-R14",
        "the Party, by a request for the hub";
    ID_DELIVERED = "DV/b", "each ID of the order is there; another is noted as missing, and free for another order", I0 Assumed, Seed "MP155-R14",
        "the Party, by a request that amends the order; the CSP, by Correct";
    COUNT_DELIVERED = "DV/c", "as many lines were delivered as hubs are on the order; else it is noted", I0 Assumed, Seed "MP155-R14",
        "the CSP, by Correct, where it miscounted";
    PALLETS_DELIVERED = "DV/d", "each pallet of the order is there, no other is, and each hub lies on its own; else each is noted", I0 Assumed, Seed "MP155-R14",
        "the CSP, by Correct, where it misread a pallet";
    CONDITION = "DV/e", "the condition of the hub is `ok`", E100 Assumed, Seed "MP155-T2, R10",
        "the Party, with hubs in their original packaging; the CSP, by Correct";
    PACKAGE_LIMITS = "DV/f", "no more hubs came on a pallet or in a carton than may be", E100 Assumed, Seed "MP155-R10",
        "the Party, within the limits; the operator, by `reflash.max_hubs_per_pallet` and `reflash.max_hubs_per_carton`";
    STILL_OWN = "DV/g", "the hub is still Pending and its holder still of the Party", E5 Assumed, Seed "MP155-R2",
        "the Party, by the returns process where the hub was installed; the Party that holds it, by a request of its own";
    ANY_ACCEPTED = "DV/h", "a hub at least is accepted: all of the order are whole, fewer in part, none is refused", E100 Assumed, Seed "MP155-R15",
        "the Party, by a request that amends the order";
}

/// The grounds of a request: every one is looked at, and all that fail are told together (MP155-T2).
pub const GROUNDS: [&crate::domain::Rule; 15] = [
    DATA_COMPLETE,
    COUNT_AGREES,
    LISTED_ONCE,
    HUB_KNOWN,
    HUB_PENDING,
    NEVER_INSTALLED,
    OWN_HUB,
    HUB_DELIVERED,
    SITE_SERVES_REGION,
    OWN_ADDRESS,
    PACKAGING,
    DATA_AGREES,
    NEWER_FIRMWARE,
    ON_NO_OTHER_ORDER,
    IN_WORKING_HOURS,
];

/// The checks of a delivery.
pub const DELIVERY: [&crate::domain::Rule; 8] = [
    ID_LISTED,
    ID_DELIVERED,
    COUNT_DELIVERED,
    PALLETS_DELIVERED,
    CONDITION,
    PACKAGE_LIMITS,
    STILL_OWN,
    ANY_ACCEPTED,
];
