//! The HTTP servers: receive requests, pass them to the service and send its answers. No rules are decided here.

mod answer_body;
mod body;
mod bounds;
mod console;
mod correlation_id;
mod csp_gateway;
mod csv_text;
mod duis;
mod explain;
mod firmware;
mod forward_schedule;
mod forwarding;
mod gated;
mod health;
mod history_act;
mod local_time;
mod maintenance;
mod maintenance_now;
mod manage;
mod media_type;
mod on_purpose;
mod overload;
mod papers;
mod permits;
mod planned_maintenance;
mod privacy;
mod reader;
mod recording;
mod report_stream;
mod reports;
mod server;
pub mod server_thread;
mod state_restore;
mod stream;
mod tsat;
mod variants;

mod idle_timeout;
mod tls;

pub use bounds::Bounds;
pub use firmware::{
    DisplacedDelivery, ListedSchedules, PlannedBatch, ScheduleRoom, ScheduleSummary, ShownAgreedBatch,
    ShownContactCheck, ShownDeliveryBatch, ShownDeliverySchedule, ShownFirmwareDay, ShownFirmwareDays,
    ShownFirmwarePlan, ShownFirmwareScope, ShownFirmwareSupplier, ShownFirmwareUser, ShownImageTargets,
    ShownTarget,
};
pub use forward_schedule::{FeedFormat, ListedForward, ShownForward, forward_csv, icalendar};
pub use history_act::{HistoryAct, RuleCheck};
pub use maintenance_now::{ShownInForce, ShownNext, ShownNow};
pub use manage::{
    GivenOut, HubStateCounts, ListedNotices, ListedOrders, OpenSlots, OrderBody, OrderSummary, ShownDelivery,
    ShownFinding, ShownHub, ShownNotice, ShownPeriod, ShownPlace, ShownReason, ShownRecipient,
    ShownRedelivery, ShownSlot, ShownValidity, UnitHubs, routes as manage_routes,
};
pub use planned_maintenance::{
    MaintenanceChange, ShownAllowanceUse, ShownMaintenance, ShownMaintenanceCase, ShownMaintenanceCheck,
    ShownMonthCheck, ShownPublication, ShownPublishedWindow, ShownRevision, ShownWindow, ShownWindowChange,
};
pub use privacy::{
    ACTIVITY_COLUMNS, ASSESSMENT_COLUMNS, NOT_ASSESSED_COLUMNS, REPORT_COLUMNS, SHARE_COLUMNS, ShownActivity,
    ShownAssessment, ShownEvaluation, ShownNotAssessed, ShownPrivacyLine, ShownPrivacyParty,
    ShownPrivacyReport, ShownPrivacyUser, ShownShare, ShownUserActivity, activity_cells, assessment_cells,
    not_assessed_cells, report_cells, share_cells,
};
pub use reports::{report_csv, report_json};
pub use server::{Listener, ListenerKind, bind, spawn};
pub use tls::ListenerTls;
pub use tsat::{
    ShownAnswer, ShownCellChange, ShownCompatibility, ShownCompatibilityRecord, ShownDifference,
    ShownDocumentVersions, ShownEffectiveDates, ShownJudgement, ShownReview, ShownReviewedRow, ShownTables,
    ShownTsatRow, ShownTsatVersion, ShownWayUp,
};
pub use variants::{
    ShownAgainst, ShownCorrections, ShownEvidence, ShownPair, ShownSuspect, ShownSuspects, ShownVariantLine,
    ShownVariantReport, ShownWeek, VARIANT_REPORT_COLUMNS, variant_report_cells,
};
