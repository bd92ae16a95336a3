//! Reading the file: `device_id,esme_variant`, UTF-8, with a header; values are never trimmed. Every fault is found.

use std::{fmt, str::FromStr};

use csv::{ByteRecord, ReaderBuilder, Trim};

use crate::domain::{EsmeVariant, Eui64, Malformed};

/// The columns; each must be there.
const COLUMNS: [&str; 2] = ["device_id", "esme_variant"];
/// As many characters of a faulty value are kept as show what it is.
const KEPT: usize = 240;

/// One line that can be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Correction {
    /// Where it stands; the header is line 1.
    pub line: u32,
    /// The Device.
    pub device: Eui64,
    /// What it includes in truth.
    pub variant: EsmeVariant,
}

/// A file, and what is wrong with it.
#[derive(Debug, Default)]
pub struct Checked {
    /// The lines that can be sent, in their order, each Device once.
    pub corrections: Vec<Correction>,
    /// Lines that say what an earlier one says, with that one's number.
    pub doubles: Vec<(Correction, u32)>,
    /// Lines that cannot be sent, in their order.
    pub faults: Vec<Fault>,
}

/// A line that cannot be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where it stands.
    pub line: u32,
    /// The Device as written.
    pub device: String,
    /// The variant as written.
    pub variant: String,
    /// The column at fault, where one is.
    pub column: Option<&'static str>,
    /// What is wrong.
    pub reason: String,
    /// It is right in itself, but another line says otherwise about that Device.
    pub is_conflict: bool,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}", self.line)?;
        if let Some(column) = self.column {
            write!(f, ", column `{column}`")?;
        }
        write!(f, ": {}", self.reason)
    }
}

/// Why a file cannot be read as lines at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileFault {
    /// It is empty.
    #[error("line 1: the header line is missing: {}", COLUMNS.join(","))]
    NoHeader,
    /// The header is not the one there must be.
    #[error("line 1, column `{0}`: {1}")]
    Header(String, &'static str),
    /// A value holds a line end: all lines up to the next quote would be taken for one value.
    #[error("line {0}: a value that begins here holds a line end: a quote is missing, or one too many")]
    LineEnd(u32),
    /// It is no CSV, or too long to number its lines.
    #[error("line {0}: {1}")]
    Unreadable(u64, String),
}

/// Reads a whole file.
///
/// # Errors
/// When it has no header, or another one, or its lines cannot be told apart; faults of lines are no error here.
pub fn read(csv: Vec<u8>) -> Result<Checked, FileFault> {
    let (corrections, faults) = lines(&csv)?;
    // It is large, and what follows needs room.
    drop(csv);
    Ok(compare(corrections, faults))
}

/// The lines that are right in themselves, and the faults of the others.
fn lines(csv: &[u8]) -> Result<(Vec<Correction>, Vec<Fault>), FileFault> {
    let mut records = Records::new(csv);
    let mut record = ByteRecord::new();
    if records.next(&mut record)?.is_none() {
        return Err(FileFault::NoHeader);
    }
    let places = places(&record)?;
    let (mut corrections, mut faults) = (Vec::new(), Vec::new());
    while let Some(line) = records.next(&mut record)? {
        match correction(line, &record, places) {
            Ok(correction) => corrections.push(correction),
            Err(fault) => faults.push(fault),
        }
    }
    Ok((corrections, faults))
}

/// Where the two columns stand.
fn places(header: &ByteRecord) -> Result<[usize; 2], FileFault> {
    let shown = |name: &[u8]| excerpt(&String::from_utf8_lossy(name));
    if let Some(unknown) = header.iter().find(|name| COLUMNS.iter().all(|known| known.as_bytes() != *name)) {
        return Err(FileFault::Header(shown(unknown), "unknown column; known are device_id, esme_variant"));
    }
    let place = |column: &str| {
        let mut found = header.iter().enumerate().filter(|(_, name)| *name == column.as_bytes());
        match (found.next(), found.next()) {
            (Some((place, _)), None) => Ok(place),
            (None, _) => Err(FileFault::Header(column.to_owned(), "the column is missing")),
            (Some(_), Some(_)) => Err(FileFault::Header(column.to_owned(), "the column is there twice")),
        }
    };
    let [device, variant] = COLUMNS;
    Ok([place(device)?, place(variant)?])
}

