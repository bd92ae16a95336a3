//! The lines of a run in memory, each with its answer: some 50 bytes a line.

use super::file::Correction;
use crate::domain::{EsmeVariant, Eui64};

/// The answer to a line's request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineAnswer {
    /// The counter of the RequestID it was sent under.
    pub counter: u64,
    /// When the answer came, in milliseconds since 1970.
    pub answered_at: i64,
    /// How long the answer took, retries included.
    pub milliseconds: u32,
    /// How many attempts it took, in the run that got the answer.
    pub attempts: u16,
    /// The number of the response code in [`Codes`].
    pub code: u16,
}

/// A line in flight: its message may have been received, and has no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InFlightLine {
    /// The line's index in the table.
    pub at: u32,
    /// The counter of the RequestID.
    pub counter: u64,
    /// Why there is no answer; empty where that is not known.
    pub reason: String,
}

/// Interned response codes: a number for each text. Texts, because another service may answer with codes that are not
/// ours.
#[derive(Clone, Debug, Default)]
pub struct Codes(Vec<String>);

impl Codes {
    /// The number of a code; none where the text is no code, or there are too many.
    pub fn number(&mut self, code: &str) -> Option<u16> {
        let is_code = (1..=16).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let known = self.0.iter().position(|known| known == code);
        let number = known.or_else(|| {
            is_code.then(|| self.0.push(code.to_owned()))?;
            Some(self.0.len() - 1)
        });
        number.and_then(|number| u16::try_from(number).ok())
    }

    /// The code with that number.
    pub fn text(&self, number: u16) -> &str {
        self.0.get(usize::from(number)).map_or("", String::as_str)
    }

    /// Whether the code reports a success, as information codes do.
    pub fn is_success(&self, number: u16) -> bool {
        self.text(number).starts_with('I')
    }
}

/// The lines to send, in the order of the file, with their answers.
#[derive(Debug)]
pub struct LineTable {
    corrections: Vec<Correction>,
    answers: Vec<Option<LineAnswer>>,
    by_device: Vec<u32>,
    /// The codes of the answers.
    pub codes: Codes,
}

impl LineTable {
    /// A table of lines that name each Device once.
    pub fn new(corrections: Vec<Correction>) -> Self {
        let answers = vec![None; corrections.len()];
        // Lines are numbered by u32.
        let mut by_device = (0..u32::try_from(corrections.len()).unwrap_or(u32::MAX)).collect::<Vec<_>>();
        by_device.sort_unstable_by_key(|at| device_at(&corrections, *at));
        Self { corrections, answers, by_device, codes: Codes::default() }
    }

    /// How many lines there are.
    pub fn len(&self) -> usize {
        self.corrections.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.corrections.is_empty()
    }

    /// The index of the line with that Device and variant.
    pub fn find(&self, device: Eui64, variant: EsmeVariant) -> Option<u32> {
        let at = self.find_device(device)?;
        self.correction(at).is_some_and(|correction| correction.variant == variant).then_some(at)
    }

    /// The index of the line with that Device, whatever its variant.
    pub fn find_device(&self, device: Eui64) -> Option<u32> {
        let device_at = |at: &u32| device_at(&self.corrections, *at);
        let found = self.by_device.binary_search_by_key(&Some(device), device_at).ok()?;
        self.by_device.get(found).copied()
    }

    /// The lines.
    pub fn corrections(&self) -> &[Correction] {
        &self.corrections
    }

    /// The line at that index.
    pub fn correction(&self, at: u32) -> Option<Correction> {
        self.corrections.get(usize::try_from(at).ok()?).copied()
    }

    /// The answer of the line at that index, if it has one.
    pub fn answer(&self, at: u32) -> Option<LineAnswer> {
        self.answers.get(usize::try_from(at).ok()?).copied().flatten()
    }

    /// Sets or clears the answer of the line at that index.
    pub fn set(&mut self, at: u32, answer: Option<LineAnswer>) {
        if let Some(kept) = usize::try_from(at).ok().and_then(|at| self.answers.get_mut(at)) {
            *kept = answer;
        }
    }

    /// Every line with its answer, in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &Correction, Option<LineAnswer>)> {
        let rows = self.corrections.iter().zip(&self.answers);
        (0..).zip(rows).map(|(at, (correction, answer))| (at, correction, *answer))
    }
}

fn device_at(corrections: &[Correction], at: u32) -> Option<Eui64> {
    corrections.get(usize::try_from(at).ok()?).map(|correction| correction.device)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_found_by_what_they_say() {
        let line = |line, last| Correction {
            line,
            device: Eui64::from_octets([0, 0, 0, 0, 0, 0, 0, last]),
            variant: EsmeVariant::Ad,
        };
        let mut table = LineTable::new(vec![line(2, 9), line(3, 1), line(4, 5)]);
        let find = |table: &LineTable, last, variant| table.find(line(0, last).device, variant);
        assert_eq!([9, 1, 5].map(|last| find(&table, last, EsmeVariant::Ad)), [Some(0), Some(1), Some(2)]);
        assert_eq!(find(&table, 9, EsmeVariant::A), None);
        assert_eq!(find(&table, 7, EsmeVariant::Ad), None);
        let answer = LineAnswer { counter: 1, answered_at: 2, milliseconds: 3, attempts: 4, code: 0 };
        table.set(2, Some(answer));
        let kept = table.iter().map(|(_, _, answer)| answer).collect::<Vec<_>>();
        assert_eq!(kept, [None, None, Some(answer)]);
        let line = size_of_val(&table.corrections[0]) + size_of_val(&table.answers[0]);
        assert!(line <= 48, "719,000 of them take 35 MB");
    }

    #[test]
    fn codes_are_kept_once_and_nothing_else_is_taken_for_one() {
        let mut codes = Codes::default();
        assert_eq!(["I99", "E19", "I99"].map(|code| codes.number(code)), [Some(0), Some(1), Some(0)]);
        assert_eq!(
            ["", "E 1", "E1,x", "E1\n", "EEEEEEEEEEEEEEEEE"].map(|code| codes.number(code)),
            [None; 5]
        );
        assert!(codes.is_success(0) && !codes.is_success(1));
    }
}
