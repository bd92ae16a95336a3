//! The streaming reader of CSV files of any kind: header, lines, and checks across lines.

use std::{collections::BTreeMap, io::Read, marker::PhantomData};

use csv::{ByteRecord, ReaderBuilder, StringRecord, Trim};
use serde::{Serialize, de::DeserializeOwned};

use super::{
    Faults, Fields, ImportFault, MAX_REPORTED, Warnings,
    lines::{LineCounter, MAX_RECORD_BYTES},
    quotation::STRAY_QUOTATION,
};

/// The interval of progress reports, in lines.
const REPORT_EVERY: usize = 1_000;
/// The size of the read buffer, in bytes.
const BUFFER: usize = 64 * 1024;

/// The reason why the last line is refused.
pub(in crate::store) const CUT_OFF: &str = "the file ends within this line: it was cut off";

/// A kind of CSV file. The implementing struct is one line as text: a field for each column, empty if the value is absent.
pub(in crate::store) trait Sheet: Serialize + DeserializeOwned {
    /// The columns, in the order they are written.
    const COLUMNS: &'static [&'static str];
    /// The columns that the header must have, as their values are never empty.
    const REQUIRED: &'static [&'static str];
    /// The domain value of a line.
    type Value: Send + 'static;

    /// Parses the line; adds every fault. `None` if there was one.
    fn read(&self, fields: &mut Fields<'_>) -> Option<Self::Value>;

    /// Checks across lines, such as for duplicates.
    fn compare(lines: &[Line<Self::Value>], faults: &mut Faults);
}

/// A line: its number and its value.
pub(in crate::store) struct Line<V> {
    pub(in crate::store) number: u64,
    pub(in crate::store) value: V,
}

/// Reads a whole file into memory, with the warnings about it.
pub(in crate::store) fn read<S: Sheet>(
    from: impl Read,
    progress: &mut dyn FnMut(u64),
) -> Result<(Vec<S::Value>, Warnings), ImportFault> {
    let mut faults = Faults::default();
    let lines = read_lines::<S>(from, progress, &mut faults)?;
    let warnings = faults.into_result()?;
    Ok((lines.into_iter().map(|line| line.value).collect(), warnings))
}

/// Reads the lines of a whole file into memory, compared with each other. Those with faults are missing.
pub(in crate::store) fn read_lines<S: Sheet>(
    from: impl Read,
    progress: &mut dyn FnMut(u64),
    faults: &mut Faults,
) -> Result<Vec<Line<S::Value>>, ImportFault> {
    let mut lines = Vec::new();
    if let Some(mut reading) = SheetReader::<S, _>::begin(from, faults)? {
        while let Some(line) = reading.next(faults, progress)? {
            lines.push(line);
        }
        S::compare(&lines, faults);
    }
    Ok(lines)
}

fn check_header<S: Sheet>(header: &StringRecord, faults: &mut Faults) {
    for (at, column) in header.iter().enumerate() {
        if !S::COLUMNS.contains(&column) {
            faults.in_header(column, format!("unknown column; known are {}", S::COLUMNS.join(", ")));
        } else if header.iter().take(at).any(|earlier| earlier == column) {
            faults.in_header(column, "the column is there twice");
        }
    }
    for column in S::REQUIRED {
        if !header.iter().any(|found| found == *column) {
            faults.in_header(column, "the column is missing");
        }
    }
}

/// A streaming reader behind a valid header.
pub(in crate::store) struct SheetReader<S, R> {
    records: RecordReader<R>,
    header: StringRecord,
    lines_read: usize,
    blank: BlankRows,
    of: PhantomData<S>,
}

/// Blank rows since the last one with a value. Spreadsheets write some at the end of a file, which are passed over; one in between
/// is a fault.
#[derive(Default)]
struct BlankRows {
    /// The lines of the first ones.
    first: Vec<u64>,
    total: usize,
}

impl BlankRows {
    fn add(&mut self, line: u64) {
        self.total += 1;
        if self.first.len() < MAX_REPORTED as usize {
            self.first.push(line);
        }
    }

    /// Reports those that a row with a value follows.
    fn report(&mut self, faults: &mut Faults) {
        let Self { first, total } = std::mem::take(self);
        faults.add_unreported(total - first.len());
        first.into_iter().for_each(|line| faults.in_line(line, "the row is blank"));
    }
}

impl<S: Sheet, R: Read> SheetReader<S, R> {
    /// Reads the header; `None` if it has faults, as lines cannot be parsed then.
    pub(in crate::store) fn begin(from: R, faults: &mut Faults) -> Result<Option<Self>, ImportFault> {
        let mut records = RecordReader::new(from);
        let Some(header) = records.next(faults)? else {
            faults.in_line(1, "the header line is missing");
            return Ok(None);
        };
        check_header::<S>(&header.value, faults);
        let reading = Self {
            records,
            header: header.value,
            lines_read: 0,
            blank: BlankRows::default(),
            of: PhantomData,
        };
        Ok(faults.is_empty().then_some(reading))
    }

