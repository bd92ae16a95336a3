//! The events that come one by one, with what each needs.

use super::Redelivery;
use crate::domain::{
    ActReason, FreeText, Timestamp, instant_text,
    reflash::{OrderEvent, ReasonLabel, Slot, Unloader},
};

/// What happens to an order, with what it needs.
#[derive(Clone, Debug)]
pub enum EventDetails {
    /// The DCC agrees a delivery.
    Authorise {
        /// When.
        slot: Slot,
        /// Its purchase order.
        purchase_order: Option<FreeText>,
        /// The number of another system's Work Order.
        work_order: Option<FreeText>,
        /// Another contact than that of the settings.
        contact: Option<FreeText>,
    },
    /// The DCC rejects it.
    Reject {
        /// Why: one at least.
        reasons: Vec<ReasonLabel>,
        /// More, in words.
        note: Option<ActReason>,
    },
    /// The Party cancels it.
    Cancel {
        /// Why.
        reason: Option<ActReason>,
    },
    /// The DCC takes the slot back.
    Withdraw {
        /// Why.
        reason: Option<ActReason>,
    },
    /// The Party sends the hubs.
    Despatch {
        /// When.
        sent_at: Timestamp,
    },
    /// The Party will be late.
    Late {
        /// When it arrives.
        arrives: Slot,
    },
    /// The DCC takes the later arrival.
    AcceptLate,
    /// The DCC does not.
    RefuseLate {
        /// Why.
        reason: Option<ActReason>,
    },
    /// The site begins.
    Start {
        /// The purchase order, where it is known only now.
        purchase_order: Option<FreeText>,
    },
    /// The site is done.
    Finish {
        /// The guidance that the work followed.
        guidance: FreeText,
        /// When the hubs go back, where that is not as it was asked.
        redelivery: Redelivery,
    },
    /// The Party wants its hubs back otherwise.
    Amend {
        /// How.
        redelivery: Redelivery,
    },
    /// The hubs go back.
    Release,
    /// They are back.
    Redelivered {
        /// Who unloaded.
        unloaded_by: Unloader,
        /// When the unloading began.
        started_at: Timestamp,
        /// When it ended.
        finished_at: Timestamp,
    },
}

impl EventDetails {
    /// The event.
    pub const fn event(&self) -> OrderEvent {
        match self {
            Self::Authorise { .. } => OrderEvent::Authorise,
            Self::Reject { .. } => OrderEvent::Reject,
            Self::Cancel { .. } => OrderEvent::Cancel,
            Self::Withdraw { .. } => OrderEvent::Withdraw,
            Self::Despatch { .. } => OrderEvent::Despatch,
            Self::Late { .. } => OrderEvent::Late,
            Self::AcceptLate => OrderEvent::AcceptLate,
            Self::RefuseLate { .. } => OrderEvent::RefuseLate,
            Self::Start { .. } => OrderEvent::Start,
            Self::Finish { .. } => OrderEvent::Finish,
            Self::Amend { .. } => OrderEvent::Amend,
            Self::Release => OrderEvent::Release,
            Self::Redelivered { .. } => OrderEvent::Redelivered,
        }
    }

    /// Why, as the act keeps it.
    pub(super) fn reason(&self) -> Option<ActReason> {
        match self {
            Self::Reject { note: reason, .. }
            | Self::Cancel { reason }
            | Self::Withdraw { reason }
            | Self::RefuseLate { reason } => reason.clone(),
            Self::Authorise { .. }
            | Self::Despatch { .. }
            | Self::Late { .. }
            | Self::AcceptLate
            | Self::Start { .. }
            | Self::Finish { .. }
            | Self::Amend { .. }
            | Self::Release
            | Self::Redelivered { .. } => None,
        }
    }

    /// More of it, as the act keeps it.
    pub(super) fn detail(&self) -> Option<String> {
        match self {
            Self::Authorise { slot, .. } => Some(format!("delivery {slot}")),
            Self::Reject { reasons, .. } => {
                Some(reasons.iter().map(|label| label.as_str()).collect::<Vec<_>>().join(", "))
            }
            Self::Despatch { sent_at } => Some(format!("sent {}", instant_text(*sent_at))),
            Self::Late { arrives } => Some(format!("arrives {arrives}")),
            Self::Start { purchase_order } => {
                purchase_order.as_ref().map(|number| format!("purchase order {number}"))
            }
            Self::Finish { guidance, .. } => Some(format!("guidance {guidance}")),
            Self::Amend { redelivery } => Some(redelivery.to_string()),
            Self::Redelivered { unloaded_by, finished_at, .. } => {
                Some(format!("unloaded by the {unloaded_by}, ended {}", instant_text(*finished_at)))
            }
            Self::Cancel { .. }
            | Self::Withdraw { .. }
            | Self::AcceptLate
            | Self::RefuseLate { .. }
            | Self::Release => None,
        }
    }
}
