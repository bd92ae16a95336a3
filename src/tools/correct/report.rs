//! The report of a run: a CSV file with the outcome of every line, and the totals.

use std::{collections::HashMap, io, iter::Peekable, path::Path, slice};

use super::{
    file::{CheckedFile, Correction, LineFault},
    table::{InFlightLine, LineAnswer, LineTable},
    tally::{LineOutcome, Tally},
};
use crate::{
    domain::{RequestId, Timestamp, instant_text},
    tools::whole_file::WholeFile,
};

/// A row of the report; what is not known is empty.
#[derive(Debug, Default)]
pub struct ReportRow<'a> {
    /// The line's number in the file of corrections.
    pub line: u32,
    /// The Device; where it is faulty, as written.
    pub device: String,
    /// The variant; where it is faulty, as written.
    pub variant: String,
    /// The response code.
    pub code: &'a str,
    /// The rule that refuses by that code.
    pub rule: &'a str,
    /// When the answer came, and how many milliseconds it took, retries included.
    pub answered: Option<(Timestamp, u32)>,
    /// How many attempts were made.
    pub attempts: Option<u16>,
    /// The RequestID it was sent with.
    pub request_id: Option<RequestId>,
    /// The reason, where there is no code.
    pub reason: String,
}

impl ReportRow<'_> {
    /// The row of a good line, of which nothing else is known.
    pub fn of(correction: &Correction) -> Self {
        let Correction { line, device, variant } = *correction;
        Self { line, device: device.to_string(), variant: variant.to_string(), ..Self::default() }
    }
}

const COLUMNS: [&str; 11] = [
    "line",
    "device_id",
    "esme_variant",
    "outcome",
    "code",
    "rule",
    "answered_at",
    "milliseconds",
    "attempts",
    "request_id",
    "reason",
];

/// Writes a report beside its place, and moves it there when it is whole.
pub struct ReportWriter {
    csv: Option<csv::Writer<WholeFile>>,
    tally: Tally,
}

impl ReportWriter {
    /// A writer of the report at that path; without a path it counts only.
    ///
    /// # Errors
    /// When nothing can be written there or beside it.
    pub fn new(path: Option<&Path>) -> io::Result<Self> {
        let mut writer = Self { csv: None, tally: Tally::default() };
        if let Some(path) = path {
            let mut csv = csv::Writer::from_writer(WholeFile::create(path)?);
            csv.write_record(COLUMNS)?;
            writer.csv = Some(csv);
        }
        Ok(writer)
    }

    /// Writes and counts a row.
    ///
    /// # Errors
    /// When the disk is full, or fails.
    pub fn write(&mut self, outcome: LineOutcome, row: &ReportRow<'_>) -> io::Result<()> {
        self.tally.count(outcome, row.code, row.rule);
        let Some(csv) = &mut self.csv else { return Ok(()) };
        let (answered_at, milliseconds) = row
            .answered
            .map_or_else(Default::default, |(at, milliseconds)| (instant_text(at), milliseconds.to_string()));
        let attempts = row.attempts.map(|attempts| attempts.to_string()).unwrap_or_default();
        let request_id = row.request_id.map(|id| id.to_string()).unwrap_or_default();
        let fields = [
            &row.line.to_string(),
            row.device.as_str(),
            &row.variant,
            outcome.as_str(),
            row.code,
            row.rule,
            &answered_at,
            &milliseconds,
            &attempts,
            &request_id,
            &row.reason,
        ];
        Ok(csv.write_record(fields)?)
    }

    /// Moves the report to its place; returns the totals.
    ///
    /// # Errors
    /// When the disk is full, or fails; an older report stays as it was then.
    pub fn finish(self) -> io::Result<Tally> {
        if let Some(csv) = self.csv {
            let file = csv.into_inner().map_err(|fault| io::Error::from(fault.error().kind()))?;
            file.keep()?;
        }
        Ok(self.tally)
    }
}

