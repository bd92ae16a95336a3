//! What every line came to: a CSV file, and the totals.

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    fs::{self, File},
    io::{self, BufWriter, Write as _},
    iter::Peekable,
    path::{Path, PathBuf},
    slice,
};

use super::{
    file::{Checked, Correction, Fault},
    table::{Outcome, Table, UnderWay},
};
use crate::domain::{RequestId, Timestamp, closed_set, instant_text};

closed_set!(
    /// What came of a line.
    State, "an outcome of a line", {
        Done => "done",
        Refused => "refused",
        Left => "left",
        Duplicate => "duplicate",
        Conflict => "conflict",
        Faulty => "faulty",
        WouldBeDone => "would be done",
        WouldBeRefused => "would be refused",
    }
);

/// A line of the report; what is not known is empty.
#[derive(Debug, Default)]
pub struct Row<'a> {
    /// Where it stands in the file.
    pub line: u32,
    /// The Device, as written where it is faulty.
    pub device: String,
    /// The variant, as written where it is faulty.
    pub variant: String,
    /// The response code.
    pub code: &'a str,
    /// The rule behind it.
    pub rule: &'a str,
    /// When the answer came, and how long it took from the first attempt on.
    pub answered: Option<(Timestamp, u32)>,
    /// How often it was sent.
    pub attempts: Option<u16>,
    /// What it was sent under.
    pub request_id: Option<RequestId>,
    /// Why, where no code says it.
    pub reason: String,
}

impl Row<'_> {
    /// Of a good line, of which nothing else is known.
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

/// Totals, in the order of [`State`], then by code and rule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally(BTreeMap<(State, String, String), u64>);

impl Tally {
    fn count(&mut self, state: State, row: &Row<'_>) {
        *self.0.entry((state, row.code.to_owned(), row.rule.to_owned())).or_default() += 1;
    }

    /// How many lines came to that.
    pub fn of(&self, state: State) -> u64 {
        self.0.iter().filter(|((found, ..), _)| *found == state).map(|(_, count)| count).sum()
    }

    /// Whether every line is done, or says what a line says that is done.
    pub fn is_all_done(&self) -> bool {
        self.0.keys().all(|(state, ..)| match state {
            State::Done | State::Duplicate | State::WouldBeDone => true,
            State::Refused | State::Left | State::Conflict | State::Faulty | State::WouldBeRefused => false,
        })
    }
}

/// A line each: `  2 refused by E19, SR/12`.
impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for ((state, code, rule), count) in &self.0 {
            write!(f, "{count:>9} {state}")?;
            match (code.as_str(), rule.as_str()) {
                ("", _) => writeln!(f)?,
                (code, "") => writeln!(f, ": {code}")?,
                (code, rule) => writeln!(f, ": {code} ({rule})")?,
            }
        }
        Ok(())
    }
}

/// Writes a report beside its place, and puts it there when it is whole.
pub struct ReportWriter {
    csv: Option<csv::Writer<BufWriter<File>>>,
    path: PathBuf,
    tally: Tally,
}

impl ReportWriter {
    /// For that place; without one, lines are counted and no more.
    ///
    /// # Errors
    /// When nothing can be written there.
    pub fn new(path: Option<&Path>) -> io::Result<Self> {
        let mut writer =
            Self { csv: None, path: path.unwrap_or(Path::new("")).to_owned(), tally: Tally::default() };
        if path.is_some() {
            let mut csv = csv::Writer::from_writer(BufWriter::new(File::create(writer.aside())?));
            csv.write_record(COLUMNS)?;
            writer.csv = Some(csv);
        }
        Ok(writer)
    }

    fn aside(&self) -> PathBuf {
        let mut name = self.path.file_name().unwrap_or_default().to_owned();
        name.push(".new");
        self.path.with_file_name(name)
    }

