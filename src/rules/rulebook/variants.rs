//! Evidence that a recorded ESME Variant is wrong (VARIANTS.md 1; MP125-R11). A check that does not hold makes the ESME a suspect. It
//! refuses no Service Request, so that no source has response codes for it, and all codes are ours.

use super::table::rules;

rules! {
    REFERENCE = "EV/a", "the ESMEVariant is one of those that `model-variants` has for the Device Model; a line with the firmware version wins over the one without", E100 Assumed, Seed "MP125-R11, MP125-D2; VARIANTS.md 1",
        "the Responsible Supplier, by SR 8.4 with the variant of the list; the operator, by an import of model-variants, where the list is wrong";
    PEERS = "EV/b", "of `variants.min_peers` ESMEs of the Device Model and more, at least `variants.outlier_percent` % hold the ESMEVariant, or none is held by 90%", E100 Assumed, Assumed "VARIANTS.md 1",
        "the Responsible Supplier, by SR 8.4, where the meter has the variant that others have; else nobody: it is weak evidence";
    AUXILIARY_LOAD = "EV/c", "where `variants.hcalcs` asks for it: an ESME whose Communications Hub has an HCALCS, Whitelisted to Commissioned, has an ESMEVariant with D", E100 Assumed, Assumed "MP125-R10; VARIANTS.md 1",
        "the Responsible Supplier, by SR 8.4, where the meter has the auxiliary load; else nobody: it is a hint";
    AGREEMENT = "EV/d", "the lines of `model-variants` that contradict an ESMEVariant have a variant in common; only SMETS2+ ESMEs are judged", E100 Assumed, Assumed "MP125-R6; VARIANTS.md 1",
        "the operator, by an import of model-variants whose lines agree; until then nothing is suggested";
    MODEL = "EV/e", "the Device Model is not one of those that `model-variants` writes in another case or with other spaces alone", E100 Assumed, Assumed "MP125-R13; VARIANTS.md 2",
        "while Pending the pre-notifier, by SR 8.4; after that the DCC, by its manual process; the operator, by an import of model-variants, where the list is wrong";
}
