//! The settings of the rules: choices that the sources leave to the operator.

use super::firmware::FirmwareSettings;
use crate::domain::{CspRelease, set::closed_set};

closed_set!(
    /// The text of an unknown WAN Variant (SMI.md 7).
    WanUnknown, "a wan_unknown", {
        Word => "Unknown",
        Space => "space",
    }
);

impl WanUnknown {
    /// The text on the wire: the word `Unknown`, or MP106-R4's single space.
    pub const fn wire_text(self) -> &'static str {
        match self {
            Self::Word => "Unknown",
            Self::Space => " ",
        }
    }
}

closed_set!(
    /// What the TS Applicability Tables do to a move by which a Device is installed (HUBS.md 5).
    TsatMode, "a tsat", {
        // Nothing: they are not asked.
        Off => "off",
        // The answer is noted in the decision, and refuses nothing.
        Note => "note",
        // A move is refused where the answer is `no`.
        Refuse => "refuse",
    }
);

/// The operator's settings of the rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuleSettings {
    /// The text of an unknown WAN Variant.
    pub wan_unknown: WanUnknown,
    /// The DCC release whose names for CSP North's WAN Variants are sent (MP106-R6).
    pub csp_release: CspRelease,
    /// Whether the Responsible Supplier may correct the ESME Variant of a SMETS2+ Device while Pending too (MP125-C3).
    pub responsible_supplier_while_pending: bool,
    /// Whether the pre-notifier may correct the ESME Variant after Pending too (MP125-C3).
    pub pre_notifier_after_pending: bool,
    /// Whether the gaining Supplier is asked to confirm the ESME Variant (MP125-R12).
    pub confirm_variant: bool,
    /// Whether a GPF becomes Commissioned with its CHF, and not with the first GSME of the hub (SMI.md 2).
    pub gpf_with_chf: bool,
    /// Whether the TS Applicability Tables are asked about a Device that is installed.
    pub tsat: TsatMode,
    /// Large firmware images.
    pub firmware: FirmwareSettings,
}

impl Default for RuleSettings {
    /// The word for an unknown WAN Variant and the names of release 2.0 (SMI.md 7, O11), and the recommended reading of
    /// MP125-C3: both switches are off. A GPF is commissioned with a GSME (F16). The tables are not asked: a late install stays
    /// possible (MP139-R13).
    fn default() -> Self {
        Self {
            wan_unknown: WanUnknown::Word,
            csp_release: CspRelease::R2_0,
            responsible_supplier_while_pending: false,
            pre_notifier_after_pending: false,
            confirm_variant: false,
            gpf_with_chf: false,
            tsat: TsatMode::Off,
            firmware: FirmwareSettings::default(),
        }
    }
}