    /// Writes a line.
    ///
    /// # Errors
    /// When the disk is full, or fails.
    pub fn write(&mut self, state: State, row: &Row<'_>) -> io::Result<()> {
        self.tally.count(state, row);
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
            state.as_str(),
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

    /// Puts the report in its place.
    ///
    /// # Errors
    /// When the disk is full, or fails; the report that was there before stays then.
    pub fn finish(mut self) -> io::Result<Tally> {
        let aside = self.aside();
        if let Some(csv) = self.csv.take() {
            let mut file = csv.into_inner().map_err(|fault| io::Error::from(fault.error().kind()))?;
            file.flush()?;
            fs::rename(aside, &self.path)?;
        }
        Ok(self.tally)
    }
}

/// Writes what every line of a file came to, in the order of the file. `under_way` are those whose messages may have been
/// received; `rule_of` names the rule behind a code.
///
/// # Errors
/// When the report cannot be written.
pub fn write_report<'a>(
    mut writer: ReportWriter,
    checked: &Checked,
    table: &Table,
    id: RequestId,
    under_way: &[UnderWay],
    rule_of: impl Fn(&str) -> &'a str,
) -> io::Result<Tally> {
    let under_way = under_way.iter().map(|away| (away.at, away)).collect::<HashMap<_, _>>();
    let mut others = Others::of(checked);
    for (at, correction, outcome) in table.iter() {
        others.write_before(correction.line, &mut writer)?;
        let mut row = Row::of(correction);
        let state = match outcome {
            None => {
                left(&mut row, id, under_way.get(&at).copied());
                State::Left
            }
            Some(outcome) => {
                let code = table.codes.text(outcome.code);
                answered(&mut row, id, outcome);
                (row.code, row.rule) = (code, rule_of(code));
                if table.codes.is_success(outcome.code) { State::Done } else { State::Refused }
            }
        };
        writer.write(state, &row)?;
    }
    others.write_rest(&mut writer)?;
    writer.finish()
}

fn left(row: &mut Row<'_>, id: RequestId, away: Option<&UnderWay>) {
    row.request_id = away.map(|away| RequestId { counter: away.counter, ..id });
    row.reason = match away {
        None => "not sent".to_owned(),
        Some(UnderWay { reason, .. }) => {
            let reason = if reason.is_empty() { String::new() } else { format!(": {reason}") };
            format!("no answer came{reason}; the next run sends the same message again")
        }
    };
}

fn answered(row: &mut Row<'_>, id: RequestId, outcome: Outcome) {
    let Outcome { counter, answered_at, milliseconds, attempts, code: _ } = outcome;
    row.answered = Timestamp::from_millisecond(answered_at).ok().map(|at| (at, milliseconds));
    row.attempts = Some(attempts);
    row.request_id = Some(RequestId { counter, ..id });
}

/// The lines that are not sent, which stand between those that are.
pub struct Others<'c> {
    doubles: Peekable<slice::Iter<'c, (Correction, u32)>>,
    faults: Peekable<slice::Iter<'c, Fault>>,
}

impl<'c> Others<'c> {
    /// Of a file.
    pub fn of(checked: &'c Checked) -> Self {
        Self { doubles: checked.doubles.iter().peekable(), faults: checked.faults.iter().peekable() }
    }

    /// Writes those that stand before that line and were not written yet.
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
            let double = self.doubles.peek().map(|(double, _)| double.line);
            let fault = self.faults.peek().map(|fault| fault.line);
            // The earlier of the two; one that is not there counts as later than any.
            let is_double = double.unwrap_or(u32::MAX) < fault.unwrap_or(u32::MAX);
            let next = if is_double { double } else { fault };
            if !next.is_some_and(&is_before) {
                return Ok(());
            }
            if is_double && let Some((double, first)) = self.doubles.next() {
                let row = Row { reason: format!("as line {first}"), ..Row::of(double) };
                writer.write(State::Duplicate, &row)?;
            } else if let Some(fault) = self.faults.next() {
                let state = if fault.is_conflict { State::Conflict } else { State::Faulty };
                let (device, variant) = (fault.device.clone(), fault.variant.clone());
                let row =
                    Row { line: fault.line, device, variant, reason: fault.reason.clone(), ..Row::default() };
                writer.write(state, &row)?;
            }
        }
    }
}

#[cfg(test)]
mod tests {
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
        let mut table = Table::new(std::mem::take(&mut checked.corrections));
        for (at, code) in [(0, "I99"), (1, "E19")] {
            let code = table.codes.number(code).unwrap();
            let outcome =
                Outcome { counter: 7, answered_at: 1_800_000_000_123, milliseconds: 9, attempts: 1, code };
            table.set(at, Some(outcome));
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.csv");
        let rule_of = |code: &str| if code == "E19" { "SR/12" } else { "" };
        let writer = ReportWriter::new(Some(&path)).unwrap();
        let away = UnderWay { at: 2, counter: 8, reason: "HTTP 500: x".to_owned() };
        let tally = write_report(writer, &checked, &table, id(), &[away], rule_of).unwrap();
        assert!(!tally.is_all_done());
        assert_eq!([State::Left, State::Conflict].map(|state| tally.of(state)), [2, 2]);
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
    fn a_report_that_cannot_be_written_says_so() {
        assert!(ReportWriter::new(Some(Path::new("missing/report.csv"))).is_err());
        let mut writer = ReportWriter::new(None).unwrap();
        writer.write(State::Done, &Row::default()).unwrap();
        assert!(writer.finish().unwrap().is_all_done());
    }
}
