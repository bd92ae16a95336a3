//! The check of quotation marks (RFC 4180): a value is quoted as a whole, or not at all.
//!
//! The CSV parser is lenient: of `"A"DE` it makes `ADE`, and a mark within a value is a character like any other. Both are slips of
//! an editor, so that what was meant is not known.

/// The reason why a line is refused.
pub const STRAY_QUOTATION: &str = "a quotation mark stands within a value: a value is quoted as a whole, and a mark within it is written twice";

/// The place in the text of a file, byte by byte.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Quotation {
    /// At the start of a value.
    #[default]
    Start,
    /// In a value without quotation marks.
    Bare,
    /// In a quoted value.
    Quoted,
    /// Behind a mark in a quoted value, which ends it, or is the first one of a pair.
    Closed,
}

impl Quotation {
    /// The place behind this byte, and whether the mark, or what follows it, may not stand here.
    pub const fn next(self, byte: u8) -> (Self, bool) {
        match (self, byte) {
            (Self::Start | Self::Closed, b'"') => (Self::Quoted, false),
            (Self::Quoted, b'"') => (Self::Closed, false),
            (Self::Quoted, _) => (Self::Quoted, false),
            (_, b',' | b'\r' | b'\n') => (Self::Start, false),
            (Self::Closed, _) => (Self::Bare, true),
            (Self::Start | Self::Bare, _) => (Self::Bare, byte == b'"'),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strays(text: &str) -> usize {
        let mut place = Quotation::default();
        let mut is_stray = |byte| {
            let (next, is_stray) = place.next(byte);
            place = next;
            is_stray
        };
        text.bytes().filter(|byte| is_stray(*byte)).count()
    }

    #[test]
    fn a_value_is_quoted_as_a_whole_or_not_at_all() {
        for text in ["a,b\n", "\"a\",\"\"\r\n\"\"\"a\"\"\",b", "\"a,\nb\"\n", ""] {
            assert_eq!(strays(text), 0, "{text}");
        }
        for text in ["a\"b\n", "\"a\"b\n", "\"a\" ,b\n", " \"a,b\n", "x,a\"\n"] {
            assert_eq!(strays(text), 1, "{text}");
        }
    }
}
