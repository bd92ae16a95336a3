//! What a decision may change. The store applies these and nothing else.

use super::{
    Date, Device, DeviceDetails, Eui64, HanLogChange, Mpxn, MpxnKind, Mpxns, RequestId, SchemaVersion,
    SmiStatus,
};

/// One change to the SMI.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A Device joins.
    Add(Box<Device>),
    /// A Device's details become these.
    SetDetails(Eui64, DeviceDetails),
    /// A Device moves from one SMI Status to another.
    SetStatus(StatusMove),
    /// A supply point of a Device becomes this.
    SetMpxn(Eui64, MpxnKind, Mpxn),
    /// A Device is associated with this CHF, or with none.
    SetChf(Eui64, Option<Eui64>),
    /// A Device's outcome is awaited, and then this follows.
    Await(Box<Awaited>),
    /// Nothing is awaited of a Device any more.
    Settle(Eui64),
    /// A Device leaves; its history stays, and whatever was associated with it no longer is.
    Remove(Eui64),
}

/// What a User asked of a CHF, until it is known whether the CHF did it (SR 8.11).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Awaited {
    /// The request.
    pub request_id: RequestId,
    /// The version its answer is to be in.
    pub schema_version: SchemaVersion,
    /// The CHF.
    pub chf: Eui64,
    /// The Device that joins or leaves its log.
    pub device: Eui64,
    /// Joins or leaves.
    pub change: HanLogChange,
    /// The supply points that a meter gets with it.
    pub mpxns: Mpxns,
}

/// A move of one Device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatusMove {
    /// The Device.
    pub device: Eui64,
    /// Where it stood.
    pub from: SmiStatus,
    /// Where it stands now.
    pub to: SmiStatus,
    /// Its new DateCommissioned, where the move sets one.
    pub date_commissioned: Option<Date>,
}
