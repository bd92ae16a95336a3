//! Parses the CSV file of corrections: `device_id,esme_variant`, UTF-8, with a header. Values are not trimmed, and all
//! faults are reported, not the first alone.

use std::{fmt, str::FromStr};

use csv::{ByteRecord, ReaderBuilder, Trim};

use crate::{
    domain::{EsmeVariant, Eui64, Malformed, escape_invisible},
    store::{Quotation, STRAY_QUOTATION},
};

/// The columns, all of them required, in either order.
const COLUMNS: [&str; 2] = ["device_id", "esme_variant"];
/// Limit of characters that are kept of a faulty value, for the report.
const KEPT: usize = 240;

/// A line that can be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Correction {
    /// The line number; the header is line 1.
    pub line: u32,
    /// The Device.
    pub device: Eui64,
    /// Its right variant.
    pub variant: EsmeVariant,
}

/// The lines of a file, valid and faulty.
#[derive(Debug, Default)]
pub struct CheckedFile {
    /// The lines that can be sent, in their order, each Device once.
    pub corrections: Vec<Correction>,
    /// Duplicates of an earlier line, each with that line's number.
    pub duplicates: Vec<(Correction, u32)>,
    /// Lines that cannot be sent, in their order.
    pub faults: Vec<LineFault>,
}

/// A line that cannot be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineFault {
    /// The line number.
    pub line: u32,
    /// The Device as written.
    pub device: String,
    /// The variant as written.
    pub variant: String,
    /// The column at fault, if the fault is in one.
    pub column: Option<&'static str>,
    /// What is wrong.
    pub reason: String,
    /// The line is valid by itself, but another line has another variant for that Device.
    pub is_conflict: bool,
}

impl fmt::Display for LineFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}", self.line)?;
        if let Some(column) = self.column {
            write!(f, ", column `{column}`")?;
        }
        write!(f, ": {}", escape_invisible(&self.reason))
    }
}

/// Why a whole file is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileFault {
    /// It is empty.
    #[error("line 1: the header line is missing: {}", COLUMNS.join(","))]
    NoHeader,
    /// A column is unknown, missing or there twice.
    #[error("line 1, column `{column}`: {1}", column = escape_invisible(.0))]
    Header(String, &'static str),
    /// A value holds a line end: a stray quote would make one value of all lines up to the next quote.
    #[error("line {0}: a value that begins here holds a line end: a quote is missing, or one too many")]
    LineEnd(u32),
    /// A quotation mark stands within a value.
    #[error("line {0}: {reason}", reason = STRAY_QUOTATION)]
    Quotation(u64),
    /// It is not CSV, or has more lines than a `u32` counts.
    #[error("line {0}: {1}")]
    Unreadable(u64, String),
}

/// Parses a whole file.
///
/// # Errors
/// When the header or the CSV is wrong; faulty lines are part of the result, not an error.
pub fn read(csv: Vec<u8>) -> Result<CheckedFile, FileFault> {
    let (corrections, faults) = lines(&csv)?;
    // Frees the text early: it is large, and the comparison sorts an index of all lines.
    drop(csv);
    Ok(compare(corrections, faults))
}

/// The lines that are valid by themselves, and the faults of the others.
fn lines(csv: &[u8]) -> Result<(Vec<Correction>, Vec<LineFault>), FileFault> {
    let mut records = RecordReader::new(csv);
    let mut record = ByteRecord::new();
    if records.next(&mut record)?.is_none() {
        return Err(FileFault::NoHeader);
    }
    let columns = columns(&record)?;
    let (mut corrections, mut faults) = (Vec::new(), Vec::new());
    let mut blank = Vec::new();
    while let Some(line) = records.next(&mut record)? {
        // Spreadsheets write blank rows at the end, which are passed over; one in between is a fault.
        if record.len() > 1 && record.as_slice().is_empty() {
            blank.push(line);
            continue;
        }
        faults.extend(blank.drain(..).map(blank_row));
        match correction(line, &record, columns) {
            Ok(correction) => corrections.push(correction),
            Err(fault) => faults.push(fault),
        }
    }
    // Last: a value that holds a line end is told first, as it names the line where a mark is missing.
    check_quotation(csv)?;
    Ok((corrections, faults))
}

fn blank_row(line: u32) -> LineFault {
    LineFault {
        line,
        device: String::new(),
        variant: String::new(),
        column: None,
        reason: "the row is blank".to_owned(),
        is_conflict: false,
    }
}

/// Refuses a file with a stray quotation mark: what was meant by it is not known.
fn check_quotation(csv: &[u8]) -> Result<(), FileFault> {
    let text = csv.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(csv);
    let mut place = Quotation::default();
    for (at, byte) in text.iter().enumerate() {
        let is_stray;
        (place, is_stray) = place.next(*byte);
        if is_stray {
            return Err(FileFault::Quotation(1 + line_ends(text.get(..at).unwrap_or_default())));
        }
    }
    Ok(())
}

