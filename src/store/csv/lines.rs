//! A counting reader: it counts lines as an editor does, while the CSV reader reads through it.

use std::{
    collections::VecDeque,
    io::{self, Read},
};

use super::quotation::Quotation;

/// The longest record. If a closing quotation mark is missing, the rest of the file is one record, which must not exhaust memory.
pub(in crate::store) const MAX_RECORD_BYTES: u64 = 1024 * 1024;

/// What some editors write before a file in UTF-8.
pub(in crate::store) const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// A reader that counts lines, quotation marks and bytes. It runs ahead of the CSV parser by up to its buffer, so it keeps the
/// places where records may begin until the parser reports a record there.
pub(in crate::store) struct LineCounter<R> {
    from: R,
    /// Bytes read so far.
    bytes: u64,
    /// Line ends so far: LF, CR, or both together.
    ends: u64,
    /// Quotation marks so far.
    quotes: u64,
    last: Option<u8>,
    /// The place among the quotation marks.
    place: Quotation,
    /// The lines where a mark stands that may not, each once, since they were taken last.
    strays: Vec<u64>,
    /// The starts of lines in the part that the CSV reader has not parsed yet.
    starts: VecDeque<Start>,
    /// The record that [`Self::line_at`] was called for last.
    record: Start,
    is_too_long: bool,
}

/// The start of a line, where a record may begin.
#[derive(Clone, Copy)]
struct Start {
    byte: u64,
    line: u64,
    /// Quotation marks before it.
    quotes: u64,
}

impl<R> LineCounter<R> {
    pub(in crate::store) const fn new(from: R) -> Self {
        let record = Start { byte: 0, line: 1, quotes: 0 };
        let starts = VecDeque::new();
        Self {
            from,
            bytes: 0,
            ends: 0,
            quotes: 0,
            last: None,
            place: Quotation::Start,
            strays: Vec::new(),
            starts,
            record,
            is_too_long: false,
        }
    }

    /// The line of the record at a byte offset; line ends at that offset are skipped. The CSV reader's own count is wrong
    /// after CR LF and empty lines.
    pub(in crate::store) fn line_at(&mut self, byte: u64) -> u64 {
        while self.starts.front().is_some_and(|start| start.byte < byte) {
            self.starts.pop_front();
        }
        self.record = self.starts.front().copied().unwrap_or(self.record);
        self.record.line
    }

    /// Whether a record was longer than [`MAX_RECORD_BYTES`].
    pub(in crate::store) const fn is_too_long(&self) -> bool {
        self.is_too_long
    }

    /// The lines with a stray quotation mark among those that were read since the last call. They may lie ahead of the parser.
    pub(in crate::store) fn take_strays(&mut self) -> Vec<u64> {
        std::mem::take(&mut self.strays)
    }

    /// The line where the file ends within a quotation. A record that is too long is not reported here.
    pub(in crate::store) const fn open_quotation(&self) -> Option<u64> {
        if self.is_too_long || !self.is_quoted() {
            return None;
        }
        Some(if self.is_ended() { self.ends } else { self.ends + 1 })
    }

    /// The last line, if it has no end. An open quotation is not reported here, nor a record that is too long.
    pub(in crate::store) const fn unended_line(&self) -> Option<u64> {
        if self.is_too_long || self.is_quoted() || self.is_ended() {
            return None;
        }
        Some(self.ends + 1)
    }

    const fn is_ended(&self) -> bool {
        matches!(self.last, None | Some(b'\r' | b'\n'))
    }

    /// Whether the last record has an open quotation. An escaped mark is two marks, so an odd number means that.
    const fn is_quoted(&self) -> bool {
        (self.quotes - self.record.quotes) % 2 == 1
    }

    fn check_quotation(&mut self, byte: u8) {
        // A byte order mark is no part of the first value.
        if self.ends == 0
            && BYTE_ORDER_MARK.get(usize::try_from(self.bytes).unwrap_or(usize::MAX)) == Some(&byte)
        {
            return;
        }
        let (place, is_stray) = self.place.next(byte);
        self.place = place;
        let line = self.ends + 1;
        if is_stray && self.strays.last() != Some(&line) {
            self.strays.push(line);
        }
    }

