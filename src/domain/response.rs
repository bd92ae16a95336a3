//! Responses and DCC Alerts, before they are encoded and signed.

use super::{
    AdditionalInformation, AuxiliaryEquipment, ConnectivityLikelihood, CplStatus, CspRegion, Date, Device,
    FirmwareWarning, PremisesKey, RequestId, ResponseCode, SchemaVersion, ServiceReferenceVariant, Timestamp,
};

/// The response to one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// The schemaVersion that it is written in: that of the request, or another by [`AnswerVersion`](super::AnswerVersion).
    pub schema_version: SchemaVersion,
    /// The request's ID, if it could be read.
    pub request_id: Option<RequestId>,
    /// Its own ID, if it is sent later, through the outbox.
    pub response_id: Option<RequestId>,
    /// The response code. The encoder replaces it if the schema version does not know it.
    pub code: ResponseCode,
    /// The time of the decision.
    pub at: Timestamp,
    /// The variant of the request, or [`ServiceReferenceVariant::unreadable`].
    pub variant: ServiceReferenceVariant,
    /// The data, if any.
    pub payload: Option<Payload>,
}

/// The data of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Payload {
    /// SR 8.2: the Devices of the premises, 1 to 17.
    Inventory(Vec<InventoryEntry>),
    /// SR 11.1: the Devices that the image is not sent to, at least one.
    FirmwareWarning(FirmwareWarning),
    /// SR 12.1: the key of the premises, and the answer of each CSP Region, at least one.
    WanMatrix(PremisesKey, Vec<RegionAnswer>),
}

/// One Device of an SR 8.2 answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InventoryEntry {
    /// The record.
    pub device: Device,
    /// The status of its Device Model on the Central Products List, if it is listed.
    pub cpl_status: Option<CplStatus>,
}

/// The answer of one CSP Region to SR 12.1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegionAnswer {
    /// The region.
    pub region: CspRegion,
    /// I0 if there is coverage, otherwise the reason for its absence.
    pub code: ResponseCode,
    /// The coverage.
    pub coverage: Option<RenderedCoverage>,
}

/// Coverage in the form of the answer, with the settings of the rules applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenderedCoverage {
    /// Whether there is coverage.
    pub available: bool,
    /// The date from which it is available.
    pub anticipated: Option<Date>,
    /// The technology's text on the wire: a name, `Unknown`, or one space.
    pub technology: &'static str,
    /// How likely a connection is.
    pub likelihood: ConnectivityLikelihood,
    /// The equipment that a Communications Hub needs there.
    pub auxiliary_equipment: Option<AuxiliaryEquipment>,
    /// Free text of the CSP.
    pub additional_information: Option<AdditionalInformation>,
}
