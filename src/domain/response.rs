//! What we may answer.

use super::{
    AdditionalInformation, AuxiliaryEquipment, ConnectivityLikelihood, CplStatus, CspRegion, Date, Device,
    EsmeVariant, Eui64, Mpxns, Place, RequestId, ResponseCode, SchemaVersion, ServiceReferenceVariant,
    Timestamp,
};

/// An answer to one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// The request's version, repeated.
    pub schema_version: SchemaVersion,
    /// The request's ID, where it could be read.
    pub request_id: Option<RequestId>,
    /// Its own ID, for an answer that follows later, or that nobody asked for.
    pub response_id: Option<RequestId>,
    /// The outcome, before it is adapted to the version.
    pub code: ResponseCode,
    /// When it was decided.
    pub at: Timestamp,
    /// The request's variant; see `xml` for what stands here when it could not be read.
    pub variant: ServiceReferenceVariant,
    /// The data, where there are any.
    pub payload: Option<Payload>,
}

/// A DCC Alert that tells a User what the SMI holds of a meter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DccAlert {
    /// Its own ID: from the DCC to the User.
    pub id: RequestId,
    /// When it was made.
    pub at: Timestamp,
    /// The meter.
    pub device: Eui64,
    /// Its supply points; the schema wants the Import MPxN.
    pub mpxns: Mpxns,
    /// The ESME Variant, to be confirmed.
    pub esme_variant: Option<EsmeVariant>,
}

/// The data of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Payload {
    /// SR 8.2: the Devices of the premises, 1 to 17.
    Inventory(Vec<InventoryEntry>),
    /// SR 12.1: the place asked for and what each CSP Region says, at least one.
    WanMatrix(Place, Vec<RegionAnswer>),
}

/// One Device of an SR 8.2 answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InventoryEntry {
    /// The record.
    pub device: Device,
    /// Where its Device Model stands on the Central Products List, if it is there.
    pub cpl_status: Option<CplStatus>,
}

/// What one CSP Region answers to SR 12.1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegionAnswer {
    /// The region.
    pub region: CspRegion,
    /// I0 with coverage, or why there is none.
    pub code: ResponseCode,
    /// The coverage.
    pub coverage: Option<RenderedCoverage>,
}

/// Coverage as the answer shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenderedCoverage {
    /// Whether there is coverage.
    pub available: bool,
    /// From when.
    pub anticipated: Option<Date>,
    /// The technology's text on the wire: a name, `Unknown`, or one space.
    pub technology: &'static str,
    /// How likely a connection is.
    pub likelihood: ConnectivityLikelihood,
    /// What a Communications Hub needs there.
    pub auxiliary_equipment: Option<AuxiliaryEquipment>,
    /// What else the CSP says.
    pub additional_information: Option<AdditionalInformation>,
}
