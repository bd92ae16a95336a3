//! Pictures of states: boxes, and arrows between them that carry the numbers of the rows of a table.

/// The picture.
#[derive(Clone, Debug)]
pub(super) struct StatePicture {
    /// What the IDs of its parts begin with, as a page may have several.
    pub(super) id: &'static str,
    /// What it shows.
    pub(super) title: &'static str,
    /// And in one more sentence.
    pub(super) text: &'static str,
    pub(super) width: i32,
    pub(super) height: i32,
    pub(super) boxes: Vec<StateBox>,
    pub(super) arrows: Vec<Arrow>,
}

/// A state.
#[derive(Clone, Copy, Debug)]
pub(super) struct StateBox {
    pub(super) x: i32,
    pub(super) y: i32,
    pub(super) width: i32,
    pub(super) height: i32,
    pub(super) name: &'static str,
    /// Whether it is no state.
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

/// All moves from one state to another.
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

/// The height of a box.
pub(super) const BOX_HEIGHT: i32 = 40;

/// A move of a table: its number, counted from 1, the boxes that it leads from and to by their places, and what makes it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Move {
    pub(super) row: usize,
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) by: &'static str,
}

/// The arrows of these moves. What leads nowhere else has none.
pub(super) fn arrows(boxes: &[StateBox], moves: &[Move]) -> Vec<Arrow> {
    let places = || 0..boxes.len();
    let pairs = places().flat_map(|from| places().map(move |to| (from, to))).filter(|(from, to)| from != to);
    pairs.filter_map(|(from, to)| arrow(boxes, moves, from, to)).collect()
}

/// The arrow from one box to another; none where no move leads so.
fn arrow(boxes: &[StateBox], moves: &[Move], from: usize, to: usize) -> Option<Arrow> {
    let between = |from, to| moves.iter().filter(move |one| one.from == from && one.to == to);
    let rows = between(from, to).map(|one| one.row.to_string()).collect::<Vec<_>>();
    if rows.is_empty() {
        return None;
    }
    let has_way_back = between(to, from).next().is_some();
    let by = between(from, to).map(|one| one.by).collect::<Vec<_>>();
    let (from, to) = (boxes.get(from)?, boxes.get(to)?);
    let rows = rows.join(", ");
    let (path, label_x, label_y) = line(boxes, (from, to), has_way_back, half_of(&rows));
    let title = format!("{} to {}: {}", from.name, to.name, by.join("; "));
    Some(Arrow { path, rows, label_x, label_y, title })
}

/// The place of a box in the row of those of its height, from the left.
fn rank(boxes: &[StateBox], of: &StateBox) -> usize {
    boxes.iter().filter(|other| other.y == of.y && other.x < of.x).count()
}

/// Half of the width of a label, about.
fn half_of(label: &str) -> i32 {
    3 * i32::try_from(label.len()).unwrap_or(0)
}

/// The line between two boxes, and the place of its label.
fn line(
    boxes: &[StateBox],
    (from, to): (&StateBox, &StateBox),
    has_way_back: bool,
    half: i32,
) -> (String, i32, i32) {
    // Ways there and back go side by side.
    let aside = if has_way_back { 10 } else { 0 };
    if from.y == to.y {
        return if rank(boxes, from).abs_diff(rank(boxes, to)) == 1 {
            beside(from, to, aside)
        } else {
            around(from, to)
        };
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
pub(super) fn assert_legible(picture: &StatePicture) {
    for (at, one) in picture.boxes.iter().enumerate() {
        assert!(one.x >= 0 && one.right() <= picture.width && one.bottom() <= picture.height, "{one:?}");
        for other in picture.boxes.iter().skip(at + 1) {
            let is_apart = one.bottom() < other.y || other.bottom() < one.y || !one.is_over(other);
            assert!(is_apart, "{one:?} and {other:?}");
        }
    }
    let is_within = |arrow: &Arrow| {
        (0..picture.width).contains(&arrow.label_x) && (0..picture.height).contains(&arrow.label_y)
    };
    for (at, arrow) in picture.arrows.iter().enumerate() {
        assert!(is_within(arrow), "{arrow:?}");
        for other in picture.arrows.iter().skip(at + 1) {
            let is_apart =
                (arrow.label_x - other.label_x).abs() > 8 || (arrow.label_y - other.label_y).abs() > 10;
            assert!(is_apart, "the labels of {arrow:?} and {other:?}");
        }
    }
}
