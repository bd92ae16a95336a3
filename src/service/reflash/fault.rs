//! Why something about an order is not done.

use crate::{
    db::StoreFault,
    domain::{
        Eui64, Step,
        reflash::{Order, OrderEvent, OrderNumber, OrderState, ReflashRequest},
    },
    rules::reflash::allowed,
    service::Fault,
    store::ImportFault,
};

/// Why something about an order is not done. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum ReflashFault {
    /// There is no re-flash service (MP155-C29).
    #[error("`reflash.enabled` is false: there is no re-flash service")]
    Off,
    /// The User is not known, suspended, or of no Party.
    #[error("User {0} is not known, or is suspended")]
    NoUser(Eui64),
    /// There is no such order.
    #[error("there is no order {0}")]
    NoOrder(OrderNumber),
    /// The file cannot be read.
    #[error("{0}")]
    File(ImportFault),
    /// It has more hubs than a request may have.
    #[error("{hubs} hubs; a request has at most {}", ReflashRequest::MAX_HUBS)]
    TooMany {
        /// How many.
        hubs: usize,
    },
    /// The reference was used for something else.
    #[error("the reference was used for {0}, which was asked otherwise")]
    ReferenceUsed(OrderNumber),
    /// The order that it names is not to be amended.
    #[error("{order} is not to be amended: {reason}")]
    NotToBeAmended {
        /// The order.
        order: OrderNumber,
        /// Why.
        reason: String,
    },
    /// The state does not allow the event.
    #[error("{event} is not allowed in the state {state}")]
    NotAllowed {
        /// The event.
        event: OrderEvent,
        /// The state.
        state: OrderState,
        /// What is allowed.
        allowed: Vec<OrderEvent>,
    },
    /// A rule refuses.
    #[error("{}", refusal(.0))]
    Refused(Vec<Step>),
    /// A value does not fit.
    #[error("{place}: {reason}")]
    Malformed {
        /// Which one.
        place: &'static str,
        /// Why.
        reason: crate::domain::Malformed,
    },
    /// An ID stands twice in the file of a delivery.
    #[error(transparent)]
    Twice(#[from] crate::rules::reflash::ReceivedTwice),
    /// The calendar does not reach as far as the slots that are asked for.
    #[error("{0}")]
    Calendar(#[from] crate::domain::FarDate),
    /// The service failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl ReflashFault {
    /// The fault of an event that the state of the order does not allow.
    pub(super) fn not_allowed(event: OrderEvent, order: &Order) -> Self {
        Self::NotAllowed { event, state: order.state, allowed: allowed(order.state, order.late.is_some()) }
    }

    /// The fault of a file.
    pub(in crate::service) fn of_file(fault: ImportFault) -> Self {
        match fault {
            ImportFault::Store(fault) => fault.into(),
            fault @ (ImportFault::Rows { .. }
            | ImportFault::Read(_)
            | ImportFault::UnderWay
            | ImportFault::Overtaken) => Self::File(fault),
        }
    }
}

impl From<StoreFault> for ReflashFault {
    fn from(fault: StoreFault) -> Self {
        Self::Fault(fault.into())
    }
}

fn refusal(checks: &[Step]) -> String {
    let refused = checks.iter().filter(|step| !step.holds && !step.rule.code.is_success());
    let text =
        |step: &Step| format!("{}: required: {}; found: {}", step.rule.id, step.rule.requires, step.saw);
    refused.map(text).collect::<Vec<_>>().join("; ")
}
