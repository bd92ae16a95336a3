//! What became of the hubs of an order: outcomes, targets, the work of units (HUBS.md 4; MP155-R16, R18, R34).

use super::OrderHubState;
use crate::domain::{Eui64, FirmwareVersion, HubModel, ReflashUnit, set::closed_set};

closed_set!(
    /// The report about a hub that could not be re-flashed (MP155-R18).
    FaultReport, "a fault report", {
        // A Fault Analysis Report.
        Analysis => "analysis",
        // A manual one, where damage makes an analysis impossible.
        Manual => "manual",
    }
);

/// What became of a hub.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HubOutcomeReport {
    /// It has this firmware now.
    Reflashed(FirmwareVersion),
    /// It could not be re-flashed, and is scrapped (MP155-R18, R19).
    Failed {
        /// The kind of the report about it.
        report: FaultReport,
        /// The reference of the report.
        reference: String,
    },
}

impl HubOutcomeReport {
    /// The state that it gives the hub.
    pub const fn state(&self) -> OrderHubState {
        match self {
            Self::Reflashed(_) => OrderHubState::Reflashed,
            Self::Failed { .. } => OrderHubState::Failed,
        }
    }
}

/// A line of a file of outcomes. Its values are judged with the order (RF/t), so what may be absent is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutcomeLine {
    /// Its line of the file; that of the header is 1.
    pub line: u32,
    /// The CHF.
    pub chf: Eui64,
    /// The outcome.
    pub outcome: OutcomeKind,
    /// The firmware that it has now.
    pub firmware_version: Option<FirmwareVersion>,
    /// The kind of the fault report.
    pub fault_report: Option<FaultReport>,
    /// Its reference; not empty.
    pub fault_reference: Option<String>,
}

closed_set!(
    /// The outcome as a file says it.
    OutcomeKind, "an outcome", {
        Reflashed => "reflashed",
        Failed => "failed",
    }
);

/// A hub of an order in work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HubInWork {
    /// The CHF.
    pub chf: Eui64,
    /// Its state on the order.
    pub state: OrderHubState,
    /// The firmware it is to get; none where none is in production any more.
    pub target: Option<FirmwareVersion>,
    /// Its outcome, where there is one.
    pub outcome: Option<HubOutcomeReport>,
}

/// A unit of the site, and whether it has hubs without an outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitInUse {
    /// The unit.
    pub unit: ReflashUnit,
    /// Whether it is busy.
    pub is_busy: bool,
}

/// A hub that waits for a unit: accepted, without outcome, and in no batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingHub {
    /// The CHF.
    pub chf: Eui64,
    /// Its Device Model.
    pub model: HubModel,
}
