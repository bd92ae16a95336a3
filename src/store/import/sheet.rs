//! Reading a CSV file of any kind: header, lines, and what must hold between lines.

use std::collections::BTreeMap;

use csv::{ByteRecord, ReaderBuilder, StringRecord, Trim};
use serde::{Serialize, de::DeserializeOwned};

use super::{
    Consequences,
    fault::{Faults, ImportFault},
    fields::Fields,
};
use crate::{
    domain::Now,
    store::{Connection, StoreFault},
};

/// How often progress is told, in lines.
const TELL_EVERY: usize = 1_000;

/// A kind of CSV file. Its implementor is one line as text: a field a column; an empty one is absent.
pub(in crate::store) trait Sheet: Serialize + DeserializeOwned {
    /// The columns, in the order they are written.
    const COLUMNS: &'static [&'static str];
    /// Those that are never empty, and so must be there.
    const REQUIRED: &'static [&'static str];
    /// What a line says.
    type Value: Send + 'static;

    /// Reads what the line says; notes every fault.
    fn read(&self, fields: &mut Fields<'_>) -> Option<Self::Value>;

    /// Notes faults between lines.
    fn compare(lines: &[Line<Self::Value>], faults: &mut Faults);

    /// Writes the whole file's values in the caller's transaction; says what that meant for Devices.
    fn write(
        connection: &mut Connection,
        values: &[Self::Value],
        now: Now,
    ) -> Result<Consequences, StoreFault>;
}

/// A line's number and what it says.
pub(in crate::store) struct Line<V> {
    pub(super) number: u64,
    pub(super) value: V,
}

/// Reads a whole file.
pub(super) fn read<S: Sheet>(
    csv: &[u8],
    progress: &mut dyn FnMut(u64),
) -> Result<Vec<S::Value>, ImportFault> {
    let mut faults = Faults::default();
    let mut records = Records::new(csv);
    let Some(header) = records.next(&mut faults) else {
        faults.in_line(1, "the header line is missing");
        return faults.into_result().map(|()| Vec::new());
    };
    check_header::<S>(&header.value, &mut faults);
    if !faults.is_empty() {
        return faults.into_result().map(|()| Vec::new());
    }
    let lines = read_lines::<S>(&mut records, &header.value, &mut faults, progress);
    S::compare(&lines, &mut faults);
    faults.into_result()?;
    Ok(lines.into_iter().map(|line| line.value).collect())
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

fn read_lines<S: Sheet>(
    records: &mut Records<'_>,
    header: &StringRecord,
    faults: &mut Faults,
    progress: &mut dyn FnMut(u64),
) -> Vec<Line<S::Value>> {
    let mut lines = Vec::new();
    let mut seen = 0_usize;
    while let Some(Line { number, value: record }) = records.next(faults) {
        seen += 1;
        if seen.is_multiple_of(TELL_EVERY) {
            progress(records.read());
        }
        if record.len() != header.len() {
            faults.in_line(number, format!("{} values, but {} columns", record.len(), header.len()));
            continue;
        }
        if record.iter().any(|value| value.contains('\0')) {
            faults.in_line(number, "a value holds the character U+0000, which not every database can keep");
            continue;
        }
        match record.deserialize::<S>(Some(header)) {
            Ok(line) => {
                let value = line.read(&mut Fields::new(number, faults));
                lines.extend(value.map(|value| Line { number, value }));
            }
            Err(error) => faults.in_line(number, error.to_string()),
        }
    }
    progress(records.read());
    lines
}

/// The records of a file with the lines they begin at.
struct Records<'a> {
    csv: &'a [u8],
    reader: csv::Reader<&'a [u8]>,
    /// Up to where line ends were counted, and how many there were.
    counted: (usize, u64),
}

impl<'a> Records<'a> {
    fn new(csv: &'a [u8]) -> Self {
        let mut builder = ReaderBuilder::new();
        // The number of values is compared with the header by us, so that all wrong lines are found.
        let reader = builder.has_headers(false).flexible(true).trim(Trim::None).from_reader(csv);
        Self { csv, reader, counted: (0, 1) }
    }

    /// The next record that is UTF-8; those that are not are noted.
    fn next(&mut self, faults: &mut Faults) -> Option<Line<StringRecord>> {
        loop {
            let mut record = ByteRecord::new();
            match self.reader.read_byte_record(&mut record) {
                Ok(true) => {}
                Ok(false) => return None,
                Err(error) => {
                    faults.in_line(self.counted.1, error.to_string());
                    return None;
                }
            }
            let number = self.line_of(&record);
            match StringRecord::from_byte_record(record) {
                Ok(value) => return Some(Line { number, value }),
                Err(_) => faults.in_line(number, "the line is not UTF-8"),
            }
        }
    }

    /// The reader's own count is late where line ends are CR LF or lines are empty.
    fn line_of(&mut self, record: &ByteRecord) -> u64 {
        let (from, lines) = self.counted;
        let start =
            record.position().and_then(|position| usize::try_from(position.byte()).ok()).unwrap_or(from);
        let rest = self.csv.get(start..).unwrap_or_default();
        let blank = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let passed = self.csv.get(from..start + blank).unwrap_or_default();
        let lines = passed.iter().fold(lines, |lines, byte| lines + u64::from(*byte == b'\n'));
        self.counted = (start + blank, lines);
        lines
    }

    fn read(&self) -> u64 {
        self.reader.position().byte()
    }
}

/// Notes every line whose key an earlier line has.
pub(super) fn refuse_doubles<V, K: Ord>(
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
