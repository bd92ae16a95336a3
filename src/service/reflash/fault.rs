//! Why something about an order is not done.

use crate::{
    db::StoreFault,
    domain::{
        Eui64, Step,
        reflash::{OrderEvent, OrderNumber, OrderState, ReflashRequest},
    },
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
    /// The calendar does not reach as far as the slots that are asked for.
    #[error("{0}")]
    Calendar(#[from] crate::domain::FarDate),
    /// The service failed.
    #[error(transparent)]
    Fault(#[from] Fault),
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
