//! What a decision may change. The store applies these and nothing else.

use super::{Date, Device, DeviceDetails, Eui64, Mpxn, MpxnKind, SmiStatus};

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
    /// A Device leaves; its history stays, and whatever was associated with it no longer is.
    Remove(Eui64),
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
