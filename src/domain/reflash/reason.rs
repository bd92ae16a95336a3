//! Why a request for a re-flash, or a hub of it, is not taken; and what was found beside (HUBS.md 4).

use crate::domain::{Eui64, ResponseCode, Rule, set::closed_set};

closed_set!(
    /// The label of a ground (MP155-T2; those it does not have are ours).
    ReasonLabel, "the label of a reason", {
        MissingData => "MISSING_DATA",
        CountDiffers => "COUNT_DIFFERS",
        ListedTwice => "LISTED_TWICE",
        UnknownHub => "UNKNOWN_HUB",
        NotPending => "NOT_PENDING",
        WasInstalled => "WAS_INSTALLED",
        OtherUser => "OTHER_USER",
        NotDelivered => "NOT_DELIVERED",
        WrongCspOrFacility => "WRONG_CSP_OR_FACILITY",
        AddressNotListed => "ADDRESS_NOT_LISTED",
        PackagingOrDamage => "PACKAGING_OR_DAMAGE",
        DataDiffers => "DATA_DIFFERS",
        AlreadyLatest => "ALREADY_LATEST",
        NoFirmware => "NO_FIRMWARE",
        InAnotherOrder => "IN_ANOTHER_ORDER",
        OutsideWorkingHours => "OUTSIDE_WORKING_HOURS",
    }
);

/// One reason: a rule that does not hold, for the request as a whole or for a hub of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// Its label.
    pub label: ReasonLabel,
    /// The rule.
    pub rule: &'static Rule,
    /// The code of the rule in force.
    pub code: ResponseCode,
    /// The line of the file, of which the header is the first; none for the request as a whole.
    pub line: Option<u32>,
    /// The CHF that stands there, where one does.
    pub chf: Option<Eui64>,
    /// The column, or the parameter of the request, where one value is meant.
    pub column: Option<&'static str>,
    /// What was found.
    pub saw: String,
}

impl Reason {
    /// What the rule asks for, and what was found.
    pub fn text(&self) -> String {
        format!("required: {}; found: {}", self.rule.requires, self.saw)
    }
}

closed_set!(
    /// What is noted on an order and refuses nothing.
    FindingKind, "a finding", {
        // The hubs came without the document that travels with them (MP155-T4).
        NoDespatchNote => "no despatch note",
        // A hub that is not on the order: it goes back.
        Unlisted => "unlisted hub",
        // More or fewer lines than hubs on the order.
        CountDiffers => "count differs",
        PalletMissing => "pallet missing",
        PalletNotListed => "pallet not listed",
        // A hub lies on another pallet than the order says.
        OtherPallet => "other pallet",
        // A hub was installed, changed or deleted while it was away.
        NotPending => "not Pending any more",
        // Under option B a CSP told of a hub all the same (MP155-R28).
        ToldByN3 => "told by CSPM-N3",
        // The Device was changed after the file of outcomes said otherwise.
        OutcomeDiffers => "outcome differs from the SMI",
    }
);

/// A finding: what was noted on an order, and what was seen.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// What it is.
    pub kind: FindingKind,
    /// What was seen.
    pub saw: String,
}

impl Finding {
    /// A finding with what was seen.
    pub fn new(kind: FindingKind, saw: impl Into<String>) -> Self {
        Self { kind, saw: saw.into() }
    }
}
