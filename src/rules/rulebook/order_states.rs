//! The state machine of re-flash orders (HUBS.md 4, MP155-T7). What it does not have is refused.

use OrderActor::{Csp, Dcc, Party};
use OrderState::{
    Authorised, Cancelled, Closed, Despatched, Done, InWork, Received, Refused, Rejected, Released, Submitted,
};

use super::reflash as rules;
use crate::domain::{
    Rule, Standing,
    reflash::{OrderActor, OrderEvent, OrderState},
};

/// One row of the table: what an event leads to.
#[derive(Debug)]
pub struct OrderTransition {
    /// The states that it may come in; none means before there is an order.
    pub from: &'static [Option<OrderState>],
    /// Whether it needs a late arrival that waits for an answer.
    pub needs_late: bool,
    /// The event.
    pub event: OrderEvent,
    /// The states that it may lead to; empty where the state stays.
    pub to: &'static [OrderState],
    /// Who brings it about.
    pub by: &'static [OrderActor],
    /// The rules that are asked.
    pub rules: &'static [&'static Rule],
    /// The standing of the row.
    pub standing: Standing,
    /// The clause it comes from.
    pub source: &'static str,
}

const fn row(
    from: &'static [Option<OrderState>],
    event: OrderEvent,
    to: &'static [OrderState],
    by: &'static [OrderActor],
    rules: &'static [&'static Rule],
    source: (Standing, &'static str),
) -> OrderTransition {
    let (standing, source) = source;
    OrderTransition { from, needs_late: false, event, to, by, rules, standing, source }
}

const SUBMITTED: &[Option<OrderState>] = &[Some(Submitted)];
const BEFORE_DELIVERY: &[Option<OrderState>] = &[Some(Authorised), Some(Despatched)];
const SEED: Standing = Standing::Seed;
const OURS: Standing = Standing::Assumed;

/// The table.
#[rustfmt::skip]
pub const TABLE: &[OrderTransition] = &[
    row(&[None], OrderEvent::Request, &[Submitted, Rejected], &[Party], &rules::GROUNDS, (SEED, "MP155-R1, R5, R6")),
    row(SUBMITTED, OrderEvent::Authorise, &[Authorised], &[Dcc], &[rules::SLOT_OPEN, rules::QUOTA, rules::STILL_HOLDS], (SEED, "MP155-T3, R4, R6")),
    row(SUBMITTED, OrderEvent::Reject, &[Rejected], &[Dcc], &[], (SEED, "MP155-R5, R6")),
    row(&[Some(Submitted), Some(Authorised), Some(Despatched)], OrderEvent::Cancel, &[Cancelled], &[Party], &[], (OURS, "HUBS.md 4")),
    row(BEFORE_DELIVERY, OrderEvent::Withdraw, &[Submitted], &[Dcc], &[], (OURS, "HUBS.md 4")),
    row(&[Some(Authorised)], OrderEvent::Despatch, &[Despatched], &[Party], &[], (SEED, "MP155-T4, R7")),
    row(BEFORE_DELIVERY, OrderEvent::Late, &[], &[Party], &[], (SEED, "MP155-R12")),
    OrderTransition { needs_late: true, ..row(BEFORE_DELIVERY, OrderEvent::AcceptLate, &[], &[Dcc], &[], (SEED, "MP155-R12")) },
    OrderTransition { needs_late: true, ..row(BEFORE_DELIVERY, OrderEvent::RefuseLate, &[Submitted], &[Dcc], &[], (SEED, "MP155-R12")) },
    row(BEFORE_DELIVERY, OrderEvent::Receive, &[Received, Refused], &[Csp], &rules::DELIVERY, (SEED, "MP155-R13, R14, R15")),
    row(&[Some(Received), Some(InWork)], OrderEvent::Correct, &[], &[Csp], &[], (OURS, "HUBS.md 4")),
    row(&[Some(Received)], OrderEvent::Start, &[InWork], &[Csp], &[rules::PURCHASE_ORDER], (SEED, "MP155-R9, R16")),
    row(&[Some(InWork)], OrderEvent::Batch, &[], &[Csp], &[rules::UNIT_FREE], (SEED, "MP155-R34")),
    row(&[Some(InWork)], OrderEvent::Outcome, &[], &[Csp, Dcc], &[rules::OUTCOME_FITS], (SEED, "MP155-R16, R18, R25")),
    row(&[Some(InWork)], OrderEvent::Finish, &[Done, Closed], &[Csp], &[rules::ALL_HAVE_OUTCOMES, rules::IN_WORKING_HOURS], (SEED, "MP155-R17, R20")),
    row(&[Some(Done)], OrderEvent::Amend, &[], &[Party], &[rules::AMENDED_IN_TIME, rules::OWN_ADDRESS, rules::IN_WORKING_HOURS], (SEED, "MP155-R21")),
    row(&[Some(Done)], OrderEvent::Release, &[Released], &[Dcc], &[rules::SMI_IS_UPDATED], (SEED, "MP155-R22, R23, R24")),
    row(&[Some(Released)], OrderEvent::Redelivered, &[Closed], &[Dcc], &[], (SEED, "MP155-R13, R22")),
];

/// The row of an event in a state, or before there is an order; `is_late` where a late arrival waits for an answer.
pub fn transition(
    event: OrderEvent,
    from: Option<OrderState>,
    is_late: bool,
) -> Option<&'static OrderTransition> {
    TABLE.iter().find(|row| row.event == event && row.from.contains(&from) && (is_late || !row.needs_late))
}

