//! Counts with bars: Devices by type and SMI Status, answers by code.

use super::{
    bar::Bar,
    shown::{CodeMark, When},
};
use crate::{
    domain::{ResponseCode, instant_text},
    service::{AnswersSince, Tallies, console::DeviceTalliesValue},
};

/// Devices by type and SMI Status.
#[derive(Clone, Debug)]
pub(super) struct DeviceBars {
    pub(super) counted: When,
    pub(super) all: u64,
    pub(super) types: Vec<TypeRow>,
}

/// The Devices of one type.
#[derive(Clone, Debug)]
pub(super) struct TypeRow {
    pub(super) name: &'static str,
    pub(super) all: u64,
    pub(super) statuses: Vec<StatusRow>,
}

/// Those of one SMI Status.
#[derive(Clone, Debug)]
pub(super) struct StatusRow {
    pub(super) name: Option<&'static str>,
    pub(super) devices: u64,
    pub(super) bar: Bar,
}

/// Answers by code in the last hours.
#[derive(Clone, Debug)]
pub(super) struct AnswerBars {
    /// The beginning of the shorter span.
    pub(super) hour_from: When,
    /// The beginning of the longer one.
    pub(super) day_from: When,
    pub(super) groups: [CodeGroup; 2],
    /// How many decisions are not counted yet, at most.
    pub(super) uncounted: u64,
}

/// The codes of one outcome.
#[derive(Clone, Debug)]
pub(super) struct CodeGroup {
    pub(super) name: &'static str,
    /// The value of the filter for them.
    pub(super) outcome: &'static str,
    pub(super) hour: Count,
    pub(super) day: Count,
    pub(super) codes: Vec<CodeRow>,
}

/// One code.
#[derive(Clone, Debug)]
pub(super) struct CodeRow {
    pub(super) code: CodeMark,
    pub(super) meaning: &'static str,
    pub(super) hour: Count,
    pub(super) day: Count,
}

/// The number of answers in a span, and the address of their decisions.
#[derive(Clone, Debug)]
pub(super) struct Count {
    pub(super) answers: u64,
    pub(super) bar: Bar,
    pub(super) address: String,
}

impl From<&DeviceTalliesValue> for DeviceBars {
    fn from(tallies: &DeviceTalliesValue) -> Self {
        let longest = tallies.counts.iter().map(|tally| tally.devices).max().unwrap_or(0);
        let mut types = Vec::<TypeRow>::new();
        for tally in &tallies.counts {
            let name = tally.device_type.as_str();
            let status = StatusRow {
                name: tally.status.map(|status| status.as_str()),
                devices: tally.devices,
                bar: Bar::of(tally.devices, longest, false),
            };
            match types.last_mut().filter(|row| row.name == name) {
                Some(row) => {
                    row.all += tally.devices;
                    row.statuses.push(status);
                }
                None => types.push(TypeRow { name, all: tally.devices, statuses: vec![status] }),
            }
        }
        Self { counted: When(tallies.counted_at), all: types.iter().map(|row| row.all).sum(), types }
    }
}

impl From<&Tallies> for AnswerBars {
    fn from(tallies: &Tallies) -> Self {
        Self {
            hour_from: When(tallies.hour.from),
            day_from: When(tallies.day.from),
            groups: [group(tallies, "Accepted", true), group(tallies, "Refused", false)],
            uncounted: tallies.uncounted,
        }
    }
}

/// The codes of one outcome. The longer span has every code of the shorter one.
fn group(tallies: &Tallies, name: &'static str, is_success: bool) -> CodeGroup {
    let outcome = if is_success { "accepted" } else { "refused" };
    let of_group = |code: ResponseCode| code.is_success() == is_success;
    let codes = tallies.day.codes.iter().map(|tally| tally.code).filter(|code| of_group(*code));
    let row = |code: ResponseCode| {
        let count = |span| Count::of(span, &format!("code={code}"), !is_success, |other| other == code);
        CodeRow {
            code: CodeMark(code),
            meaning: code.meaning().unwrap_or_default(),
            hour: count(&tallies.hour),
            day: count(&tallies.day),
        }
    };
    let sum = |span| Count::of(span, &format!("outcome={outcome}"), !is_success, of_group);
    CodeGroup {
        name,
        outcome,
        hour: sum(&tallies.hour),
        day: sum(&tallies.day),
        codes: codes.map(row).collect(),
    }
}

impl Count {
    /// The answers of a span whose codes are meant, as long as their share of the span's most frequent code.
    fn of(span: &AnswersSince, filter: &str, is_bad: bool, is_meant: impl Fn(ResponseCode) -> bool) -> Self {
        let longest = span.codes.iter().map(|tally| tally.answers).max().unwrap_or(0);
        let answers = span.codes.iter().filter(|tally| is_meant(tally.code)).map(|tally| tally.answers).sum();
        let address = format!("/decisions?{filter}&from={}", instant_text(span.from));
        Self { answers, bar: Bar::of(answers, longest, is_bad), address }
    }
}
