//! The moves between SMI Statuses as a picture: boxes and arrows from the engine's table, each arrow with the numbers of its rows.

use crate::{
    domain::SmiStatus,
    rules::status::{PermittedMoves, TABLE},
};

/// A status, or none for what is outside of the SMI.
type Place = Option<SmiStatus>;

/// The picture.
#[derive(Clone, Debug)]
pub(super) struct StatePicture {
    pub(super) width: i32,
    pub(super) height: i32,
    pub(super) boxes: Vec<StateBox>,
    pub(super) arrows: Vec<Arrow>,
}

/// A status.
#[derive(Clone, Copy, Debug)]
pub(super) struct StateBox {
    pub(super) x: i32,
    pub(super) y: i32,
    pub(super) width: i32,
    pub(super) height: i32,
    pub(super) name: &'static str,
    /// Whether it is no status.
    pub(super) is_outside: bool,
}

impl StateBox {
    pub(super) const fn center_x(&self) -> i32 {
        self.x + self.width / 2
    }

    pub(super) const fn center_y(&self) -> i32 {
        self.y + self.height / 2
    }

    /// Where a name stands, on the line that letters stand on.
    pub(super) const fn base_line(&self) -> i32 {
        self.center_y() + 5
    }

    const fn right(&self) -> i32 {
        self.x + self.width
    }

    const fn bottom(&self) -> i32 {
        self.y + self.height
    }

    const fn is_over(&self, other: &Self) -> bool {
        self.x < other.right() && other.x < self.right()
    }
}

/// All moves from one status to another.
#[derive(Clone, Debug)]
pub(super) struct Arrow {
    /// The path, as SVG writes it.
    pub(super) path: String,
    /// The rows of the table, counted from 1, and where they stand.
    pub(super) rows: String,
    pub(super) label_x: i32,
    pub(super) label_y: i32,
    /// What it says in words.
    pub(super) title: String,
}

const WIDTH: i32 = 1_100;
const HEIGHT: i32 = 430;
/// The top of the row of statuses that a Device goes through.
const ROW: i32 = 180;
const BOX_HEIGHT: i32 = 40;

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

/// The place of a box in the row of those of its height, from the left.
fn rank(of: &StateBox) -> usize {
    places().map(box_of).filter(|other| other.y == of.y && other.x < of.x).count()
}

/// The picture of the table.
pub(super) fn picture() -> StatePicture {
    let pairs = places().flat_map(|from| places().map(move |to| (from, to)));
    StatePicture {
        width: WIDTH,
        height: HEIGHT,
        boxes: places().map(box_of).collect(),
        arrows: pairs.filter_map(|(from, to)| arrow(from, to)).collect(),
    }
}

/// The rows of the table that move from one place to another, each with its number.
fn rows_of(from: Place, to: Place) -> Vec<(usize, &'static PermittedMoves)> {
    (1..).zip(TABLE).filter(|(_, row)| row.to == to && row.from.contains(&from)).collect()
}

/// The arrow from one place to another; none where the table has no such move.
fn arrow(from: Place, to: Place) -> Option<Arrow> {
    let rows = rows_of(from, to);
    if rows.is_empty() {
        return None;
    }
    let has_way_back = !rows_of(to, from).is_empty();
    let numbers = rows.iter().map(|(number, _)| number.to_string()).collect::<Vec<_>>().join(", ");
    let (path, label_x, label_y) = line(&box_of(from), &box_of(to), has_way_back, half_of(&numbers));
    let triggers = rows.iter().map(|(_, row)| row.by.as_str()).collect::<Vec<_>>();
    let title = format!("{} to {}: {}", name_of(from), name_of(to), triggers.join("; "));
    Some(Arrow { path, rows: numbers, label_x, label_y, title })
}

/// Half of the width of a label, about.
fn half_of(label: &str) -> i32 {
    3 * i32::try_from(label.len()).unwrap_or(0)
}

