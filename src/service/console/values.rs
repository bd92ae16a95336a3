//! The names of what the console's reads return.

use crate::{duis::xml::pretty, store};

/// Which acts are listed.
pub type ActFilterValue = store::ActFilter;
/// A case about a maintenance window, with its number.
pub type KeyedCaseValue = store::KeyedCase;
/// An act with its number.
pub type KeyedActValue = store::KeyedAct;
/// A notice with its number.
pub type KeyedNoticeValue = store::KeyedNotice;
/// The order of a list.
pub type ListOrderValue = store::ListOrder;
/// Which notices are listed.
pub type NoticeFilterValue = store::NoticeFilter;
/// Which re-flash orders are listed.
pub type OrderFilterValue = store::OrderFilter;
/// The result of what an operator does about a message.
pub type ActOutcomeValue = store::ActOutcome;
/// The anchor of an audit chain.
pub type ChainHeadValue = store::Head;
/// The coverage extract of a CSP Region.
pub type CoverageExtractValue = store::CoverageExtract;
/// Which decisions are searched.
pub type DecisionFilterValue = store::DecisionFilter;
/// Whether a request was accepted.
pub type DecisionOutcomeValue = store::DecisionOutcome;
/// A page of decisions.
pub type DecisionPageValue = store::DecisionPage;
/// The last count of Devices.
pub type DeviceTalliesValue = store::DeviceTallies;
/// A page of the history of a Device.
pub type HistoryPageValue = store::HistoryPage;
/// A place in the history of a Device.
pub type HistoryPlaceValue = store::HistoryPlace;
/// What an import did.
pub type ImportedValue = store::Imported;
/// A decision and its key.
pub type KeyedDecisionValue = store::KeyedDecision;
/// What a CSV file holds.
pub type KindValue = store::Kind;
/// A part set that waits for more of its parts.
pub type IncompleteSetValue = store::IncompleteSet;
/// What is known of the imports of a kind.
pub type KindImportsValue = store::KindImports;
/// The last import of a kind.
pub type LastImportValue = store::LastImport;
/// A message as the outbox lists it.
pub type ListedMessageValue = store::ListedMessage;
/// What an operator does about a message.
pub type MessageActValue = store::MessageAct;
/// The state of a message.
pub type MessageStateValue = store::MessageState;
/// The origin of a file.
pub type OriginValue = store::Origin;
/// What an operator did about a message.
pub type OutboxActValue = store::OutboxAct;
/// A request for a page of a list.
pub type PageRequestValue = store::PageRequest;
/// A page of a list.
pub type PageValue<T> = store::Paged<T>;
/// What is said of a maintenance window, as text.
pub type PlanColumnsValue = store::PlanColumns;
/// The CSP Regions that a file of coverage may have.
pub type RegionsValue = store::Regions;
/// A row that an import changes.
pub type RowChangeValue = store::RowChange;
/// Which delivery schedules are listed.
pub type ScheduleFilterValue = store::ScheduleFilter;
/// A line of XML laid out for people.
pub type XmlLineValue = pretty::Line;
/// A piece of such a line.
pub type XmlPieceValue = pretty::Piece;
