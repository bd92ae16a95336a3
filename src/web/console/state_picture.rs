//! The moves between SMI Statuses as a picture: boxes and arrows from the engine's table, each arrow with the numbers of its rows.

use super::diagram::{BOX_HEIGHT, Move, StateBox, StatePicture, arrows};
use crate::{domain::SmiStatus, rules::status::TABLE};

/// A status, or none for what is outside of the SMI.
type Place = Option<SmiStatus>;

const WIDTH: i32 = 1_100;
const HEIGHT: i32 = 430;
/// The top of the row of statuses that a Device goes through.
const ROW: i32 = 180;

/// What a place is called.
pub(super) const fn name_of(place: Place) -> &'static str {
    match place {
        Some(status) => status.as_str(),
        None => "not in the SMI",
    }
}

/// Where a status stands: the life of a Device from left to right, what interrupts it above, and its end below.
const fn box_of(place: Place) -> StateBox {
    let (x, y, width) = match place {
        None => (10, ROW, 120),
        Some(SmiStatus::Pending) => (190, ROW, 90),
        Some(SmiStatus::Whitelisted) => (345, ROW, 110),
        Some(SmiStatus::InstalledNotCommissioned) => (520, ROW, 200),
        Some(SmiStatus::Commissioned) => (785, ROW, 130),
        Some(SmiStatus::Recovered) => (985, ROW, 105),
        Some(SmiStatus::Recovery) => (985, 60, 105),
        Some(SmiStatus::Withdrawn) => (985, 290, 105),
        Some(SmiStatus::Suspended) => (345, 30, 570),
        Some(SmiStatus::Decommissioned) => (190, 370, 725),
    };
    StateBox { x, y, width, height: BOX_HEIGHT, name: name_of(place), is_outside: place.is_none() }
}

/// Every place, in the order in which a Device goes through them.
fn places() -> impl Iterator<Item = Place> {
    std::iter::once(None).chain(SmiStatus::ALL.iter().copied().map(Some))
}

/// The picture of the table.
pub(super) fn picture() -> StatePicture {
    let at = |place: Place| places().position(|other| other == place);
    let moves = (1..).zip(TABLE).flat_map(|(row, moves)| {
        let one = move |from: &Place| {
            Some(Move { row, from: at(*from)?, to: at(moves.to)?, by: moves.by.as_str() })
        };
        moves.from.iter().filter_map(one)
    });
    let boxes = places().map(box_of).collect::<Vec<_>>();
    let arrows = arrows(&boxes, &moves.collect::<Vec<_>>());
    StatePicture {
        id: "states",
        title: "The moves between SMI Statuses",
        text: "Boxes for the statuses and an arrow for each move between two; the table below has every move in words.",
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
    fn every_move_of_the_table_has_its_arrow() {
        let picture = picture();
        for (number, row) in (1..).zip(TABLE) {
            let rows = picture
                .arrows
                .iter()
                .filter(|arrow| arrow.rows.split(", ").any(|of_arrow| of_arrow == i32::to_string(&number)));
            assert_eq!(rows.count(), row.from.len(), "row {number}");
        }
        let titles = picture.arrows.iter().map(|arrow| arrow.title.as_str()).collect::<Vec<_>>();
        assert!(titles.contains(&"Pending to not in the SMI: DeleteDevice"), "{titles:?}");
    }

    #[test]
    fn boxes_and_labels_are_apart_and_within_the_picture() {
        assert_legible(&picture());
    }
}