/// The number of line ends: LF, CR, or both together.
fn line_ends(text: &[u8]) -> u64 {
    let behind = text.iter().skip(1).map(Some).chain([None]);
    let ends = text.iter().zip(behind).filter(|(byte, behind)| match byte {
        b'\n' => true,
        b'\r' => *behind != Some(&b'\n'),
        _ => false,
    });
    ends.fold(0, |number, _| number + 1)
}

/// The indices of the two columns.
fn columns(header: &ByteRecord) -> Result<[usize; 2], FileFault> {
    let shown = |name: &[u8]| excerpt(&String::from_utf8_lossy(name));
    if let Some(unknown) = header.iter().find(|name| COLUMNS.iter().all(|known| known.as_bytes() != *name)) {
        return Err(FileFault::Header(shown(unknown), "unknown column; known are device_id, esme_variant"));
    }
    let index = |column: &str| {
        let mut found = header.iter().enumerate().filter(|(_, name)| *name == column.as_bytes());
        match (found.next(), found.next()) {
            (Some((index, _)), None) => Ok(index),
            (None, _) => Err(FileFault::Header(column.to_owned(), "the column is missing")),
            (Some(_), Some(_)) => Err(FileFault::Header(column.to_owned(), "the column is there twice")),
        }
    };
    let [device, variant] = COLUMNS;
    Ok([index(device)?, index(variant)?])
}

fn correction(line: u32, record: &ByteRecord, columns: [usize; 2]) -> Result<Correction, LineFault> {
    let [device, variant] = columns.map(|index| record.get(index).unwrap_or_default());
    let fault = |column, reason| LineFault {
        line,
        device: excerpt(&String::from_utf8_lossy(device)),
        variant: excerpt(&String::from_utf8_lossy(variant)),
        column,
        reason,
        is_conflict: false,
    };
    if record.len() != COLUMNS.len() {
        return Err(fault(None, format!("{} values, but {} columns", record.len(), COLUMNS.len())));
    }
    let (Ok(device), Ok(variant)) = (str::from_utf8(device), str::from_utf8(variant)) else {
        return Err(fault(None, "the line is not UTF-8".to_owned()));
    };
    let [device_column, variant_column] = COLUMNS;
    Ok(Correction {
        line,
        device: parsed(device).map_err(|reason| fault(Some(device_column), reason))?,
        variant: parsed(variant).map_err(|reason| fault(Some(variant_column), reason))?,
    })
}

/// Parses a value; the fault of an empty one says what is expected.
fn parsed<T: FromStr<Err = Malformed>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|reason: Malformed| match text {
        "" => format!("empty, but must be {}", reason.expected()),
        _ => excerpt(&reason.to_string()),
    })
}

/// A text cut off at the limit.
fn excerpt(text: &str) -> String {
    match text.char_indices().nth(KEPT) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}...", text.get(..end).unwrap_or_default()),
    }
}

/// Finds lines about the same Device: duplicates are sent once, conflicting lines not at all.
///
/// Sorts an index instead of the lines: the lines stay in the order of the file, and memory is 4 bytes a line.
fn compare(lines: Vec<Correction>, mut faults: Vec<LineFault>) -> CheckedFile {
    // Lines are numbered by u32.
    let mut by_device = (0..u32::try_from(lines.len()).unwrap_or(u32::MAX)).collect::<Vec<_>>();
    let line_at = |at: &u32| lines.get(usize::try_from(*at).ok()?);
    by_device.sort_unstable_by_key(|at| line_at(at).map(|found| (found.device, found.line)));
    let same =
        |a: &u32, b: &u32| line_at(a).map(|found| found.device) == line_at(b).map(|found| found.device);
    let mut duplicates = Vec::new();
    let mut is_kept = vec![true; lines.len()];
    for group in by_device.chunk_by(same).filter(|group| group.len() > 1) {
        let said = group.iter().filter_map(line_at).collect::<Vec<_>>();
        let Some(first) = said.first() else { continue };
        let other = said.iter().find(|found| found.variant != first.variant);
        for (at, found) in group.iter().zip(&said) {
            let kept = usize::try_from(*at).ok().and_then(|at| is_kept.get_mut(at));
            match other {
                Some(other) => {
                    faults.push(conflict(found, if found.variant == first.variant { other } else { first }))
                }
                None if found.line != first.line => duplicates.push((**found, first.line)),
                None => continue,
            }
            if let Some(kept) = kept {
                *kept = false;
            }
        }
    }
    faults.sort_unstable_by_key(|fault| fault.line);
    duplicates.sort_unstable_by_key(|(duplicate, _)| duplicate.line);
    let mut is_kept = is_kept.into_iter();
    let mut corrections = lines;
    corrections.retain(|_| is_kept.next().unwrap_or(true));
    CheckedFile { corrections, duplicates, faults }
}