/// Writes the outcome of every line, in the order of the file. `in_flight` are the lines whose messages may have been
/// received; `rule_of` names the rule that refuses by a code.
///
/// # Errors
/// When the report cannot be written.
pub fn write_report<'a>(
    mut writer: ReportWriter,
    checked: &CheckedFile,
    table: &LineTable,
    id: RequestId,
    in_flight: &[InFlightLine],
    rule_of: impl Fn(&str) -> &'a str,
) -> io::Result<Tally> {
    let in_flight = in_flight.iter().map(|away| (away.at, away)).collect::<HashMap<_, _>>();
    let mut unsent = UnsentLines::of(checked);
    for (at, correction, answer) in table.iter() {
        unsent.write_before(correction.line, &mut writer)?;
        let mut row = ReportRow::of(correction);
        let outcome = match answer {
            None => {
                left(&mut row, id, in_flight.get(&at).copied());
                LineOutcome::Left
            }
            Some(answer) => {
                let code = table.codes.text(answer.code);
                answered(&mut row, id, answer);
                (row.code, row.rule) = (code, rule_of(code));
                if table.codes.is_success(answer.code) { LineOutcome::Done } else { LineOutcome::Refused }
            }
        };
        writer.write(outcome, &row)?;
    }
    unsent.write_rest(&mut writer)?;
    writer.finish()
}

fn left(row: &mut ReportRow<'_>, id: RequestId, away: Option<&InFlightLine>) {
    row.request_id = away.map(|away| RequestId { counter: away.counter, ..id });
    row.reason = match away {
        None => "not sent".to_owned(),
        Some(InFlightLine { reason, .. }) => {
            let reason = if reason.is_empty() { String::new() } else { format!(": {reason}") };
            format!("no answer came{reason}; the next run sends the same message again")
        }
    };
}

fn answered(row: &mut ReportRow<'_>, id: RequestId, answer: LineAnswer) {
    let LineAnswer { counter, answered_at, milliseconds, attempts, code: _ } = answer;
    row.answered = Timestamp::from_millisecond(answered_at).ok().map(|at| (at, milliseconds));
    row.attempts = Some(attempts);
    row.request_id = Some(RequestId { counter, ..id });
}

/// The duplicates and faulty lines of a file, to be written between the rows of those that are sent.
pub struct UnsentLines<'c> {
    duplicates: Peekable<slice::Iter<'c, (Correction, u32)>>,
    faults: Peekable<slice::Iter<'c, LineFault>>,
}

impl<'c> UnsentLines<'c> {
    /// Those of a checked file.
    pub fn of(checked: &'c CheckedFile) -> Self {
        Self { duplicates: checked.duplicates.iter().peekable(), faults: checked.faults.iter().peekable() }
    }

    /// Writes those before that line which were not written yet.
    ///
    /// # Errors
    /// When the report cannot be written.
    pub fn write_before(&mut self, line: u32, writer: &mut ReportWriter) -> io::Result<()> {
        self.write(writer, |other| other < line)
    }

    /// Writes all that were not written yet.
    ///
    /// # Errors
    /// When the report cannot be written.
    pub fn write_rest(mut self, writer: &mut ReportWriter) -> io::Result<()> {
        self.write(writer, |_| true)
    }