/// The line between two boxes, and the place of its label.
fn line(from: &StateBox, to: &StateBox, has_way_back: bool, half: i32) -> (String, i32, i32) {
    // Ways there and back go side by side.
    let aside = if has_way_back { 10 } else { 0 };
    if from.y == to.y {
        return if rank(from).abs_diff(rank(to)) == 1 { beside(from, to, aside) } else { around(from, to) };
    }
    if from.is_over(to) { upright(from, to, aside, half) } else { slanting(from, to) }
}

/// Between neighbours of a row.
fn beside(from: &StateBox, to: &StateBox, aside: i32) -> (String, i32, i32) {
    let is_right = from.x < to.x;
    let (x1, x2) = if is_right { (from.right(), to.x) } else { (from.x, to.right()) };
    let y = if is_right { from.center_y() - aside } else { from.center_y() + aside };
    let label_y = if is_right { y - 6 } else { y + 16 };
    (format!("M{x1} {y}H{x2}"), (x1 + x2) / 2, label_y)
}

/// Under the boxes between two of a row; the way back further down.
fn around(from: &StateBox, to: &StateBox) -> (String, i32, i32) {
    let is_right = from.x < to.x;
    let (x1, x2, depth) = if is_right {
        (from.center_x() + 16, to.center_x() - 40, 80)
    } else {
        (from.center_x() - 16, to.center_x() + 32, 130)
    };
    let (top, low) = (from.bottom(), from.bottom() + depth);
    // A curve with both handles at one depth is at two thirds of it where a third of the way is gone. There the labels are apart.
    let label_x = x1 + (x2 - x1) * 7 / 27;
    (format!("M{x1} {top}C{x1} {low} {x2} {low} {x2} {top}"), label_x, top + depth * 2 / 3 - 5)
}

/// Between boxes above each other, at the middle of the narrower one.
fn upright(from: &StateBox, to: &StateBox, aside: i32, half: i32) -> (String, i32, i32) {
    let is_down = from.y < to.y;
    let narrow = if from.width < to.width { from } else { to };
    // Lines to the bottom keep clear of the curves there.
    let clear = match narrow.width - to.width {
        0 => 0,
        _ if is_down && aside == 0 => narrow.width / 2 - 8,
        _ => 0,
    };
    let x = narrow.center_x() + if is_down { aside } else { -aside } + clear;
    let (y1, y2) = if is_down { (from.bottom(), to.y) } else { (from.y, to.bottom()) };
    let label_x = if is_down { x + half + 6 } else { x - half - 6 };
    // Below the curves, where there are any.
    let label_y = if clear == 0 { (y1 + y2) / 2 + 4 } else { y2 - 22 };
    (format!("M{x} {y1}V{y2}"), label_x, label_y)
}

/// Between boxes that share neither a row nor a column.
fn slanting(from: &StateBox, to: &StateBox) -> (String, i32, i32) {
    let is_right = from.x < to.x;
    let (x1, x2) = if is_right { (from.right(), to.x) } else { (from.x, to.right()) };
    let y1 = if to.y < from.y { from.y + 10 } else { from.bottom() - 10 };
    let (y2, middle) = (to.center_y(), (x1 + x2) / 2);
    let label_y = if y2 < y1 { (y1 + y2) / 2 - 6 } else { (y1 + y2) / 2 + 18 };
    (format!("M{x1} {y1}L{x2} {y2}"), middle - 8, label_y)
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn boxes_are_apart_and_within_the_picture() {
        let picture = picture();
        for (at, one) in picture.boxes.iter().enumerate() {
            assert!(one.x >= 0 && one.right() <= picture.width && one.bottom() <= picture.height, "{one:?}");
            for other in picture.boxes.iter().skip(at + 1) {
                let is_apart = one.bottom() < other.y || other.bottom() < one.y || !one.is_over(other);
                assert!(is_apart, "{one:?} and {other:?}");
            }
        }
        for arrow in &picture.arrows {
            let is_within =
                (0..picture.width).contains(&arrow.label_x) && (0..picture.height).contains(&arrow.label_y);
            assert!(is_within, "{arrow:?}");
        }
    }
}