fn conflict(found: &Correction, other: &Correction) -> LineFault {
    LineFault {
        line: found.line,
        device: found.device.to_string(),
        variant: found.variant.to_string(),
        column: Some("esme_variant"),
        reason: format!(
            "`{}`, but line {} says `{}` of the same Device",
            found.variant, other.line, other.variant
        ),
        is_conflict: true,
    }
}

/// A CSV reader that knows the line each record begins at.
struct RecordReader<'a> {
    csv: &'a [u8],
    reader: csv::Reader<&'a [u8]>,
    /// The byte up to which line ends were counted, and the line number there.
    counted: (usize, u64),
}

impl<'a> RecordReader<'a> {
    fn new(csv: &'a [u8]) -> Self {
        let mut builder = ReaderBuilder::new();
        let reader = builder.has_headers(false).flexible(true).trim(Trim::None).from_reader(csv);
        Self { csv, reader, counted: (0, 1) }
    }

    fn next(&mut self, record: &mut ByteRecord) -> Result<Option<u32>, FileFault> {
        let unreadable = |line, reason: &dyn fmt::Display| FileFault::Unreadable(line, reason.to_string());
        match self.reader.read_byte_record(record) {
            Ok(false) => Ok(None),
            Err(reason) => Err(unreadable(self.counted.1, &reason)),
            Ok(true) => {
                let line = self.line_of(record);
                let line = u32::try_from(line).map_err(|reason| unreadable(line, &reason))?;
                let holds_line_end = record.as_slice().iter().any(|byte| matches!(byte, b'\r' | b'\n'));
                if holds_line_end { Err(FileFault::LineEnd(line)) } else { Ok(Some(line)) }
            }
        }
    }