    fn count(&mut self, bytes: &[u8]) {
        for byte in bytes {
            let is_end = matches!(byte, b'\r' | b'\n');
            if !is_end && matches!(self.last, None | Some(b'\r' | b'\n')) {
                self.starts.push_back(Start { byte: self.bytes, line: self.ends + 1, quotes: self.quotes });
            }
            // The LF of a CR LF is not counted, even if the two arrive in different reads: `last` survives the call.
            self.ends += u64::from(is_end && (*byte, self.last) != (b'\n', Some(b'\r')));
            self.quotes += u64::from(*byte == b'"');
            self.check_quotation(*byte);
            self.last = Some(*byte);
            self.bytes += 1;
        }
    }
}

impl<R: Read> Read for LineCounter<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // The CSV parser asks for more only when it has parsed all it has: the bytes since the last record began are that record
        // and the next.
        if self.bytes - self.record.byte > MAX_RECORD_BYTES {
            self.is_too_long = true;
            return Err(io::Error::other("a record does not end"));
        }
        let read = self.from.read(buffer)?;
        self.count(buffer.get(..read).unwrap_or_default());
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A counter after reading all of a text, `at_once` bytes a read.
    fn passed(text: &str, at_once: usize) -> LineCounter<&[u8]> {
        let mut lines = LineCounter::new(text.as_bytes());
        let mut buffer = vec![0; at_once];
        while lines.read(&mut buffer).unwrap() > 0 {}
        lines
    }

    #[test]
    fn lines_are_those_of_the_text_behind_line_ends() {
        for at_once in [1, 3, 100] {
            let mut lines = passed("a\r\n\r\nb\n\nc\rd\ne", at_once);
            let found = [0, 2, 3, 6, 9, 11].map(|byte| lines.line_at(byte));
            assert_eq!(found, [1, 3, 3, 5, 6, 7]);
        }
    }

    /// A CR that no LF follows is a line end.
    #[test]
    fn lines_may_end_with_a_carriage_return_alone() {
        for at_once in [1, 2, 100] {
            let mut lines = passed("a\rb\r\rc\r\nd\r\"e\rf\r", at_once);
            assert_eq!([0, 2, 5, 8, 10].map(|byte| lines.line_at(byte)), [1, 2, 4, 5, 6]);
            assert_eq!(lines.open_quotation(), Some(7));
        }
    }

    #[test]
    fn a_file_that_ends_within_a_line_or_a_quotation_is_cut() {
        let cut = |text: &str, last: u64| {
            let mut lines = passed(text, 7);
            lines.line_at(last);
            lines.open_quotation().or(lines.unended_line())
        };
        assert_eq!([cut("", 0), cut("a\n", 0), cut("a\r\n", 0), cut("a\n\"b\nc\"\n", 2)], [None; 4]);
        assert_eq!([cut("a", 0), cut("a\nb", 2), cut("a\n\"b\nc", 2)], [Some(1), Some(2), Some(3)]);
        assert_eq!(cut("a\n\"b\n", 2), Some(2), "the line ends, the quotation does not");
    }

    #[test]
    fn stray_quotation_marks_are_found_by_their_lines() {
        for at_once in [1, 2, 100] {
            let mut lines = passed("\u{feff}\"a\",b\r\nx\"y\"z,1\n\"b\nc\"d,e\n", at_once);
            assert_eq!(lines.take_strays(), [2, 4]);
            assert!(lines.take_strays().is_empty());
        }
    }

    #[test]
    fn a_record_that_does_not_end_is_not_read_to_the_end_of_the_file() {
        let mut lines = LineCounter::new(io::repeat(b'x'));
        let mut buffer = vec![0; 64 * 1024];
        let read = std::iter::from_fn(|| lines.read(&mut buffer).ok()).count();
        assert!(lines.is_too_long() && read < 20, "{read}");
    }
}
