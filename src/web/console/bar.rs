//! A bar that shows a share beside its number, drawn by the server.

use std::fmt;

use askama::filters::HtmlSafe;

/// A bar. It says nothing that the number beside it does not, so it is hidden from those who do not see it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bar {
    /// The length in thousandths of the longest.
    thousandths: u64,
    /// Whether it counts refusals.
    is_bad: bool,
}

impl Bar {
    /// The bar of a part of the longest one.
    pub(super) fn of(part: u64, longest: u64, is_bad: bool) -> Self {
        let thousandths = (u128::from(part) * 1_000).checked_div(longest.into()).unwrap_or(0);
        let thousandths = u64::try_from(thousandths).unwrap_or(1_000).min(1_000);
        // What is there shows, however little it is.
        Self { thousandths: if part > 0 { thousandths.max(5) } else { 0 }, is_bad }
    }
}

impl fmt::Display for Bar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let class = if self.is_bad { "bar bad" } else { "bar" };
        let width = self.thousandths;
        write!(
            f,
            "<svg class=\"{class}\" viewBox=\"0 0 1000 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\" focusable=\"false\">\
             <rect width=\"{width}\" height=\"10\"/></svg>"
        )
    }
}

impl HtmlSafe for Bar {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_as_long_as_its_share() {
        let width = |part, longest| {
            let text = Bar::of(part, longest, false).to_string();
            text.split("rect width=\"").nth(1).unwrap().split('"').next().unwrap().parse::<u64>().unwrap()
        };
        assert_eq!([width(0, 0), width(0, 9), width(9, 9), width(1, 2)], [0, 0, 1_000, 500]);
        assert_eq!([width(1, 1_000_000), width(u64::MAX, u64::MAX), width(2, 1)], [5, 1_000, 1_000]);
    }
}