    /// The line that a record begins at. The `csv` crate's own count is wrong after empty lines and with CR LF.
    fn line_of(&mut self, record: &ByteRecord) -> u64 {
        let (from, lines) = self.counted;
        let start =
            record.position().and_then(|position| usize::try_from(position.byte()).ok()).unwrap_or(from);
        let rest = self.csv.get(start..).unwrap_or_default();
        let blank = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let passed = self.csv.get(from..start + blank).unwrap_or_default();
        let lines = lines + line_ends(passed);
        self.counted = (start + blank, lines);
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "00-DB-12-34-56-78-90-A0";
    const B: &str = "00-DB-12-34-56-78-90-B0";

    /// Lines to send, duplicates, faults.
    fn parsed_lines(csv: &str) -> (Vec<u32>, Vec<(u32, u32)>, Vec<String>) {
        let checked = read(csv.as_bytes().to_vec()).unwrap();
        (
            checked.corrections.iter().map(|found| found.line).collect(),
            checked.duplicates.iter().map(|(duplicate, first)| (duplicate.line, *first)).collect(),
            checked.faults.iter().map(ToString::to_string).collect(),
        )
    }

    #[test]
    fn lines_are_read_in_either_order_of_columns_and_with_any_line_ends() {
        let both = [
            format!("device_id,esme_variant\n{A},ADE\n\n{B},A"),
            format!("esme_variant,device_id\r\nADE,\"{}\"\r\n\r\nA,{B}\r\n", A.to_lowercase()),
            format!("\u{FEFF}device_id,esme_variant\n{A},ADE\n\n{B},A\n"),
        ];
        for csv in both {
            let checked = read(csv.as_bytes().to_vec()).unwrap();
            let found =
                |line, device: &str, variant| Correction { line, device: device.parse().unwrap(), variant };
            assert_eq!(checked.corrections, [found(2, A, EsmeVariant::Ade), found(4, B, EsmeVariant::A)]);
            assert!(checked.duplicates.is_empty() && checked.faults.is_empty());
        }
    }

    /// MP125-R7: only a variant that the schema knows.
    #[test]
    fn every_fault_is_named_by_line_column_and_reason() {
        let csv = format!("device_id,esme_variant\n{A},ad\n {A},A\n,A\n{A},\n{A}\n{A},A,B\n{B},AD\n");
        let (lines, duplicates, faults) = parsed_lines(&csv);
        assert_eq!((lines, duplicates), (vec![8], vec![]));
        insta::assert_snapshot!(faults.join("\n"), @r#"
        line 2, column `esme_variant`: `ad` is not an ESMEVariant: one of A, B, C, AD, BD, CD, ADE, BDE, CDE, ADF, BDF, CDF, ADEF, BDEF, CDEF, ADG, ADEG, AF, BF, CF, AEF, BEF, CEF, AG, AEG
        line 3, column `device_id`: ` 00-DB-12-34-56-78-90-A0` is not an EUI-64: 16 hex digits in pairs joined by `-`
        line 4, column `device_id`: empty, but must be an EUI-64: 16 hex digits in pairs joined by `-`
        line 5, column `esme_variant`: empty, but must be an ESMEVariant: one of A, B, C, AD, BD, CD, ADE, BDE, CDE, ADF, BDF, CDF, ADEF, BDEF, CDEF, ADG, ADEG, AF, BF, CF, AEF, BEF, CEF, AG, AEG
        line 6: 1 values, but 2 columns
        line 7: 3 values, but 2 columns
        "#);
    }

    #[test]
    fn bytes_that_are_no_text_are_a_fault_of_their_line() {
        let mut csv = format!("device_id,esme_variant\n{A},A\n").into_bytes();
        csv.extend(b"00-DB-\xFF,A\n");
        let checked = read(csv).unwrap();
        assert_eq!((checked.corrections.len(), checked.faults.len()), (1, 1));
        assert_eq!(checked.faults[0].to_string(), "line 3: the line is not UTF-8");
    }

    #[test]
    fn the_same_again_is_a_double_and_something_else_a_conflict() {
        let (lines, duplicates, faults) = parsed_lines(&format!(
            "device_id,esme_variant\n{A},AD\n{B},A\n{A},AD\n{B},AD\n{B},A\n{A},AD\n00-DB-12-34-56-78-90-C0,C\n"
        ));
        assert_eq!(lines, [2, 8]);
        assert_eq!(duplicates, [(4, 2), (7, 2)]);
        insta::assert_snapshot!(faults.join("\n"), @r#"
        line 3, column `esme_variant`: `A`, but line 5 says `AD` of the same Device
        line 5, column `esme_variant`: `AD`, but line 3 says `A` of the same Device
        line 6, column `esme_variant`: `A`, but line 5 says `AD` of the same Device
        "#);
    }

    /// A stray quote would swallow every line up to the next quote.
    #[test]
    fn a_value_with_a_line_end_in_it_spoils_the_file() {
        let refusal = |csv: String| read(csv.into_bytes()).unwrap_err().to_string();
        let header = "device_id,esme_variant\n";
        let refused = [
            refusal(format!("{header}{A},AD\n\"{B},AD\n{A},A\n")),
            refusal(format!("{header}\n{A},\"AD\n{B},AD\n\"{A},A\n")),
            refusal(format!("{header}{A},\"AD\r\"\n{B},AD\n")),
            refusal(format!("\"{header}{A},AD\n")),
        ];
        insta::assert_snapshot!(refused.join("\n"), @r#"
        line 3: a value that begins here holds a line end: a quote is missing, or one too many
        line 3: a value that begins here holds a line end: a quote is missing, or one too many
        line 2: a value that begins here holds a line end: a quote is missing, or one too many
        line 1: a value that begins here holds a line end: a quote is missing, or one too many
        "#);
        let (lines, _, faults) = parsed_lines(&format!("{header}{A},AD\n\"{B},AD"));
        assert_eq!((lines, faults.len()), (vec![2], 1), "there it swallows nothing");
    }

    #[test]
    fn a_stray_quotation_mark_spoils_the_file() {
        let header = "device_id,esme_variant\r";
        for (csv, line) in [
            (format!("{header}{A},\"A\"DE\r"), 2),
            (format!("\u{feff}{header}{A},ADE\r{B},A\"D\n"), 3),
            (format!("{header}\n\r\n{A}, \"A\"\n"), 3),
        ] {
            let refusal = read(csv.into_bytes()).unwrap_err();
            assert_eq!(refusal, FileFault::Quotation(line));
        }
    }

    #[test]
    fn blank_rows_at_the_end_are_passed_over_and_one_within_is_a_fault() {
        let (lines, _, faults) = parsed_lines(&format!("device_id,esme_variant\r{A},AD\r,\r{B},A\r,\r,\r"));
        assert_eq!((lines, faults), (vec![2, 4], vec!["line 3: the row is blank".to_owned()]));
    }

    #[test]
    fn a_header_that_is_not_the_one_is_refused() {
        let refusal = |csv: &str| read(csv.as_bytes().to_vec()).unwrap_err().to_string();
        let texts = [
            "",
            "device_id\n",
            "device_id,esme_variant,esme_variant\n",
            "device_id;esme_variant\n",
            "00-DB-12-34-56-78-90-A0,AD\n",
        ];
        insta::assert_snapshot!(texts.map(refusal).join("\n"), @r#"
        line 1: the header line is missing: device_id,esme_variant
        line 1, column `esme_variant`: the column is missing
        line 1, column `esme_variant`: the column is there twice
        line 1, column `device_id;esme_variant`: unknown column; known are device_id, esme_variant
        line 1, column `00-DB-12-34-56-78-90-A0`: unknown column; known are device_id, esme_variant
        "#);
    }
}
