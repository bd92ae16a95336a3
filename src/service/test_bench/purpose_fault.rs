//! Faults on purpose: what they do, and to which messages (HARNESS.md 5).

use std::{num::NonZero, time::Duration};

use crate::domain::{Eui64, ResponseCode, ServiceReferenceVariant, closed_set};

closed_set!(
    /// What a fault on purpose does.
    FaultKind, "a fault", {
        // The answer comes later.
        Delay => "delay_ms",
        // An HTTP status in the place of a decision.
        Status => "status",
        // A signed answer with that response code in the place of a decision.
        Code => "code",
        // The connection is closed, and nothing is decided.
        DropBefore => "drop_before",
        // The message is decided, and the connection closed in the place of the answer.
        DropAfter => "drop_after",
        // The signature of the answer does not fit it.
        BadSignature => "bad_signature",
        // The answer ends in its middle.
        Truncate => "truncate",
        // The answer says that it is HTML.
        WrongType => "wrong_type",
        // A delivery comes twice.
        DeliverTwice => "deliver_twice",
        // A delivery comes later.
        DeliverLate => "deliver_late_ms",
        // The User's next delivery comes first.
        DeliverOutOfOrder => "deliver_out_of_order",
        // A delivery is lost on its way.
        DeliverNever => "deliver_never",
    }
);

impl FaultKind {
    /// Whether it happens to deliveries; else to requests.
    pub const fn is_of_deliveries(self) -> bool {
        match self {
            Self::DeliverTwice | Self::DeliverLate | Self::DeliverOutOfOrder | Self::DeliverNever => true,
            Self::Delay
            | Self::Status
            | Self::Code
            | Self::DropBefore
            | Self::DropAfter
            | Self::BadSignature
            | Self::Truncate
            | Self::WrongType => false,
        }
    }
}

/// What a fault on purpose does, with its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultAction {
    /// The answer comes so much later.
    Delay(Duration),
    /// An HTTP status, with the seconds of its Retry-After.
    Status(u16, Option<u32>),
    /// A signed answer with that code.
    Code(ResponseCode),
    /// A fault without a value.
    Plain(FaultKind),
    /// The delivery comes so much later.
    DeliverLate(Duration),
}

impl FaultAction {
    /// Its kind.
    pub const fn kind(self) -> FaultKind {
        match self {
            Self::Delay(_) => FaultKind::Delay,
            Self::Status(..) => FaultKind::Status,
            Self::Code(_) => FaultKind::Code,
            Self::Plain(kind) => kind,
            Self::DeliverLate(_) => FaultKind::DeliverLate,
        }
    }
}

/// Which messages a fault fits: those that all of these hold for. Absent ones hold for every message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FaultCondition {
    /// The Service Reference.
    pub service: Option<&'static str>,
    /// The Service Reference Variant.
    pub variant: Option<ServiceReferenceVariant>,
    /// The User who sent the message, or whom a delivery is for.
    pub user: Option<Eui64>,
    /// A Device that the message is about.
    pub device: Option<Eui64>,
    /// Of the messages that the others hold for, the one of this number, from 1.
    pub nth: Option<NonZero<u64>>,
    /// Of a hundred messages, about so many.
    pub percent: Option<u8>,
}

impl FaultCondition {
    /// Whether it asks about the message itself, so that it must be read first.
    pub(super) const fn asks_about_message(&self) -> bool {
        self.service.is_some() || self.variant.is_some() || self.user.is_some() || self.device.is_some()
    }
}

/// A fault on purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PurposeFault {
    /// Its name, which the journal shows.
    pub id: String,
    /// Which messages it fits.
    pub when: FaultCondition,
    /// What it does.
    pub action: FaultAction,
    /// How often it acts at most; absent where there is no limit.
    pub times: Option<NonZero<u64>>,
}
