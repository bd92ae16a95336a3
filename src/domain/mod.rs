//! Domain types: the values, requests, facts, changes and decisions that the rules work on, under the names of the SEC and
//! of DUIS.
//!
//! A value is validated once, when it is parsed, and is valid by construction afterwards. Nothing here depends on XML, HTTP,
//! SQL or a clock.

// In the order in which they build on each other: parsing, single values, records, requests and answers, decisions.
mod checked_text;
mod escape;
mod malformed;
pub(crate) mod set;

mod id;
mod instance;
mod instant;
mod text;
mod version;
mod yes_no;

mod code;
mod service;

mod coverage;
mod csp;
mod device;
mod user;

mod calendar;
pub mod tsat;

mod act;
mod contact;
mod notice;

mod change_record;
mod hub_stock;
pub mod maintenance;
pub mod privacy;

mod alert;
mod arrival;
mod date_time;
mod firmware;
mod han_log;
mod hub;
mod request;
mod response;

mod case;
mod change;
mod device_change;
mod device_field;
mod device_history;
mod facts;
mod n3;
mod rule;
mod ssmi;

pub mod reflash;

mod inventory_report;
mod variants;

pub use act::{Act, ActArea, ActCheck};
pub use alert::{AlertBody, AlertCode, AlertKind, CodeSource, DccAlert};
pub use arrival::{Arrival, Peer};
pub use calendar::{
    Calendar, CalendarOverride, DayKind, FarDate, LondonMonth, bank_holidays, london_date, london_instant,
    london_text, london_time, parse_london_or_utc_minute, week_of,
};
pub use case::{Case, Facts, MoveRequest};
pub use change::Change;
pub use change_record::{ChangeEffect, ChangeOutcome, ChangeRecord, IncidentCategory};
pub use code::ResponseCode;
pub use contact::Contact;
pub use coverage::{
    ConnectivityLikelihood, Coverage, CoverageRow, CoverageSource, CoveredPlace, CspRegion, CspRelease,
    WanTechnology, age_in_days,
};
pub use csp::{AnswerAge, CspAnswer, CspFailure, CspOutcome, LiveCoverage, Provenance, RegionFacts};
pub use date_time::DateTimeText;
pub use device::{
    Connectivity, CplStatus, Device, DeviceDetails, DeviceType, EsmeVariant, MpxnKind, Mpxns, PropertyFilter,
    SmiStatus,
};
pub use device_change::{DeviceChange, StatusMove};
pub use device_field::{DetailsChange, DeviceField, FieldChange};
pub use device_history::{HistoryEvent, PastRecord, PastValue, RecordUndo, RecordedChange};
pub use escape::{escape_invisible, escape_invisible_in_lines};
pub use facts::{Account, CplFacts, DeviceFacts, HanLogFacts, NewDeviceFacts, RequestIdUse, Responsibility};
pub use firmware::{
    ActivateFirmware, ActivateFirmwareFacts, ActivationOutcome, ActivationStanding, AskedBatch,
    AwaitedActivation, BatchNumber, BatchProgress, BatchState, ClashSettlement, CountedActivation, DayBatch,
    DayCapacity, DeliveryBatch, DeliverySchedule, FirmwareChange, FirmwareDay, FirmwareHash, FirmwareImage,
    FirmwareNotice, FirmwareWarning, ImageModel, ImageRecipient, ImageRecipientFacts, ImageRecipients,
    ImageSize, ImageSource, PartSet, RegisteredImage, ResponseResult, ScheduleAsk, ScheduleNumber,
    ScheduleState, SetPart, UpdateFirmware, UpdateFirmwareFacts,
};
pub use han_log::{
    Awaited, AwaitedChange, HanLogChange, InstallCode, JoinTime, UpdateHanDeviceLog, WhitelistEntry,
};
pub use hub::{
    HubConnection, HubFaultReason, HubFaultReturn, HubFaultReturnType, HubInstall, HubInstallType,
    HubLocation, HubNoFaultReturn, HubNoFaultReturnType, Obstructions, PremiseType,
};
pub use hub_stock::{
    Band, Charge, ChargeKind, Charges, FirmwareList, Forecast, Generation, HubFirmware, HubLimit, HubModel,
    HubNumber, HubReport, HubVersion, InstalledGroup, LocationUse, Packaging, Parties, Pence, ReflashSite,
    ReflashUnit, RegulatoryYear, ShownVersion, StockDivision, StockGroup, StockLocation, StockRow,
    UnitPlaces, pounds, send_by,
};
pub use id::{Eui64, Mpxn, RequestId, Uprn};
pub use instance::Instance;
pub use instant::{Date, Now, Timestamp, hour_of, instant_text, parse_date, parse_instant};
pub use inventory_report::InventoryReport;
pub use malformed::Malformed;
pub use n3::{
    CSPM_N3, Csp, HUB_PARAMETERS, Hub, HubBatch, HubDecision, HubFacts, HubNotification, HubOrigin,
    HubOutcome, HubUpdate, OrderedHub, hub_parameter,
};
pub use notice::{
    Audience, MailAddress, Notice, NoticeChannel, NoticeKind, NoticeSubject, Recipient, RecipientName,
};
pub use request::{
    Body, ChangedDetails, DevicePrenotification, InventoryChange, PremisesKey, ReadInventory, Request,
    StatusCh, StatusExceptCh, UpdateInventory,
};
pub use response::{InventoryEntry, Payload, RegionAnswer, RenderedCoverage, Response};
pub use rule::{CodeOverrides, Decision, Refusal, Rule, Standing, Step, Trace};
pub use service::{CommandVariant, RequestType, ServiceReferenceVariant, ServiceRequest, WebService};
pub(crate) use set::closed_set;
pub use ssmi::{OrderOutcome, SSMI, SsmiFacts, SsmiLine};
pub use text::{
    ActReason, ActorName, AdditionalInformation, AddressIdentifier, AsnNumber, AssessmentFindings,
    AuditorName, AuxiliaryEquipment, ChangeId, ChangeLesson, ChangeTitle, DeviceManufacturer, DeviceModel,
    District, FirmwareVersion, FreeText, HubInformation, ImageName, IncidentReference, LocationId,
    LocationText, PackageId, PartySignifier, PostCode, SmetsChtsVersion, TsatText, TsatVersion, UnitId,
    UserReference, is_xml_char,
};
pub use user::{Registration, Role, User, UserStatus};
pub use variants::{
    AuxiliaryLoad, EsmeGroup, EsmeModel, EsmePeers, EvidenceKind, EvidenceStrength, ModelVariants, PeerCount,
    VariantDivision,
};
pub use version::{AnswerVersion, SchemaVersion, Shape};
pub use yes_no::YesNo;