    fn write(&mut self, writer: &mut ReportWriter, is_before: impl Fn(u32) -> bool) -> io::Result<()> {
        loop {
            let duplicate = self.duplicates.peek().map(|(duplicate, _)| duplicate.line);
            let fault = self.faults.peek().map(|fault| fault.line);
            // A merge of two sorted lists: take the earlier line; an exhausted list counts as later than any.
            let is_double = duplicate.unwrap_or(u32::MAX) < fault.unwrap_or(u32::MAX);
            let next = if is_double { duplicate } else { fault };
            if !next.is_some_and(&is_before) {
                return Ok(());
            }
            if is_double && let Some((duplicate, first)) = self.duplicates.next() {
                let row = ReportRow { reason: format!("as line {first}"), ..ReportRow::of(duplicate) };
                writer.write(LineOutcome::Duplicate, &row)?;
            } else if let Some(fault) = self.faults.next() {
                let outcome = if fault.is_conflict { LineOutcome::Conflict } else { LineOutcome::Faulty };
                let (device, variant) = (fault.device.clone(), fault.variant.clone());
                let row = ReportRow {
                    line: fault.line,
                    device,
                    variant,
                    reason: fault.reason.clone(),
                    ..ReportRow::default()
                };
                writer.write(outcome, &row)?;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::{domain::Eui64, tools::correct::file::read};

    const A: &str = "00-DB-12-34-56-78-90-A0";

    fn id() -> RequestId {
        let eui = |last| Eui64::from_octets([0, 0, 0, 0, 0, 0, 0, last]);
        RequestId { originator: eui(1), target: eui(2), counter: 0 }
    }

    #[test]
    fn every_line_has_its_outcome_in_the_order_of_the_file() {
        let last = |last: &str| A.replace("A0", last);
        let csv = format!(
            "device_id,esme_variant\n{A},AD\n{b},A\n{A},AD\n\"x,\",A\n{c},A\n{c},B\n{d},C\n{e},C\n{e},C\n",
            b = last("B0"),
            c = last("C0"),
            d = last("D0"),
            e = last("E0")
        );
        let mut checked = read(csv.into_bytes()).unwrap();
        let mut table = LineTable::new(std::mem::take(&mut checked.corrections));
        for (at, code) in [(0, "I99"), (1, "E19")] {
            let code = table.codes.number(code).unwrap();
            let answer =
                LineAnswer { counter: 7, answered_at: 1_800_000_000_123, milliseconds: 9, attempts: 1, code };
            table.set(at, Some(answer));
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.csv");
        let rule_of = |code: &str| if code == "E19" { "SR/12" } else { "" };
        let writer = ReportWriter::new(Some(&path)).unwrap();
        let away = InFlightLine { at: 2, counter: 8, reason: "HTTP 500: x".to_owned() };
        let tally = write_report(writer, &checked, &table, id(), &[away], rule_of).unwrap();
        assert!(!tally.is_all_done());
        assert_eq!([LineOutcome::Left, LineOutcome::Conflict].map(|outcome| tally.of(outcome)), [2, 2]);
        let report = fs::read_to_string(&path).unwrap();
        insta::assert_snapshot!(format!("{report}\n{tally}"), @r#"
        line,device_id,esme_variant,outcome,code,rule,answered_at,milliseconds,attempts,request_id,reason
        2,00-DB-12-34-56-78-90-A0,AD,done,I99,,2027-01-15T08:00:00.123Z,9,1,00-00-00-00-00-00-00-01:00-00-00-00-00-00-00-02:7,
        3,00-DB-12-34-56-78-90-B0,A,refused,E19,SR/12,2027-01-15T08:00:00.123Z,9,1,00-00-00-00-00-00-00-01:00-00-00-00-00-00-00-02:7,
        4,00-DB-12-34-56-78-90-A0,AD,duplicate,,,,,,,as line 2
        5,"x,",A,faulty,,,,,,,"`x,` is not an EUI-64: 16 hex digits in pairs joined by `-`"
        6,00-DB-12-34-56-78-90-C0,A,conflict,,,,,,,"`A`, but line 7 says `B` of the same Device"
        7,00-DB-12-34-56-78-90-C0,B,conflict,,,,,,,"`B`, but line 6 says `A` of the same Device"
        8,00-DB-12-34-56-78-90-D0,C,left,,,,,,00-00-00-00-00-00-00-01:00-00-00-00-00-00-00-02:8,no answer came: HTTP 500: x; the next run sends the same message again
        9,00-DB-12-34-56-78-90-E0,C,left,,,,,,,not sent
        10,00-DB-12-34-56-78-90-E0,C,duplicate,,,,,,,as line 9

                1 done: I99
                1 refused: E19 (SR/12)
                2 left
                2 duplicate
                2 conflict
                1 faulty
        "#);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing beside it is left");
    }

    #[test]
    fn a_report_that_is_broken_off_leaves_the_old_one_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.csv");
        fs::write(&path, "old").unwrap();
        let mut writer = ReportWriter::new(Some(&path)).unwrap();
        writer.write(LineOutcome::Done, &ReportRow::default()).unwrap();
        drop(writer);
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_report_that_cannot_be_written_says_so() {
        assert!(ReportWriter::new(Some(Path::new("missing/report.csv"))).is_err());
        let mut writer = ReportWriter::new(None).unwrap();
        writer.write(LineOutcome::Done, &ReportRow::default()).unwrap();
        assert!(writer.finish().unwrap().is_all_done());
    }
}
