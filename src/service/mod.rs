//! The request pipeline: decode, verify, decide in a batch, sign and store, reply.
//!
//! A request's changes, history, decision record and answer are stored in one transaction, and the answer is sent after the
//! commit. Messages whose sender is not verified (checks 1 to 4) are logged and answered, but not stored. Otherwise
//! anyone could fill the store.

mod acts;
mod alerts;
mod answer_version;
mod app;
mod asked;
mod audit;
mod batch;
mod batch_queue;
mod batch_schedule;
mod boxed_pki;
mod calendar;
mod change_feed;
mod choices;
pub mod console;
pub mod csp;
mod decide;
mod device_event;
mod explain_message;
mod fault;
mod felt_maintenance;
mod firmware;
pub mod forward;
mod forward_schedule;
mod gate;
mod gathered;
mod gathering;
mod handover;
mod hub_batch;
mod hub_stock;
pub mod hubs;
mod imported_moves;
pub mod inventory_reports;
mod job_watch;
pub mod jobs;
mod late_answer;
mod live_coverage;
mod maintenance;
mod maintenance_now;
mod maintenance_watch;
pub mod manage;
mod measure;
mod message;
mod message_excerpt;
mod message_refusal;
mod notices;
mod pending;
mod privacy;
mod privacy_result;
mod reflash;
mod refusals;
mod refused_messages;
mod report_queue;
mod reports;
mod simulation;
mod ssmi;
mod supplier_looks;
mod supplier_notice;
mod tallies;
pub mod test_bench;
mod ticket;
mod tsat;
mod unpublished_versions;
mod unrecorded;
mod user_permits;
pub mod variants;
mod verify_pool;
mod what_if;
mod write_probe;

pub use app::App;
pub use asked::{AskedFault, RefusedValue, require_party, require_user};
pub use audit::{VerificationWatch, verify_chains};
pub use change_feed::{FeedChange, FeedFault, FeedPage, FeedQuestion};
pub use choices::{Choices, SimulatedDevices, SimulatedServiceDesk};
pub use device_event::{EventOutcome, PersonsReport, ReportOutcome};
pub use explain_message::{ExplainedMessage, Explaining, NotExplained, SignatureVerdict};
pub use fault::Fault;
pub use felt_maintenance::{FeltMaintenance, MaintenanceAnswer};
pub use firmware::{
    AgreeSchedule, AgreedBatch, ClashChoice, FirmwareCheck, FirmwareDayUse, FirmwareDays, ImageRegister,
    ImageTargets, ListedSchedule, ScheduleFault, ScopedSupplier, ShownSchedule, UserDayUse, check_firmware,
    firmware_days, firmware_scope, image_targets, list_schedules, plan_firmware, show_schedule,
};
pub use forward_schedule::forward_windows;
pub use gate::{Closed, Gate, Passed};
pub use handover::{Handover, Reason};
pub use hub_batch::{Gateway, HubReply};
pub use job_watch::JobWatch;
pub use maintenance::{
    Announced, CaseOpening, ExpectedWindow, MaintenanceFault, MaintenanceOverview, MonthSummary, Published,
    WINDOW_NOTICES, WindowClosing, WindowDetails, check_maintenance_month, window_mark,
};
pub use maintenance_now::{MaintenanceNow, WindowInForce, maintenance_now};
pub use maintenance_watch::{FeltWindow, MaintenanceStop, MaintenanceWatch};
pub use message_excerpt::MessageExcerpt;
pub use pending::Reply;
pub use privacy::{EvaluationFault, privacy_activity, privacy_report, privacy_review};
pub use privacy_result::{Activity, Evaluated};
pub use reflash::{
    AgreedDelivery, DeliveryReport, EventDetails, ListedOrder, NewestForecast, OrderChange, OrderStatement,
    OutcomeReport, PackedHubs, Redelivery, ReflashFault, RequestDraft, ShownOrder, SiteCapacity,
    SiteOverview, SiteUse,
};
pub use refused_messages::RefusedMessage;
pub use report_queue::Simulation;
pub use reports::{
    AskedReport, MisplacedField, MonthlyReport, ReportBasis, ReportCell, ReportField, ReportName,
    ReportTable, make_report,
};
pub use ssmi::{SsmiAnswer, SsmiFault, SsmiHub};
pub use tallies::{AnswersOfHours, AnswersSince, LONGEST_SPAN, Tallies, TallyRound};
pub use ticket::Ticket;
pub use what_if::{PartialQuestion, decide_what_if};