    /// Reads on to the next line without faults; `None` at the end of the file.
    pub(in crate::store) fn next(
        &mut self,
        faults: &mut Faults,
        progress: &mut dyn FnMut(u64),
    ) -> Result<Option<Line<S::Value>>, ImportFault> {
        while let Some(record) = self.records.next(faults)? {
            self.report_strays(faults);
            if record.value.iter().all(str::is_empty) {
                self.blank.add(record.number);
                continue;
            }
            self.blank.report(faults);
            self.lines_read += 1;
            if self.lines_read.is_multiple_of(REPORT_EVERY) {
                progress(self.records.read());
            }
            if let Some(line) = self.line(record, faults) {
                return Ok(Some(line));
            }
        }
        self.report_strays(faults);
        if let Some(line) = self.records.reader.get_ref().open_quotation() {
            faults.in_line(line, CUT_OFF);
        }
        progress(self.records.read());
        Ok(None)
    }

    fn report_strays(&mut self, faults: &mut Faults) {
        for line in self.records.reader.get_mut().take_strays() {
            faults.in_line(line, STRAY_QUOTATION);
        }
    }

    /// The number of lines read, with faults or without; the header is not counted.
    pub(in crate::store) const fn lines_read(&self) -> usize {
        self.lines_read
    }

    /// The last line, if it has no end, as [`LineCounter::unended_line`].
    pub(in crate::store) fn unended_line(&self) -> Option<u64> {
        self.records.reader.get_ref().unended_line()
    }

    fn line(&self, record: Line<StringRecord>, faults: &mut Faults) -> Option<Line<S::Value>> {
        let Line { number, value: record } = record;
        if record.len() != self.header.len() {
            faults.in_line(number, format!("{} values, but {} columns", record.len(), self.header.len()));
            return None;
        }
        // PostgreSQL refuses U+0000 in a text; refused here, a file behaves alike on both databases.
        if record.iter().any(|value| value.contains('\0')) {
            faults.in_line(number, "a value holds the character U+0000, which not every database can keep");
            return None;
        }
        match record.deserialize::<S>(Some(&self.header)) {
            Ok(line) => {
                let value = line.read(&mut Fields::new(number, faults));
                value.map(|value| Line { number, value })
            }
            Err(error) => {
                faults.in_line(number, error.to_string());
                None
            }
        }
    }
}

/// A reader of records that knows the line each begins at.
struct RecordReader<R> {
    reader: csv::Reader<LineCounter<R>>,
    /// The last record; its allocation is reused for the next one.
    latest: ByteRecord,
    /// The line of the record before.
    line: u64,
}

impl<R: Read> RecordReader<R> {
    fn new(from: R) -> Self {
        let mut builder = ReaderBuilder::new();
        // Flexible: the CSV reader would stop at the first line with a wrong number of values; `line` reports all of them.
        let builder = builder.has_headers(false).flexible(true).trim(Trim::None).buffer_capacity(BUFFER);
        Self { reader: builder.from_reader(LineCounter::new(from)), latest: ByteRecord::new(), line: 1 }
    }

    /// Reads the next record that is UTF-8; the others are reported as faults.
    fn next(&mut self, faults: &mut Faults) -> Result<Option<Line<StringRecord>>, ImportFault> {
        loop {
            match self.reader.read_byte_record(&mut self.latest) {
                Ok(true) => {}
                Ok(false) => return Ok(None),
                Err(error) => {
                    self.broken(error, faults)?;
                    return Ok(None);
                }
            }
            let start = self.latest.position().map_or(0, csv::Position::byte);
            self.line = self.reader.get_mut().line_at(start);
            match StringRecord::from_byte_record(self.latest.clone()) {
                Ok(value) => return Ok(Some(Line { number: self.line, value })),
                Err(error) => {
                    let place = error.utf8_error().field().saturating_add(1);
                    faults.in_line(self.line, format!("value {place} of the line is not UTF-8"));
                }
            }
        }
    }

    /// Sorts a read error: a record that is too long is a fault of its line, anything else an error of the import.
    fn broken(&self, error: csv::Error, faults: &mut Faults) -> Result<(), ImportFault> {
        if !self.reader.get_ref().is_too_long() {
            return Err(ImportFault::Read(error.into()));
        }
        let reason = format!(
            "what begins behind this line is longer than {MAX_RECORD_BYTES} bytes; a closing quotation mark may be missing"
        );
        faults.in_line(self.line, reason);
        Ok(())
    }

    fn read(&self) -> u64 {
        self.reader.position().byte()
    }
}

/// Reports every line whose key an earlier line has.
pub(in crate::store) fn refuse_duplicates<V, K: Ord>(
    lines: &[Line<V>],
    faults: &mut Faults,
    column: &str,
    key: impl Fn(&V) -> Option<(K, String)>,
) {
    let mut first = BTreeMap::new();
    for line in lines {
        let Some((key, shown)) = key(&line.value) else { continue };
        match first.get(&key) {
            Some(earlier) => {
                faults.in_value(line.number, column, &shown, format!("`{shown}` is on line {earlier} too"));
            }
            None => {
                first.insert(key, line.number);
            }
        }
    }
}
