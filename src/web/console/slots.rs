//! Slots beside their number: a box each, filled where it is used, drawn by the server.

use std::fmt;

use askama::filters::HtmlSafe;

/// The most boxes: a longer row says less than its number.
const MOST: u64 = 24;

/// The slots of a month. They say nothing that the number beside them does not, so they are hidden from those who do not see them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slots {
    pub(super) used: u64,
    /// How many there are; none where nothing limits them.
    pub(super) allowed: Option<u64>,
}

impl fmt::Display for Slots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let allowed = self.allowed.unwrap_or_default();
        let boxes = self.used.max(allowed).min(MOST);
        let width = boxes * 14;
        write!(
            f,
            "<svg class=\"slots\" viewBox=\"0 0 {width} 14\" width=\"{width}\" height=\"14\" aria-hidden=\"true\" focusable=\"false\">"
        )?;
        for number in 0..boxes {
            let class = match number {
                number if number >= self.used => "open",
                number if self.allowed.is_some() && number >= allowed => "over",
                _ => "used",
            };
            let x = number * 14 + 1;
            write!(f, "<rect class=\"{class}\" x=\"{x}\" y=\"1\" width=\"11\" height=\"11\"/>")?;
        }
        f.write_str("</svg>")
    }
}

impl HtmlSafe for Slots {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_box_stands_for_each_slot_and_for_each_that_is_too_many() {
        let count = |used, allowed| {
            let text = Slots { used, allowed }.to_string();
            ["used", "over", "open"].map(|class| text.matches(&format!("class=\"{class}\"")).count())
        };
        assert_eq!(count(1, Some(2)), [1, 0, 1]);
        assert_eq!(count(3, Some(2)), [2, 1, 0]);
        assert_eq!(count(4, None), [4, 0, 0]);
        assert_eq!(count(0, Some(0)), [0, 0, 0]);
        assert_eq!(count(u64::MAX, Some(6)), [6, 18, 0]);
    }
}
