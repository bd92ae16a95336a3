//! What happened to a message of the outbox, in the order of time.

use super::shown::When;
use crate::service::console::{ListedMessageValue, MessageActValue, OutboxActValue};

/// An event.
#[derive(Clone, Debug)]
pub(super) struct EventRow {
    pub(super) at: When,
    pub(super) event: &'static str,
    /// The operator, if one did it.
    pub(super) by: Option<String>,
    pub(super) reason: Option<String>,
}

/// The events of a message. Of its attempts only the number and the last failure are kept.
pub(super) fn of(message: &ListedMessageValue, acts: Vec<OutboxActValue>) -> Vec<EventRow> {
    let event = |at, event, reason| EventRow { at: When(at), event, by: None, reason };
    let mut events = vec![event(message.created_at, "put into the outbox", None)];
    // A message that is given up counts as parked from then on.
    let given_up_at = message.given_up.as_ref().map(|act| act.at);
    if let Some(at) = message.parked_at.filter(|at| Some(*at) != given_up_at) {
        events.push(event(at, "parked: its User refused it several times", message.last_error.clone()));
    }
    events.extend(acts.into_iter().map(|act| EventRow {
        at: When(act.at),
        event: match act.act {
            MessageActValue::SendAgain => "sent again",
            MessageActValue::GiveUp => "given up",
        },
        by: Some(act.by.unwrap_or_else(|| "a program with the token".to_owned())),
        reason: act.reason,
    }));
    if let Some(at) = message.delivered_at {
        events.push(event(at, "delivered", None));
    }
    // Stable: what happened at one instant stays in the order of above.
    events.sort_by_key(|event| event.at.0);
    events
}
