//! The TS Applicability Tables in decisions: whether a Device may be installed now (HUBS.md 5, TSAT/e).

use super::{RuleSettings, TsatMode, rulebook::tsat as rules};
use crate::domain::{
    Refusal, ResponseCode, SmiStatus, Trace,
    tsat::{InstallValidity, May},
};

/// Whether a move installs the Device: from stock, or from the log of its hub, to a status of an installed one.
const fn installs(from: SmiStatus, to: SmiStatus) -> bool {
    matches!(from, SmiStatus::Pending | SmiStatus::Whitelisted)
        && matches!(to, SmiStatus::InstalledNotCommissioned | SmiStatus::Commissioned)
}

/// Checks or notes, as the settings say, whether a Device that moves so may be installed. `code` is the answer of a refusal. A move that
/// installs nothing is not asked about.
pub(super) fn check_move(
    (from, to): (SmiStatus, SmiStatus),
    validity: Option<&InstallValidity>,
    settings: RuleSettings,
    code: ResponseCode,
    trace: &mut Trace,
) -> Result<(), Refusal> {
    let Some(validity) = validity.filter(|_| installs(from, to)) else { return Ok(()) };
    match settings.tsat {
        TsatMode::Off => Ok(()),
        TsatMode::Note => {
            note(validity, trace);
            Ok(())
        }
        TsatMode::Refuse => {
            let holds = validity.install.may != May::No;
            trace.require_or_answer(rules::MAY_INSTALL, holds, validity.to_string(), code)
        }
    }
}

/// Notes whether a Device may be installed. It refuses nothing.
pub(super) fn note(validity: &InstallValidity, trace: &mut Trace) {
    let holds = validity.install.may != May::No;
    trace.note(rules::MAY_INSTALL, holds, format!("{validity}; noted, and refuses nothing"));
}