fn correction(line: u32, record: &ByteRecord, places: [usize; 2]) -> Result<Correction, Fault> {
    let [device, variant] = places.map(|place| record.get(place).unwrap_or_default());
    let fault = |column, reason| Fault {
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

/// A value; otherwise, of an empty one what it must be, and of any other why it is not that.
fn parsed<T: FromStr<Err = Malformed>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|reason: Malformed| match text {
        "" => format!("empty, but must be {}", reason.expected()),
        _ => excerpt(&reason.to_string()),
    })
}

/// The beginning of a text that may be of any length.
fn excerpt(text: &str) -> String {
    match text.char_indices().nth(KEPT) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}...", text.get(..end).unwrap_or_default()),
    }
}

/// Takes apart what several lines say about one Device: the same is sent once, different things not at all.
fn compare(lines: Vec<Correction>, mut faults: Vec<Fault>) -> Checked {
    // Lines are numbered by u32.
    let mut by_device = (0..u32::try_from(lines.len()).unwrap_or(u32::MAX)).collect::<Vec<_>>();
    let line_at = |at: &u32| lines.get(usize::try_from(*at).ok()?);
    by_device.sort_unstable_by_key(|at| line_at(at).map(|found| (found.device, found.line)));
    let same =
        |a: &u32, b: &u32| line_at(a).map(|found| found.device) == line_at(b).map(|found| found.device);
    let mut doubles = Vec::new();
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
                None if found.line != first.line => doubles.push((**found, first.line)),
                None => continue,
            }
            if let Some(kept) = kept {
                *kept = false;
            }
        }
    }
    faults.sort_unstable_by_key(|fault| fault.line);
    doubles.sort_unstable_by_key(|(double, _)| double.line);
    let mut is_kept = is_kept.into_iter();
    let mut corrections = lines;
    corrections.retain(|_| is_kept.next().unwrap_or(true));
    Checked { corrections, doubles, faults }
}

fn conflict(found: &Correction, other: &Correction) -> Fault {
    Fault {
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

/// The records of a file with the lines they begin at.
struct Records<'a> {
    csv: &'a [u8],
    reader: csv::Reader<&'a [u8]>,
    /// Up to where line ends were counted, and how many lines had begun.
    counted: (usize, u64),
}

impl<'a> Records<'a> {
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
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "00-DB-12-34-56-78-90-A0";
    const B: &str = "00-DB-12-34-56-78-90-B0";

    /// Lines to send, doubles, faults.
    fn told(csv: &str) -> (Vec<u32>, Vec<(u32, u32)>, Vec<String>) {
        let checked = read(csv.as_bytes().to_vec()).unwrap();
        (
            checked.corrections.iter().map(|found| found.line).collect(),
            checked.doubles.iter().map(|(double, first)| (double.line, *first)).collect(),
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
            assert!(checked.doubles.is_empty() && checked.faults.is_empty());
        }
    }

    /// MP125-R7: only a variant that the schema knows.
    #[test]
    fn every_fault_is_named_by_line_column_and_reason() {
        let csv = format!("device_id,esme_variant\n{A},ad\n {A},A\n,A\n{A},\n{A}\n{A},A,B\n{B},AD\n");
        let (lines, doubles, faults) = told(&csv);
        assert_eq!((lines, doubles), (vec![8], vec![]));
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
        let (lines, doubles, faults) = told(&format!(
            "device_id,esme_variant\n{A},AD\n{B},A\n{A},AD\n{B},AD\n{B},A\n{A},AD\n00-DB-12-34-56-78-90-C0,C\n"
        ));
        assert_eq!(lines, [2, 8]);
        assert_eq!(doubles, [(4, 2), (7, 2)]);
        insta::assert_snapshot!(faults.join("\n"), @r#"
        line 3, column `esme_variant`: `A`, but line 5 says `AD` of the same Device
        line 5, column `esme_variant`: `AD`, but line 3 says `A` of the same Device
        line 6, column `esme_variant`: `A`, but line 5 says `AD` of the same Device
        "#);
    }

    /// No value has one in it; a stray quote would swallow every line up to the next.
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
        let (lines, _, faults) = told(&format!("{header}{A},AD\n\"{B},AD"));
        assert_eq!((lines, faults.len()), (vec![2], 1), "there it swallows nothing");
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
