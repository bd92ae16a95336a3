//! The way of an order: the states that it went through, and those that lie ahead of one that goes well.

use super::shown::When;
use crate::domain::{
    Act,
    reflash::{Order, OrderState},
};

/// A state on the way.
pub(super) struct WayStep {
    pub(super) state: String,
    /// When it was reached; none of one that lies ahead.
    pub(super) at: Option<When>,
    pub(super) by: Option<String>,
    pub(super) is_here: bool,
}

/// The states of an order that goes well.
const LIFE: [OrderState; 8] = [
    OrderState::Submitted,
    OrderState::Authorised,
    OrderState::Despatched,
    OrderState::Received,
    OrderState::InWork,
    OrderState::Done,
    OrderState::Released,
    OrderState::Closed,
];

/// The way of an order.
pub(super) fn way_of(order: &Order, acts: &[Act]) -> Vec<WayStep> {
    let moved = acts.iter().filter(|act| act.from != act.to);
    let mut way = moved
        .filter_map(|act| {
            Some(WayStep {
                state: act.to.clone()?,
                at: Some(When(act.at)),
                by: Some(act.by.to_string()),
                is_here: false,
            })
        })
        .collect::<Vec<_>>();
    if let Some(last) = way.last_mut() {
        last.is_here = true;
    }
    if order.state.is_open() {
        let ahead = LIFE.iter().skip_while(|state| **state != order.state).skip(1);
        way.extend(ahead.map(|state| WayStep {
            state: state.to_string(),
            at: None,
            by: None,
            is_here: false,
        }));
    }
    way
}
