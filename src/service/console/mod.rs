//! The console's side of the service: people with roles, sign-in, sessions, and what its pages read beside the lists of
//! [`super::manage`].
//!
//! The values that the reads return have names here, so that the table of imports can forbid the console's handlers the store.

mod audit;
mod body_lines;
mod brake;
mod coverage;
mod decisions;
mod import;
mod import_result;
mod job;
mod job_calls;
mod job_list;
mod messages;
mod overview;
mod privacy;
mod reflash_request;
mod rights;
mod search;
mod sessions;
mod sign_in;
mod stock;
mod stock_count;
mod supply_point;
mod uploads;
mod user;
mod users;
mod values;
mod verification;
mod verification_result;

pub use body_lines::{BodyLines, DifferingLine};
pub use brake::TooManyAttempts;
pub use coverage::{CoverageAnswer, CoverageInVersion, RegionInVersion};
pub use import::{ImportKind, Overtaken, UploadRefused};
pub use import_result::{CheckResult, FileFaults, ImportResult, UploadedFile};
pub use job::{Job, JobFailure, JobKind, JobProgress, JobRefused, JobResult, JobState};
pub use messages::OutboxMessage;
pub use overview::{InstanceState, OwnCertificate, ServiceHealth};
pub use reflash_request::{RequestRefused, TriedRequest};
pub use rights::{DeviceRights, InterestedUser, Outcome};
pub use search::{DeviceAtPremises, Found};
pub(super) use sessions::ConsoleState;
pub use sessions::SignedIn;
pub use stock::{StockFilter, StockOverview};
pub use stock_count::StockCount;
pub use supply_point::SupplyPoint;
pub use user::{ConsoleRole, ConsoleUser, PersonName};
pub use users::UserWithCertificate;
pub use values::{
    ActFilterValue, ActOutcomeValue, ChainHeadValue, CoverageExtractValue, DecisionFilterValue,
    DecisionOutcomeValue, DecisionPageValue, DeviceTalliesValue, HistoryPageValue, HistoryPlaceValue,
    ImportedValue, IncompleteSetValue, KeyedActValue, KeyedCaseValue, KeyedDecisionValue, KeyedNoticeValue,
    KindImportsValue, KindValue, LastImportValue, ListOrderValue, ListedMessageValue, MessageActValue,
    MessageStateValue, NoticeFilterValue, OrderFilterValue, OriginValue, OutboxActValue, PageRequestValue,
    PageValue, PlanColumnsValue, RegionsValue, RowChangeValue, ScheduleFilterValue, XmlLineValue,
    XmlPieceValue,
};
pub use verification_result::{ChainFault, VerificationResult, VerifiedChain};
