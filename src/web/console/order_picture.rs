//! The states of re-flash orders as a picture, from the engine's table.

use super::diagram::{BOX_HEIGHT, Move, StateBox, StatePicture, arrows};
use crate::{domain::reflash::OrderState, rules::reflash::TABLE};

/// A state, or none before there is an order.
type Place = Option<OrderState>;

const WIDTH: i32 = 1_100;
const HEIGHT: i32 = 430;
/// The top of the row of states that an order goes through.
const ROW: i32 = 150;
/// The width of a box of that row, and how far one is from the next.
const BOX: i32 = 92;
const STEP: i32 = 124;

/// What a place is called.
pub(super) const fn name_of(place: Place) -> &'static str {
    match place {
        Some(state) => state.as_str(),
        None => "no order",
    }
}

/// Where a state stands: the life of an order from left to right, the Party's way out above, and what the DCC and the CSP refuse below.
const fn box_of(place: Place) -> StateBox {
    let (x, y, width) = match place {
        None => (4, ROW, BOX),
        Some(OrderState::Submitted) => (4 + STEP, ROW, BOX),
        Some(OrderState::Authorised) => (4 + 2 * STEP, ROW, BOX),
        Some(OrderState::Despatched) => (4 + 3 * STEP, ROW, BOX),
        Some(OrderState::Received) => (4 + 4 * STEP, ROW, BOX),
        Some(OrderState::InWork) => (4 + 5 * STEP, ROW, BOX),
        Some(OrderState::Done) => (4 + 6 * STEP, ROW, BOX),
        Some(OrderState::Released) => (4 + 7 * STEP, ROW, BOX),
        Some(OrderState::Closed) => (4 + 8 * STEP, ROW, BOX),
        Some(OrderState::Cancelled) => (4 + STEP, 30, 2 * STEP + BOX),
        Some(OrderState::Rejected) => (4, 370, STEP + BOX),
        Some(OrderState::Refused) => (4 + 2 * STEP, 370, STEP + BOX),
    };
    StateBox { x, y, width, height: BOX_HEIGHT, name: name_of(place), is_outside: place.is_none() }
}

/// Every place, in the order of the states.
fn places() -> impl Iterator<Item = Place> {
    std::iter::once(None).chain(OrderState::ALL.iter().copied().map(Some))
}

/// The picture of the table. An event that leaves the state as it is has no arrow.
pub(super) fn picture() -> StatePicture {
    let at = |place: Place| places().position(|other| other == place);
    let moves = (1..).zip(TABLE).flat_map(|(row, moves)| {
        let pairs = moves.from.iter().flat_map(|from| moves.to.iter().map(move |to| (*from, *to)));
        pairs.filter_map(move |(from, to)| {
            Some(Move { row, from: at(from)?, to: at(Some(to))?, by: moves.event.as_str() })
        })
    });
    let boxes = places().map(box_of).collect::<Vec<_>>();
    let arrows = arrows(&boxes, &moves.collect::<Vec<_>>());
    StatePicture {
        id: "order-states",
        title: "The states of a re-flash order",
        text: "Boxes for the states and an arrow for each event that leads from one to another; the table below has every event.",
        width: WIDTH,
        height: HEIGHT,
        boxes,
        arrows,
    }
}

#[cfg(test)]
mod tests {
    use super::{super::diagram::assert_legible, *};

    #[test]
    fn every_event_that_changes_the_state_has_its_arrows() {
        let picture = picture();
        for (number, row) in (1..).zip(TABLE) {
            let is_its = |rows: &str| rows.split(", ").any(|of_arrow| of_arrow == i32::to_string(&number));
            let arrows = picture.arrows.iter().filter(|arrow| is_its(&arrow.rows)).count();
            assert_eq!(arrows, row.from.len() * row.to.len(), "row {number}");
        }
        let titles = picture.arrows.iter().map(|arrow| arrow.title.as_str()).collect::<Vec<_>>();
        assert!(titles.contains(&"Authorised to Submitted: Withdraw; RefuseLate"), "{titles:?}");
    }

    #[test]
    fn boxes_and_labels_are_apart_and_within_the_picture() {
        assert_legible(&picture());
    }
}
