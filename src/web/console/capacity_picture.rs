//! The picture of a firmware capacity: a bar for each London day, stacked by User, with a line at the day's capacity.

use jiff::civil::Date;

/// The width of a day's place, of its bar, and of what stands to the left of the first one, in units of the picture.
const STEP: u64 = 38;
const BAR: u64 = 28;
const LEFT: u64 = 70;
/// What stands to the right of the last one: the name of a month, which begins with a day, is wider than its place.
const RIGHT: u64 = 32;
/// The height of the tallest bar, and of what stands above and below.
const TALLEST: u64 = 200;
const TOP: u64 = 24;
const BOTTOM: u64 = 44;
/// A part lower than this has no room for its letter.
const LETTER_HEIGHT: u64 = 14;

/// A day to be drawn.
#[derive(Clone, Debug)]
pub(super) struct CapacityDay {
    pub(super) day: Date,
    pub(super) capacity: u64,
    pub(super) users: Vec<UserImages>,
}

/// The images of a User on a day.
#[derive(Clone, Debug)]
pub(super) struct UserImages {
    /// The letter that the table has for the User.
    pub(super) letter: String,
    pub(super) party: String,
    /// Agreed for the day.
    pub(super) agreed: u64,
    /// Of them, sent.
    pub(super) sent: u64,
    /// Sent without agreement, with a clock of their own.
    pub(super) free: u64,
    /// Sent over the limit.
    pub(super) unscheduled: u64,
}

/// The picture.
#[derive(Clone, Debug)]
pub(super) struct CapacityPicture {
    pub(super) width: u64,
    pub(super) height: u64,
    /// Where the bars stand.
    pub(super) ground: u64,
    pub(super) left: u64,
    /// Numbers of images at the left edge, and where they stand.
    pub(super) scale: Vec<(u64, String)>,
    pub(super) days: Vec<DayBar>,
}

/// A day.
#[derive(Clone, Debug)]
pub(super) struct DayBar {
    pub(super) x: u64,
    pub(super) width: u64,
    pub(super) center: u64,
    /// The day of the month, and on the first one and with each month its name.
    pub(super) name: String,
    pub(super) month: String,
    /// Where the line of the capacity is.
    pub(super) capacity_y: u64,
    pub(super) parts: Vec<Part>,
}

/// A part of a bar.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub(super) y: u64,
    pub(super) height: u64,
    /// `agreed`, `sent`, `free` or `unscheduled`.
    pub(super) class: &'static str,
    /// The letter, where there is room for it.
    pub(super) letter: String,
    pub(super) text: String,
}

/// The picture of these days; none where there is none.
pub(super) fn picture(days: &[CapacityDay]) -> Option<CapacityPicture> {
    let tallest = days.iter().map(|day| day.capacity.max(total(day))).max()?.max(1);
    let ground = TOP + TALLEST;
    let scale =
        [tallest, tallest / 2, 0].map(|images| (ground - height_of(images, tallest), images.to_string()));
    let mut bars = Vec::new();
    let mut month = None;
    for (place, day) in (0..).zip(days) {
        let is_new_month = month.replace(day.day.month()) != Some(day.day.month());
        bars.push(bar(LEFT + place * STEP, day, is_new_month, tallest));
    }
    let bars_width = u64::try_from(bars.len()).unwrap_or_default() * STEP;
    Some(CapacityPicture {
        width: LEFT + bars_width + RIGHT,
        height: ground + BOTTOM,
        ground,
        left: LEFT,
        scale: scale.into(),
        days: bars,
    })
}

/// All images of a day: those sent within a batch are among those agreed for it.
fn total(day: &CapacityDay) -> u64 {
    day.users.iter().map(|user| user.agreed.max(user.sent) + user.free + user.unscheduled).sum()
}

fn height_of(images: u64, tallest: u64) -> u64 {
    u64::try_from(u128::from(images) * u128::from(TALLEST) / u128::from(tallest)).unwrap_or(TALLEST)
}