/// The events that are allowed in a state, in the order of their names.
pub fn allowed(state: OrderState, is_late: bool) -> Vec<OrderEvent> {
    let is_allowed = |event: &OrderEvent| transition(*event, Some(state), is_late).is_some();
    let mut events = OrderEvent::ALL.iter().copied().filter(is_allowed).collect::<Vec<_>>();
    events.sort_unstable_by_key(|event| event.as_str());
    events
}

/// Whether a late arrival waits for an answer after that event.
pub const fn is_late_after(event: OrderEvent, is_late: bool) -> bool {
    match event {
        OrderEvent::Late => true,
        OrderEvent::AcceptLate
        | OrderEvent::RefuseLate
        | OrderEvent::Withdraw
        | OrderEvent::Cancel
        | OrderEvent::Receive => false,
        OrderEvent::Request
        | OrderEvent::Authorise
        | OrderEvent::Reject
        | OrderEvent::Correct
        | OrderEvent::Despatch
        | OrderEvent::Start
        | OrderEvent::Batch
        | OrderEvent::Outcome
        | OrderEvent::Finish
        | OrderEvent::Amend
        | OrderEvent::Release
        | OrderEvent::Redelivered => is_late,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn places() -> impl Iterator<Item = Option<OrderState>> {
        std::iter::once(None).chain(OrderState::ALL.iter().copied().map(Some))
    }

    fn shown(place: Option<OrderState>) -> &'static str {
        place.map_or("-", OrderState::as_str)
    }

    /// HUBS.md 4, MP155-T7.
    #[test]
    fn every_state_by_every_event() {
        use std::fmt::Write as _;
        let mut moves = String::new();
        for from in places() {
            for event in OrderEvent::ALL {
                let cell = |is_late| match transition(*event, from, is_late) {
                    None => "refused".to_owned(),
                    Some(row) if row.to.is_empty() => shown(from).to_owned(),
                    Some(row) => row.to.iter().map(|to| to.as_str()).collect::<Vec<_>>().join(" or "),
                };
                let (ordinary, late) = (cell(false), cell(true));
                let late = if late == ordinary { String::new() } else { format!("; while late {late}") };
                writeln!(moves, "{:10} {event:11} {ordinary}{late}", shown(from)).unwrap();
            }
        }
        insta::assert_snapshot!("every_state_by_every_event", moves);
    }

    /// HUBS.md 8 row 22, and 4: "as buttons exactly the events that are allowed now".
    #[test]
    fn allowed_events_are_named_in_order() {
        let allowed = OrderState::ALL.iter().flat_map(|state| {
            [false, true].map(|is_late| {
                let events = allowed(*state, is_late);
                let events = events.iter().map(|event| event.as_str()).collect::<Vec<_>>().join(", ");
                format!("{state}{}: {events}", if is_late { ", late" } else { "" }).trim_end().to_owned()
            })
        });
        insta::assert_snapshot!(allowed.collect::<Vec<_>>().join("\n"), @"
            Submitted: Authorise, Cancel, Reject
            Submitted, late: Authorise, Cancel, Reject
            Rejected:
            Rejected, late:
            Authorised: Cancel, Despatch, Late, Receive, Withdraw
            Authorised, late: AcceptLate, Cancel, Despatch, Late, Receive, RefuseLate, Withdraw
            Despatched: Cancel, Late, Receive, Withdraw
            Despatched, late: AcceptLate, Cancel, Late, Receive, RefuseLate, Withdraw
            Received: Correct, Start
            Received, late: Correct, Start
            Refused:
            Refused, late:
            InWork: Batch, Correct, Finish, Outcome
            InWork, late: Batch, Correct, Finish, Outcome
            Done: Amend, Release
            Done, late: Amend, Release
            Released: Redelivered
            Released, late: Redelivered
            Closed:
            Closed, late:
            Cancelled:
            Cancelled, late:
            ");
    }

    #[test]
    fn every_event_has_a_row_and_no_move_stands_twice() {
        for event in OrderEvent::ALL {
            assert!(TABLE.iter().any(|row| row.event == *event), "{event}");
            for from in places() {
                let rows = TABLE.iter().filter(|row| row.event == *event && row.from.contains(&from)).count();
                assert!(rows <= 1, "{event} from {}", shown(from));
            }
        }
        for state in OrderState::ALL {
            let ends = allowed(*state, true).is_empty();
            assert_eq!(
                ends,
                !state.is_open(),
                "{state}: an order is open as long as something can happen to it"
            );
        }
    }

    proptest! {
        /// Whatever comes, an order goes along the table or stays as it is; and it never leaves a state that ends it.
        #[test]
        fn no_sequence_of_events_leaves_the_table(
            events in prop::collection::vec((prop::sample::select(OrderEvent::ALL), any::<prop::sample::Index>()), 0..60)
        ) {
            let (mut state, mut is_late) = (Submitted, false);
            for (event, choice) in events {
                let Some(row) = transition(event, Some(state), is_late) else {
                    prop_assert!(!allowed(state, is_late).contains(&event));
                    continue;
                };
                prop_assert!(state.is_open() && allowed(state, is_late).contains(&event));
                let next = if row.to.is_empty() { state } else { *choice.get(row.to) };
                let is_in_the_table = TABLE.iter().any(|row| {
                    row.event == event && row.from.contains(&Some(state)) && (row.to.contains(&next) || state == next)
                });
                prop_assert!(is_in_the_table);
                is_late = is_late_after(event, is_late);
                state = next;
                let waits = matches!(state, Authorised | Despatched);
                prop_assert!(waits || !is_late, "{state} waits for no answer about a delay");
            }
        }
    }
}
