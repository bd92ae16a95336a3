//! The body of a message as lines, and how two of them differ.

use super::XmlLineValue;
use crate::duis::xml::pretty::pretty;

/// The most comparisons of a line with another; beyond, what lies between the first and the last line that differ is taken as changed whole.
const MOST_COMPARISONS: usize = 1_000_000;

/// The body of a message, laid out.
#[derive(Clone, Debug, Default)]
pub struct BodyLines {
    /// Its lines; none where it is no XML.
    pub lines: Vec<XmlLineValue>,
}

/// A line that one of two bodies has and the other has not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DifferingLine {
    /// Whether the second has it; else the first.
    pub is_of_second: bool,
    /// Its text, indented.
    pub text: String,
}

impl BodyLines {
    /// Lays out a body.
    pub fn of(body: &[u8]) -> Self {
        let lines = std::str::from_utf8(body).ok().and_then(|text| pretty(text).ok());
        Self { lines: lines.unwrap_or_default() }
    }

    /// The lines that differ between this one and a second, from above.
    pub fn difference(&self, second: &Self) -> Vec<DifferingLine> {
        let (one, other) = without_ends(&self.lines, &second.lines);
        let lengths = if one.len().saturating_mul(other.len()) > MOST_COMPARISONS {
            Vec::new()
        } else {
            common_lengths(one, other)
        };
        differing(one, other, &lengths)
    }
}

/// Two lists without the lines at which both begin, and those at which both end.
fn without_ends<'a>(
    mut one: &'a [XmlLineValue],
    mut other: &'a [XmlLineValue],
) -> (&'a [XmlLineValue], &'a [XmlLineValue]) {
    while let (Some((first, rest)), Some((second, others))) = (one.split_first(), other.split_first())
        && first == second
    {
        (one, other) = (rest, others);
    }
    while let (Some((first, rest)), Some((second, others))) = (one.split_last(), other.split_last())
        && first == second
    {
        (one, other) = (rest, others);
    }
    (one, other)
}

/// For the last `n` lines of one list and the last `m` of the other, in row `n` at place `m`: how many lines they have in common, in order.
fn common_lengths(one: &[XmlLineValue], other: &[XmlLineValue]) -> Vec<Vec<usize>> {
    let mut rows = vec![vec![0; other.len() + 1]];
    for line in one.iter().rev() {
        let before = rows.last().map(Vec::as_slice).unwrap_or_default();
        let mut row = vec![0];
        for (second, pair) in other.iter().rev().zip(before.windows(2)) {
            let &[of_both, without_line] = pair else { continue };
            let without_second = row.last().copied().unwrap_or_default();
            row.push(if line == second { of_both + 1 } else { without_line.max(without_second) });
        }
        rows.push(row);
    }
    rows
}

fn differing(
    mut one: &[XmlLineValue],
    mut other: &[XmlLineValue],
    lengths: &[Vec<usize>],
) -> Vec<DifferingLine> {
    let common = |one: &[XmlLineValue], other: &[XmlLineValue]| {
        lengths.get(one.len()).and_then(|row| row.get(other.len())).copied().unwrap_or_default()
    };
    let mut lines = Vec::new();
    let mut differs = |line, is_of_second| lines.push(DifferingLine { is_of_second, text: text(line) });
    while let (Some((first, rest)), Some((second, others))) = (one.split_first(), other.split_first()) {
        if first == second {
            (one, other) = (rest, others);
        } else if common(rest, other) >= common(one, others) {
            differs(first, false);
            one = rest;
        } else {
            differs(second, true);
            other = others;
        }
    }
    one.iter().for_each(|line| differs(line, false));
    other.iter().for_each(|line| differs(line, true));
    lines
}

fn text(line: &XmlLineValue) -> String {
    let pieces = line.pieces.iter().map(|(_, text)| text.as_str());
    "  ".repeat(line.depth) + &pieces.collect::<String>()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn told(one: &str, other: &str) -> String {
        let lines = BodyLines::of(one.as_bytes()).difference(&BodyLines::of(other.as_bytes()));
        let sign = |line: &DifferingLine| if line.is_of_second { '+' } else { '-' };
        lines.iter().map(|line| format!("{}{}\n", sign(line), line.text)).collect()
    }

    #[test]
    fn the_lines_that_differ_are_told_in_their_order() {
        let one = "<a><b>1</b><c>2</c><d>3</d><e/></a>";
        let other = "<a><b>1</b><d>3</d><c>4</c><e/></a>";
        insta::assert_snapshot!(told(one, other), @r"
        -  <c>2</c>
        +  <c>4</c>
        ");
        assert_eq!(told(one, one), "");
        assert_eq!(told("no XML", "<a/>"), "+<a/>\n");
        assert_eq!(told("<a/>", "<a"), "-<a/>\n");
    }

    fn body(elements: &[u8]) -> String {
        elements.iter().fold("<a>".to_owned(), |text, number| format!("{text}<b>{number}</b>")) + "</a>"
    }

    proptest! {
        /// Whoever takes out what the first has alone and puts in what the second has alone has the lines of the second.
        #[test]
        fn the_difference_leads_from_one_to_the_other(
            one in prop::collection::vec(0_u8..4, 0..12),
            other in prop::collection::vec(0_u8..4, 0..12),
        ) {
            let (one, other) = (body(&one), body(&other));
            let (first, second) = (BodyLines::of(one.as_bytes()), BodyLines::of(other.as_bytes()));
            let difference = first.difference(&second);
            let mut texts = first.lines.iter().map(text).collect::<Vec<_>>();
            for line in &difference {
                if line.is_of_second {
                    texts.push(line.text.clone());
                } else {
                    let place = texts.iter().position(|known| *known == line.text).unwrap();
                    texts.remove(place);
                }
            }
            let mut expected = second.lines.iter().map(text).collect::<Vec<_>>();
            texts.sort();
            expected.sort();
            prop_assert_eq!(texts, expected);
            prop_assert_eq!(difference.is_empty(), one == other);
        }
    }
}