fn bar(x: u64, day: &CapacityDay, is_new_month: bool, tallest: u64) -> DayBar {
    let ground = TOP + TALLEST;
    let mut below = 0;
    let mut parts = Vec::new();
    for user in &day.users {
        let kinds = [
            ("sent", user.sent, "sent of what is agreed"),
            ("agreed", user.agreed.saturating_sub(user.sent), "agreed and not sent"),
            ("free", user.free, "sent without need of agreement"),
            ("unscheduled", user.unscheduled, "sent over the limit"),
        ];
        for (class, images, what) in kinds {
            // Both ends are rounded, and not the height: parts that are stacked do not drift away from their sum.
            let (from, to) = (height_of(below, tallest), height_of(below + images, tallest));
            below += images;
            if images > 0 {
                let height = (to - from).max(1);
                let letter = if height >= LETTER_HEIGHT { user.letter.clone() } else { String::new() };
                let text = format!("{}, {}: {images} {what}", day.day, user.party);
                parts.push(Part { y: ground - from - height, height, class, letter, text });
            }
        }
    }
    DayBar {
        x,
        width: BAR,
        center: x + BAR / 2,
        name: day.day.day().to_string(),
        month: if is_new_month { day.day.strftime("%b %Y").to_string() } else { String::new() },
        capacity_y: ground - height_of(day.capacity, tallest),
        parts,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(letter: &str, [agreed, sent, free, unscheduled]: [u64; 4]) -> UserImages {
        UserImages {
            letter: letter.to_owned(),
            party: format!("Party {letter}"),
            agreed,
            sent,
            free,
            unscheduled,
        }
    }

    fn day(day: &str, capacity: u64, users: Vec<UserImages>) -> CapacityDay {
        CapacityDay { day: day.parse().unwrap(), capacity, users }
    }

    #[test]
    fn parts_are_stacked_from_the_ground_and_the_line_is_at_the_capacity() {
        let days = [
            day("2026-03-31", 12_000, vec![user("A", [6_000, 3_000, 0, 0]), user("B", [6_000, 0, 0, 0])]),
            day("2026-04-01", 6_000, vec![user("A", [0, 0, 500, 11]), user("B", [0, 0, 0, 601])]),
            day("2026-04-02", 0, vec![]),
        ];
        let picture = picture(&days).unwrap();
        let part = |part: &Part| {
            format!("  {} {}+{} {:?}: {}\n", part.class, part.y, part.height, part.letter, part.text)
        };
        let bar = |bar: &DayBar| {
            let parts = bar.parts.iter().map(part).collect::<String>();
            format!("{} {} at {}, capacity {}\n{parts}", bar.name, bar.month, bar.x, bar.capacity_y)
        };
        insta::assert_snapshot!(picture.days.iter().map(bar).collect::<String>(), @r#"
        31 Mar 2026 at 70, capacity 24
          sent 174+50 "A": 2026-03-31, Party A: 3000 sent of what is agreed
          agreed 124+50 "A": 2026-03-31, Party A: 3000 agreed and not sent
          agreed 24+100 "B": 2026-03-31, Party B: 6000 agreed and not sent
        1 Apr 2026 at 108, capacity 124
          free 216+8 "": 2026-04-01, Party A: 500 sent without need of agreement
          unscheduled 215+1 "": 2026-04-01, Party A: 11 sent over the limit
          unscheduled 206+10 "": 2026-04-01, Party B: 601 sent over the limit
        2  at 146, capacity 224
        "#);
        assert_eq!(
            picture.scale,
            [(24, "12000".to_owned()), (124, "6000".to_owned()), (224, "0".to_owned())]
        );
    }

    #[test]
    fn what_is_over_the_capacity_makes_the_picture_no_taller() {
        let over = [day("2026-03-31", 10, vec![user("A", [u64::from(u32::MAX), 0, 0, 0])])];
        let picture = picture(&over).unwrap();
        assert_eq!((picture.days[0].parts[0].y, picture.days[0].capacity_y), (TOP, TOP + TALLEST));
        assert!(super::picture(&[]).is_none());
    }
}
