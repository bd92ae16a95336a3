//! SR 12.1 Request WAN Matrix (SMI.md section 7).

use super::table::rules;

rules! {
    PLACE_KNOWN = "SR12.1/a", "the CSP of a region, or its coverage extract, knows the place", E120101 Assumed, Assumed "SMI.md 7",
        "the operator, by loading the coverage extract that has the place; the sender, with the whole postcode or the UPRN";
    REGION_ANSWERS = "SR12.1/b", "the CSP Region can answer; where it cannot, it says so and the others answer", E120102 Assumed, Assumed "SMI.md 7",
        "the sender, later; the operator, by loading the coverage extract of the region";
    SOME_REGION_ANSWERS = "SR12.1/c", "at least one CSP Region that covers the place can answer", E120103 Assumed, Assumed "SMI.md 7",
        "the sender, later; the operator, by loading the coverage extract of a region that covers the place";
    UNKNOWN_VARIANT = "SR12.1/d", "a single space with an availability date is shown as the operator chose, `Unknown` or the space; without a date it is `No Coverage Intended`", I0 Seed, Seed "MP106-R2, MP106-R3, MP106-R4, MP106-R11; SMI.md 7",
        "no repair is needed";
    IN_TABLE_3 = "SR12.1/e", "a WAN Variant that CSPs may send though Table 3 leaves it out, `Special Installation Mesh`, is answered as it is, and said to be outside", I0 Seed, Seed "MP106-R9, MP106-T2",
        "no repair is needed";
}
